import DescentCore

/// What layers may know of the pass over the model in which they are called.
///
/// There is a current pass while a model is trained, or inside `withTraining`; else `current` is nil, and layers do
/// what they do for predictions.
///
/// ```swift
/// let dropout = Dropout(0.5)
/// print(dropout([1, 1]))                               // [1.0, 1.0]
/// print(withTraining(seed: 3) { dropout(Tensor.ones([1000])).max() })   // 2.0
/// ```
public final class Pass: @unchecked Sendable {
    /// The pass of this moment; nil where nothing is trained.
    public static var current: Pass? { running.flatMap { $0.isTraining ? $0 : nil } }
    @TaskLocal private static var running: Pass?

    private let seed: Int
    private let isTraining: Bool
    private var seedsGiven = 0
    /// The next values of variables that are not trained, in the order in which they came.
    private(set) var updates: [(Variable, Tensor)] = []
    /// What layers add to the loss.
    private(set) var losses: [Tensor] = []

    /// A pass whose random numbers depend on the seed and on the order in which they are asked for, and on nothing else.
    ///
    /// - Parameter isTraining: whether layers see it. A pass of an evaluation only gathers what is added to the loss.
    init(seed: Int, isTraining: Bool = true) {
        self.seed = seed
        self.isTraining = isTraining
    }

    /// A seed for random numbers of a layer, another one at each call.
    public func nextSeed() -> Int {
        seedsGiven += 1
        return Mixing.mixed(seed, seedsGiven)
    }

    /// The value of a variable as of now: the last one that was announced in this pass, or the one it has.
    public func value(of variable: Variable) -> Tensor {
        updates.last { $0.0 === variable }?.1 ?? variable.tensor
    }

    /// Announces the next value of a variable that is not trained. It is computed together with the step, and the variable
    /// changes when the step succeeds.
    public func update(_ variable: Variable, _ value: Tensor) {
        let value = stopGradient(value)
        if let place = updates.firstIndex(where: { $0.0 === variable }) {
            updates[place].1 = value
        } else {
            updates.append((variable, value))
        }
    }

    /// Adds something to the loss.
    public func add(loss: Tensor) { losses.append(loss) }

    /// Adds to the loss what a regularizer makes of a layer's output, divided by the number of samples. Nothing outside of a
    /// pass.
    static func charge(_ regularizer: Regularizer, _ output: Tensor) {
        guard let running, output.rank > 0 else { return }
        running.add(loss: regularizer(output) / Double(max(1, output.shape[0])))
    }

    /// Hands over what was announced; the pass keeps nothing, so that nothing but a step holds it.
    func takeUpdates() -> [(Variable, Tensor)] {
        defer { updates = [] }
        return updates
    }

    /// Hands over what layers add to the loss.
    func takeLosses() -> [Tensor] {
        defer { losses = [] }
        return losses
    }

    /// Runs `body` as part of this pass.
    func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Pass.$running.withValue(self, operation: body)
    }

    /// Runs `body` outside of any pass.
    static func outside<Result>(_ body: () throws -> Result) rethrows -> Result {
        running == nil ? try body() : try $running.withValue(nil, operation: body)
    }
}

/// Runs `body` with layers as in training: dropout drops, normalizations use the batch and follow it. For loops by hand;
/// `fit` does the same.
///
/// ```swift
/// let norm = BatchNormalization(momentum: 0.5)
/// let y = withTraining { norm([[1], [3]]) }
/// print(y.sum().abs() .< 1e-6)          // true
/// print(norm.movingMean.variable!)      // [1.0]
/// ```
///
/// - Parameter seed: decides all random numbers of the pass; by default the next of the thread's.
public func withTraining<Result>(seed: Int? = nil, _ body: () throws -> Result) rethrows -> Result {
    let pass = Pass(seed: seed ?? Seeds.next())
    let result = try pass(body)
    do {
        try Engine.update(pass.updates)
    } catch {
        // Each variable that is at fault tells whoever reads it next.
        for (variable, value) in pass.updates { variable.assign(value) }
    }
    return result
}
