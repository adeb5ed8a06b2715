import CDescent

/// Turns the structure of an expression into a plan.
///
/// 1. Every operation gets a level: one more than what it must wait for. Elementwise operations over the same
///    elements wait for nothing of each other, so chains of them share a level.
/// 2. Elementwise operations that only a later level needs sink there: storing their inputs, which exist anyway,
///    is better than storing their output.
/// 3. What is cheap to compute again is not stored for a later level, if it is large.
/// 4. Elementwise operations of one level over the same shape that touch common data become one group: one
///    program, one pass over memory. A reduction of a member folds inside the program.
/// 5. A group that waits for a large matrix product last, and reads it element by element, runs in its step.
/// 6. `Emitter` writes the steps, level by level.
struct Planner {
    /// An operation or a value of the expression.
    struct Item {
        var kernel: Kernel
        var name: String
        var dtype: DType
        var shape: Shape
        var integers: [Int]
        var inputs: [Int]
        /// The number among the leaves; nil for operations.
        var leaf: Int?
        /// A leaf that is a number rather than storage.
        var isNumber = false
        /// The number among the outputs; nil for what is not wanted.
        var output: Int?
        /// When the operation runs. For views: when what they see is there.
        var level = 0
        /// The group of an elementwise operation or of a reduction inside a group's program.
        var group: Int?
        /// The group that runs in the step of this product.
        var guest: Int?

        var isElementwise: Bool { kernel.isElementwise }

        var isView: Bool { if case .view = kernel { true } else { false } }
    }

    /// Operations that run as one program.
    struct Group {
        var shape: Shape
        var level: Int
        var members: [Int] = []
        var reductions: [Int] = []
        var fold: Fold?
        /// The product in whose step the group runs.
        var host: Int?
        /// Whether it may then write over leaves.
        var replaces = false
    }

    var items: [Item] = []
    var groups: [Group] = []
    var users: [[Int]] = []
    let replaced: [(output: Int, leaf: Int)]
    /// Whether something is recomputed to save memory.
    private(set) var savesMemory = false

    static func plan(_ walk: borrowing Walk, _ structure: borrowing Structure) -> Plan {
        var planner = Planner(walk, structure)
        planner.assignLevels()
        planner.sink()
        planner.recompute()
        planner.group()
        planner.assignEpilogues()
        return Emitter.emit(planner)
    }

    private init(_ walk: borrowing Walk, _ structure: borrowing Structure) {
        replaced = structure.replaced.elements.map { ($0.output, $0.leaf) }
        var outputs = [Int32](repeating: -1, count: walk.order.count)
        for (output, node) in structure.wanted.elements.enumerated() {
            outputs[walk.index(of: node)] = Int32(output)
        }
        // Operations that do the same are one.
        var twins = Twins()
        var numbers: [Int] = []
        numbers.reserveCapacity(walk.order.count)
        items.reserveCapacity(walk.order.count)
        var leaves = 0
        for reference in walk.order.elements {
            reference._withUnsafeGuaranteedRef { node in
                var item = Item(
                    kernel: .leaf(isArgument: false), name: node.primitive.name, dtype: node.dtype, shape: node.shape,
                    integers: [],
                    inputs: [])
                let output = outputs[numbers.count]
                item.output = output < 0 ? nil : Int(output)
                if structure.isOperation(node) {
                    let isWaiting = node.primitive === Primitive.after
                    if isWaiting { savesMemory = true }
                    item.kernel = node.primitive.kernel
                    item.integers = node.attributes?.integers ?? []
                    node.visitPending { item.inputs.append(numbers[walk.index(of: $0)]) }
                    if case .matmul = item.kernel, items[item.inputs[0]].shape.dimensions.last == 1 {
                        // Columns times rows: nothing is added up, so it may be part of a program.
                        item.kernel = .binary(CD_MUL)
                    }
                    if !isWaiting, let twin = twins.find(item, items.count, in: &items) {
                        numbers.append(twin)
                        return
                    }
                } else {
                    item.leaf = leaves
                    item.isNumber = node.shape.rank == 0
                    leaves += 1
                }
                numbers.append(items.count)
                items.append(item)
            }
        }
        noteUsers()
    }

    mutating func noteUsers() {
        users = [[Int]](repeating: [], count: items.count)
        for (index, item) in items.enumerated() { for input in item.inputs { users[input].append(index) } }
    }

    // MARK: - Levels

