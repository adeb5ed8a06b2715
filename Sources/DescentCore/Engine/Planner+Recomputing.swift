import CDescent

/// Values that are computed twice, as that reads no more from memory than to store them between two passes, and writes less.
///
/// To write past the caches costs little beside reading: a difference of two values that is needed again is stored, where
/// reading one value instead of two saves a third of the second pass.
extension Planner {
    /// Bytes of a value from which on it counts what is moved: no cache will hold it.
    private static let fewestBytes = 1 << 22
    /// Operations that are done again for one value.
    private static let mostOperations = 4

    /// Lets later levels compute again what is cheap: whose operands are in memory anyway, and are few.
    mutating func recompute() {
        guard !savesMemory else { return }
        var copies = Copies(first: items.count)
        let candidates = items.indices.filter { isRecomputable($0) }
        guard !candidates.isEmpty else { return }
        let handedOn = shapesOfRows()
        for index in candidates where !handedOn.contains(items[index].shape) {
            let later = Set(users[index].map { items[$0].level }).subtracting([items[index].level]).sorted()
            guard let cone = cone(of: index, copies) else { continue }
            let reads = later.reduce(0) { sum, level in
                cone.operands.reduce(sum) { $0 + (isRead($1, by: level, items[index].shape) ? 0 : bytesRead($1)) }
            }
            // Numbers and rows beside what is large do not count.
            guard 8 * reads <= 9 * later.count * bytesRead(index) else { continue }
            for level in later { redirect(index, to: copy(cone.operations, at: level, &copies), at: level) }
        }
        if !copies.originals.isEmpty { putInOrder(copies) }
    }

    /// Shapes of which rows are folded: strips hand on what belongs to them in the nearest cache.
    private func shapesOfRows() -> Set<Shape> {
        var shapes: Set<Shape> = []
        for index in items.indices {
            guard let input = items[index].inputs.first, folds(index, input),
                let fold = Fold(items[input].shape, over: items[index].integers)
            else { continue }
            if fold.kind == CD_FOLD_ROWS, fold.extent > 1 { shapes.insert(items[input].shape) }
        }
        return shapes
    }

    /// Copies at the end of the items.
    private struct Copies {
        struct Key: Hashable {
            let original: Int
            let level: Int
        }

        /// The number of the items that are no copies.
        let first: Int
        var known: [Key: Int] = [:]
        var originals: [Int] = []

        /// What an item is a copy of, in the end; itself if it is none.
        func original(of index: Int) -> Int { index < first ? index : originals[index - first] }
    }

    /// Whether a value goes to memory only for elementwise operations of later levels.
    private func isRecomputable(_ index: Int) -> Bool {
        let item = items[index]
        guard item.isElementwise, item.output == nil,
            item.shape.count * item.dtype.byteCount >= Planner.fewestBytes
        else { return false }
        var isNeededLater = false
        for user in users[index] {
            let user = (index: user, item: items[user])
            if user.item.level == item.level {
                guard user.item.isElementwise && user.item.shape == item.shape || folds(user.index, index) else {
                    return false
                }
            } else {
                guard user.item.isElementwise, user.item.shape == item.shape else { return false }
                isNeededLater = true
            }
        }
        return isNeededLater
    }

    /// The operations that make a value from what is in memory, in order; nil if they are many or dear.
    private func cone(of index: Int, _ copies: Copies) -> (operations: [Int], operands: Set<Int>)? {
        var operations: [Int] = []
        var operands: Set<Int> = []
        var open = [index]
        while let next = open.popLast() {
            if operations.contains(next) { continue }
            guard items[next].kernel.isCheap, operations.count < Planner.mostOperations else { return nil }
            operations.append(next)
            for input in items[next].inputs {
                // Then it belongs to the same program.
                let isInside = items[input].isElementwise && !isStored(input)
                if isInside { open.append(input) } else { operands.insert(input) }
            }
        }
        // To read a variable's old value later could keep the new one from being written over it.
        guard !operands.contains(where: { isReplaced(seen: $0) }) else { return nil }
        return (operations.sorted { copies.original(of: $0) < copies.original(of: $1) }, operands)
    }

    private func isReplaced(seen index: Int) -> Bool {
        guard let leaf = items[base(of: index)].leaf else { return false }
        return replaced.contains { $0.leaf == leaf }
    }

    /// What a view sees in the end.
    private func base(of index: Int) -> Int {
        var base = index
        while items[base].isView { base = items[base].inputs[0] }
        return base
    }

    /// Bytes of what an operand is, or sees.
    private func bytesRead(_ index: Int) -> Int {
        let item = items[base(of: index)]
        return item.isNumber ? 0 : item.shape.count * item.dtype.byteCount
    }

    private func isRead(_ operand: Int, by level: Int, _ shape: Shape) -> Bool {
        users[operand].contains { items[$0].isElementwise && items[$0].level == level && items[$0].shape == shape }
    }

    // MARK: - Copying

    /// Copies operations to a level; the number of the last.
    private mutating func copy(_ operations: [Int], at level: Int, _ copies: inout Copies) -> Int {
        var last = -1
        for index in operations {
            let key = Copies.Key(original: copies.original(of: index), level: level)
            last = copies.known[key] ?? items.count
            guard last == items.count else { continue }
            var item = items[index]
            item.level = level
            item.inputs = item.inputs.map {
                copies.known[Copies.Key(original: copies.original(of: $0), level: level)] ?? $0
            }
            copies.known[key] = last
            copies.originals.append(key.original)
            for input in item.inputs { users[input].append(last) }
            items.append(item)
            users.append([])
        }
        return last
    }

    /// Lets the users of one level read a copy.
    private mutating func redirect(_ index: Int, to copy: Int, at level: Int) {
        for user in users[index] where items[user].level == level {
            items[user].inputs = items[user].inputs.map { $0 == index ? copy : $0 }
            users[copy].append(user)
        }
        users[index].removeAll { items[$0].level == level }
    }

    /// Moves copies to where their originals are: operands come before what uses them. Originals that nobody uses any more
    /// are gone.
    private mutating func putInOrder(_ copies: Copies) {
        var order = items.indices.sorted { (copies.original(of: $0), $0) < (copies.original(of: $1), $1) }
        var isNeeded = items.map { $0.output != nil || $0.leaf != nil }
        for index in order.reversed() where isNeeded[index] {
            for input in items[index].inputs { isNeeded[input] = true }
        }
        order.removeAll { !isNeeded[$0] }
        var numbers = [Int](repeating: 0, count: items.count)
        for (number, index) in order.enumerated() { numbers[index] = number }
        items = order.map { index in
            var item = items[index]
            item.inputs = item.inputs.map { numbers[$0] }
            return item
        }
        noteUsers()
    }
}

extension Kernel {
    /// Whether the operation takes less time than memory does to bring what it reads, and cannot fail.
    fileprivate var isCheap: Bool {
        switch self {
        case .unary(let opcode):
            [CD_NEGATE, CD_ABS, CD_SQUARE, CD_RELU, CD_NOT, CD_CAST_F32, CD_CAST_F64].contains(opcode)
        case .binary(let opcode):
            [CD_ADD, CD_SUB, CD_MUL, CD_DIV, CD_MIN, CD_MAX, CD_EQ, CD_NE, CD_LT, CD_LE, CD_GT, CD_GE, CD_AND, CD_OR]
                .contains(opcode)
        case .select: true
        default: false
        }
    }
}
