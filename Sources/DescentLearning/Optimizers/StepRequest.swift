import DescentCore

/// What a step is asked for: a recorded loss, or gradients, and what else to compute with it.
///
/// It alone holds the expressions: what else refers to one keeps old values in it alive.
struct StepRequest {
    /// The loss and the weights of its elements, if there are; what else to evaluate; values for other variables; gradients.
    private(set) var roots: [Node]
    /// What derivatives of the loss may pass; nil if gradients are given.
    let recorded: Range<UInt64>?
    private let hasWeights: Bool
    private let alsoCount: Int
    /// Other variables that change with the step.
    let alongside: [Variable]
    /// For each of the given gradients whether there is one.
    private let isGiven: [Bool]

    /// A step by the gradients of a loss, which is answered first. The roots are kept in `room`, an empty list.
    init(
        loss: consuming Tensor, recorded: Range<UInt64>, weights: consuming Tensor?, also: consuming [Tensor] = [],
        alongside: consuming [(Variable, Tensor)] = [], in room: consuming [Node]
    ) {
        self.recorded = recorded
        hasWeights = weights != nil
        alsoCount = also.count
        isGiven = []
        self.alongside = alongside.map(\.0)
        roots = consume room
        roots.append((consume loss).node)
        if let weights = consume weights { roots.append(weights.node) }
        for tensor in consume also { roots.append(tensor.node) }
        for (_, tensor) in consume alongside { roots.append(tensor.node) }
    }

    /// A step by gradients that are given.
    init(
        gradients: consuming [Tensor?], also: consuming [Tensor] = [], alongside: consuming [(Variable, Tensor)] = [],
        in room: consuming [Node] = []
    ) {
        recorded = nil
        hasWeights = false
        alsoCount = also.count
        isGiven = gradients.map { $0 != nil }
        self.alongside = alongside.map(\.0)
        roots = consume room
        for tensor in consume also { roots.append(tensor.node) }
        for (_, tensor) in consume alongside { roots.append(tensor.node) }
        for case .some(let tensor) in consume gradients { roots.append(tensor.node) }
    }

    /// How many roots there are of each sort.
    var counts: SIMD4<Int32> {
        SIMD4(recorded == nil ? 0 : hasWeights ? 2 : 1, Int32(alsoCount), Int32(alongside.count), Int32(isGiven.count))
    }

    /// Whether every variable has a gradient, as far as that is known.
    var isComplete: Bool { !isGiven.contains(false) }

    private var lossCount: Int { recorded == nil ? 0 : hasWeights ? 2 : 1 }

    /// What to answer, each as `root` gives it: the loss, then what else is evaluated.
    func answers(_ root: (Int) -> Tensor) -> [Tensor] {
        (recorded == nil ? [] : [root(0)]) + (0..<alsoCount).map { root(lossCount + $0) }
    }

    /// The next values of other variables, each as `root` gives it.
    func updates(_ root: (Int) -> Tensor) -> [(Variable, Tensor)] {
        alongside.enumerated().map { ($1, root(lossCount + alsoCount + $0)) }
    }

    /// The gradients, from the loss or as they were given.
    ///
    /// - Parameter differentiate: gives those of a loss and the weights of its elements.
    func gradients(
        _ root: (Int) -> Tensor, _ differentiate: (Tensor, Tensor?, Range<UInt64>) throws(DescentError) -> [Tensor?]
    ) throws(DescentError) -> [Tensor?] {
        if let recorded { return try differentiate(root(0), hasWeights ? root(1) : nil, recorded) }
        var next = lossCount + alsoCount + alongside.count
        return isGiven.map { isGiven in
            guard isGiven else { return nil }
            defer { next += 1 }
            return root(next)
        }
    }

    /// A root as it was recorded.
    func root(_ number: Int) -> Tensor { Tensor(roots[number]) }

    /// Hands over the list of the roots.
    mutating func takeRoots() -> [Node] {
        var taken: [Node] = []
        swap(&taken, &roots)
        return taken
    }

    /// Lets go of everything.
    mutating func removeAll() { roots = [] }

    /// Takes the step as `replays` has found it, which lets go of the roots; whether that was possible.
    mutating func run(_ replays: Replays, into answers: inout [Tensor]) throws(DescentError) -> Bool {
        try replays.run(releasing: &roots, into: &answers)
    }
}
