/// In which order the operands of an einsum are multiplied: pairs of positions. A pair is taken out of the list, and
/// its product put at the end.
struct EinsumPath {
    typealias Label = EinsumEquation.Label

    let terms: [Set<Label>]
    let output: Set<Label>
    let extents: [Label: Int]

    /// Up to so many operands every order is looked at: 3ⁿ pairs of sets.
    static let mostForSearch = 7

    func pairs() -> [(Int, Int)] {
        if terms.count <= 2 { return terms.count == 2 ? [(0, 1)] : [] }
        return terms.count <= EinsumPath.mostForSearch ? best() : greedy()
    }

    /// Multiplications of the product of two terms.
    private func cost(_ a: Set<Label>, _ b: Set<Label>) -> Double { size(a.union(b)) }

    private func size(_ labels: Set<Label>) -> Double {
        // In a fixed order: rounding must not depend on the order of a set.
        labels.sorted().reduce(1) { $0 * Double(extents[$1]!) }
    }

    /// The order with the fewest multiplications, from the best orders of all smaller sets of operands.
    private func best() -> [(Int, Int)] {
        let all = (1 << terms.count) - 1
        func labels(of set: Int) -> Set<Label> {
            var inside: Set<Label> = []
            var outside = output
            for (index, term) in terms.enumerated() {
                if set >> index & 1 == 1 { inside.formUnion(term) } else { outside.formUnion(term) }
            }
            return set.nonzeroBitCount == 1 ? inside : inside.intersection(outside)
        }
        let kept = (0...all).map(labels)
        var costs = [Double](repeating: 0, count: all + 1)
        var parts = [Int](repeating: 0, count: all + 1)
        for set in 1...all where set.nonzeroBitCount > 1 {
            costs[set] = .infinity
            var part = (set - 1) & set
            while part > 0 {
                let other = set & ~part
                if part < other {
                    let cost = costs[part] + costs[other] + cost(kept[part], kept[other])
                    if cost < costs[set] { (costs[set], parts[set]) = (cost, part) }
                }
                part = (part - 1) & set
            }
        }
        // From the tree to positions in a list that shrinks.
        var list = terms.indices.map { 1 << $0 }
        var pairs: [(Int, Int)] = []
        func visit(_ set: Int) {
            guard set.nonzeroBitCount > 1 else { return }
            let (part, other) = (parts[set], set & ~parts[set])
            visit(part)
            visit(other)
            let (i, j) = (list.firstIndex(of: part)!, list.firstIndex(of: other)!)
            pairs.append((Swift.min(i, j), Swift.max(i, j)))
            list.remove(at: Swift.max(i, j))
            list.remove(at: Swift.min(i, j))
            list.append(set)
        }
        visit(all)
        return pairs
    }

    /// Always the pair next that leaves least behind; of equals, the cheaper.
    private func greedy() -> [(Int, Int)] {
        var list = terms
        var pairs: [(Int, Int)] = []
        while list.count > 1 {
            var choice = (gain: Double.infinity, cost: Double.infinity, i: 0, j: 1)
            for i in 0..<list.count - 1 {
                for j in i + 1..<list.count {
                    let gain = size(product(list, i, j)) - size(list[i]) - size(list[j])
                    let cost = cost(list[i], list[j])
                    if (gain, cost) < (choice.gain, choice.cost) { choice = (gain, cost, i, j) }
                }
            }
            let product = product(list, choice.i, choice.j)
            list.remove(at: choice.j)
            list.remove(at: choice.i)
            list.append(product)
            pairs.append((choice.i, choice.j))
        }
        return pairs
    }

    private func product(_ list: [Set<Label>], _ i: Int, _ j: Int) -> Set<Label> {
        var needed = output
        for index in list.indices where index != i && index != j { needed.formUnion(list[index]) }
        return list[i].union(list[j]).intersection(needed)
    }
}