    private mutating func assignLevels() {
        for index in items.indices where items[index].leaf == nil {
            let item = items[index]
            var level = item.isView ? 0 : 1
            for input in item.inputs {
                let other = items[input]
                let joins =
                    item.isView
                    || other.isElementwise && (item.isElementwise && other.shape == item.shape || folds(index, input))
                level = max(level, other.level + (joins ? 0 : 1))
            }
            items[index].level = level
        }
    }

    /// Whether reduction `index` can fold `input` inside the program that computes it.
    func folds(_ index: Int, _ input: Int) -> Bool {
        guard case .reduce = items[index].kernel, items[input].isElementwise else { return false }
        return Fold(items[input].shape, over: items[index].integers) != nil
    }

    // MARK: - Sinking

    private mutating func sink() {
        for index in items.indices.reversed() {
            let item = items[index]
            guard item.isElementwise, item.output == nil, let firstUser = users[index].first else { continue }
            let level = items[firstUser].level
            guard level > item.level else { continue }
            let together = users[index].allSatisfy {
                items[$0].isElementwise && items[$0].shape == item.shape && items[$0].level == level
            }
            guard together else { continue }
            // What would have to be stored instead of this: operands that nobody stores now.
            var newlyStored: [Int] = []
            for input in item.inputs where items[input].isElementwise && items[input].shape == item.shape {
                if !newlyStored.contains(input), !isStored(input) { newlyStored.append(input) }
            }
            // A sum over layers would keep a term of every layer until the last.
            if savesMemory, newlyStored.count + item.inputs.count(where: { isTemporary($0, until: level) }) > 1 {
                continue
            }
            if newlyStored.count <= 1 { items[index].level = level }
        }
    }

    /// Whether a value in memory is not needed by anything from `level` on.
    private func isTemporary(_ index: Int, until level: Int) -> Bool {
        let item = items[index]
        return item.leaf == nil && item.output == nil && item.shape.count > 1
            && (!item.isElementwise || isStored(index))
            && users[index].allSatisfy { items[$0].level < level }
    }

    /// Whether the value of an elementwise operation goes to memory, as far as levels tell.
    func isStored(_ index: Int) -> Bool {
        let item = items[index]
        return item.output != nil
            || users[index].contains {
                let user = items[$0]
                return !(user.isElementwise && user.shape == item.shape && user.level == item.level)
                    && !(folds($0, index) && user.level == item.level)
            }
    }

    // MARK: - Groups

    private mutating func group() {
        var parent = Array(items.indices)
        func find(_ index: Int) -> Int {
            var root = index
            while parent[root] != root { root = parent[root] }
            var walker = index
            while parent[walker] != root { (walker, parent[walker]) = (parent[walker], root) }
            return root
        }
        // Members meet through what they read. Single numbers do not connect: everybody reads those.
        struct Meeting: Hashable {
            let source: Int
            let level: Int
            let shape: Shape

            // Shapes rarely tell them apart, and take longest.
            func hash(into hasher: inout Hasher) { hasher.combine(source << 20 ^ level) }
        }
        var first: [Meeting: Int] = [:]
        for index in items.indices where items[index].isElementwise {
            let item = items[index]
            for input in item.inputs {
                let other = items[input]
                if other.isElementwise, other.shape == item.shape, other.level == item.level {
                    parent[find(index)] = find(input)
                }
                guard other.shape.count > 1 || item.shape.count <= 1 else { continue }
                let meeting = Meeting(source: input, level: item.level, shape: item.shape)
                if let neighbour = first[meeting] {
                    parent[find(index)] = find(neighbour)
                } else {
                    first[meeting] = index
                }
            }
        }
        var groupOfRoot: [Int: Int] = [:]
        for index in items.indices where items[index].isElementwise {
            let root = find(index)
            if groupOfRoot[root] == nil {
                groupOfRoot[root] = groups.count
                groups.append(Group(shape: items[index].shape, level: items[index].level))
            }
            items[index].group = groupOfRoot[root]!
            groups[groupOfRoot[root]!].members.append(index)
        }
        // Reductions join the program of what they fold if it folds the same way or not yet.
        for index in items.indices {
            guard let input = items[index].inputs.first, folds(index, input), let number = items[input].group,
                items[input].level == items[index].level, items[input].shape.count > 0
            else { continue }
            let fold = Fold(items[input].shape, over: items[index].integers)!
            if groups[number].fold == nil || groups[number].fold == fold {
                groups[number].fold = fold
                groups[number].reductions.append(index)
                items[index].group = number
            }
        }
    }
}
