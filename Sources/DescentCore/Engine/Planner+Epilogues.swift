import CDescent

/// Programs that run in the step of a matrix product, on each part of the result while it is in a cache: the bias and the
/// activation of a layer, the mask of its derivative, the update of a variable whose gradient the product is.
extension Planner {
    /// Bytes of a result, and multiplications, from which on it pays. Smaller results stay in the cache anyway, and a program of
    /// its own is made ready once for all runs.
    private static let least = (bytes: 1 << 16, work: 1 << 19)

    /// When something is emitted: groups first within a level, then operations, and last those that a variable's update follows,
    /// as others may still read the old value.
    struct Moment: Comparable {
        let level: Int
        let phase: Int
        let index: Int

        static func < (a: Moment, b: Moment) -> Bool {
            (a.level, a.phase, a.index) < (b.level, b.phase, b.index)
        }
    }

    func moment(ofGroup number: Int) -> Moment {
        groups[number].host.map(moment(of:)) ?? Moment(level: groups[number].level, phase: 0, index: number)
    }

    func moment(of index: Int) -> Moment {
        let item = items[index]
        if let group = item.group { return moment(ofGroup: group) }
        let isLate = item.guest.map { groups[$0].replaces } ?? false
        return Moment(level: item.level, phase: isLate ? 2 : 1, index: index)
    }

    /// Finds the product that each group can follow.
    mutating func assignEpilogues() {
        guard items.indices.contains(where: isLargeProduct) else { return }
        for number in groups.indices.sorted(by: { groups[$0].level < groups[$1].level }) {
            guard let host = host(of: number) else { continue }
            groups[number].host = host
            groups[number].replaces = !replacedLeaves(of: number).isEmpty
            items[host].guest = number
        }
    }

    /// The product that a group waits for last, if it reads its result element by element.
    private func host(of number: Int) -> Int? {
        let group = groups[number]
        let inputs = Set(group.members.flatMap { items[$0].inputs }).filter { items[$0].group != number }
        let sources = Set(inputs.map(base(of:))).filter { items[$0].leaf == nil }
        guard let last = sources.max(by: { moment(of: $0) < moment(of: $1) }), isLargeProduct(last),
            items[last].guest == nil, items[last].level + 1 == group.level,
            group.reductions.isEmpty,
            !group.members.contains(where: mayFail),
            inputs.allSatisfy({ base(of: $0) != last || isInOrder($0) && items[$0].shape == group.shape })
        else { return nil }
        let replaced = replacedLeaves(of: number)
        return replaced.isEmpty || mayReplace(replaced, after: last, number) ? last : nil
    }

    private func isLargeProduct(_ index: Int) -> Bool {
        let item = items[index]
        guard case .matmul = item.kernel, item.dtype == .float32 || item.dtype == .float64 else { return false }
        return item.shape.count * item.dtype.byteCount >= Planner.least.bytes
            && item.shape.count * items[item.inputs[0]].shape.dimensions.last! >= Planner.least.work
    }

    private func mayFail(_ index: Int) -> Bool {
        let item = items[index]
        switch item.kernel {
        case .gather, .scatter, .scatterAdd, .routine: return true
        case .binary(let opcode):
            return (opcode == CD_MOD || opcode == CD_POW) && (item.dtype == .int32 || item.dtype == .int64)
        default: return false
        }
    }

    /// What a view is a view of.
    private func base(of index: Int) -> Int {
        var base = index
        while items[base].isView { base = items[base].inputs[0] }
        return base
    }

    /// Whether a value has the elements of its base in the same order.
    private func isInOrder(_ index: Int) -> Bool {
        var index = index
        while case .view(let kind) = items[index].kernel {
            guard kind == .reshape || kind == .alias else { return false }
            index = items[index].inputs[0]
        }
        return true
    }

    /// Who reads a value, itself or a view of it.
    func readers(of index: Int) -> [Int] {
        users[index].flatMap { items[$0].isView ? readers(of: $0) + (items[$0].output == nil ? [] : [$0]) : [$0] }
    }

    // MARK: - Updates

    /// The leaves that outputs of a group may be written over.
    private func replacedLeaves(of number: Int) -> [Int] {
        guard !replaced.isEmpty else { return [] }
        let outputs = groups[number].members.compactMap { items[$0].output }
        return replaced.filter { outputs.contains($0.output) }.map(\.leaf)
    }

    /// Whether old values can be written over in the step of the product: nobody else reads the product or, from then on,
    /// the old values, and nothing later may fail.
    private func mayReplace(_ leaves: [Int], after product: Int, _ number: Int) -> Bool {
        guard readers(of: product).allSatisfy({ items[$0].group == number }) else {
            return false
        }
        let moment = Moment(level: items[product].level, phase: 2, index: product)
        for (index, item) in items.enumerated() {
            if let leaf = item.leaf {
                guard leaves.contains(leaf) else { continue }
                let inTime = readers(of: index).allSatisfy {
                    items[$0].group == number || $0 != product && self.moment(of: $0) < moment
                }
                guard inTime, item.output == nil else { return false }
            } else if mayFail(index), self.moment(of: index) > moment {
                return false
            }
        }
        return true
    }
}
