import DescentCore
import DescentFiles

/// A way to change variables so that a loss becomes smaller.
///
/// A conforming type says what it remembers of each variable and how one step changes a variable. Everything else
/// comes with the protocol: minimizing, clipping, weight decay, averages, accumulation, scaling of the loss, slots,
/// state and configuration.
///
/// ```swift
/// final class Descend: Optimizer {
///     let state = OptimizerState(learningRate: 0.5)
///     func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
///         w - step.learningRate * g
///     }
/// }
/// let x = Variable(4.0)
/// try Descend().minimize({ x * x }, [x])
/// print(x)   // 0.0
/// ```
public protocol Optimizer: AnyObject {
    /// What the optimizer keeps between steps.
    var state: OptimizerState { get }

    /// What is remembered of each variable, in the order in which it is listed; each starts at zero.
    var slotNames: [String] { get }

    /// The new value of a variable with value `w` and gradient `g`. Slots are read and written by name.
    ///
    /// The formula is recorded, not computed: it runs as one pass over memory together with the gradient that
    /// it uses, and writes over the old values. Variables of one shape may share one record of it in a step: what differs
    /// from one variable to the next must come through the arguments.
    func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor

    /// What is remembered of this variable; `slotNames` unless the type says otherwise.
    func slotNames(for variable: Variable) -> [String]

    /// The first value of a slot; zeros in the variable's shape unless the type says otherwise.
    func initialSlot(_ name: String, for variable: Variable) -> Tensor

    /// What share of itself, times the learning rate, this variable loses at each step; the option `weightDecay` unless
    /// the type says otherwise.
    func weightDecay(for variable: Variable) -> Double?

    /// How slots are listed: those of one group variable by variable, group after group. Each slot is a group of
    /// its own unless the type says otherwise.
    var slotGroups: [[String]] { get }

    /// What is remembered of all variables together; nothing unless the type says otherwise.
    var sharedVariables: [Variable] { get }

    /// The next values of `sharedVariables`, recorded once in each step.
    func sharedUpdates(_ step: Step) -> [(Variable, Tensor)]

    /// The arguments of the formula by their documented names, for the configuration.
    var hyperparameters: Configuration { get }

    /// All arguments by their documented names: those that all optimizers share, then `hyperparameters`, unless the type
    /// says otherwise.
    func getConfig() -> Configuration

    /// Whether each element of the new value depends on the same element of value, gradient and slots alone; true
    /// unless the type says otherwise.
    var isElementwise: Bool { get }

    /// Whether `update` records the same formula whenever it is called within one step for variables of one shape and
    /// type. Then it may be called once for all of them, which makes a step with many variables faster. The default,
    /// false, holds for every optimizer: also for one that counts its calls or draws random numbers.
    var recordsOncePerShape: Bool { get }

    /// All numbers that the formula depends on, this learning rate included, if there are no more than four; nil, as long as
    /// the type says nothing, if there are others or they may be different whenever they are asked for.
    ///
    /// While the numbers stay, the formula is not recorded again: steps of a few operations take half the time.
    func formulaNumbers(learningRate: Double) -> SIMD4<Double>?

    /// What a gradient of zero does, if that is no more than multiplying slots: the factors of those that change. nil, as
    /// long as the type says nothing, if the variable may move.
    ///
    /// With it the gradient of a table of which some rows were read costs only these rows.
    var zeroGradientDecay: [String: Double]? { get }
}

/// What one step knows.
public struct Step {
    /// The learning rate of this step, for this variable.
    public let learningRate: Double
    /// Updates finished before this one.
    public let iteration: Int
    /// The variable that is changed.
    public var variable: Variable? {
        // A formula that asks for it may be another for every variable.
        Recording.noteLook()
        return changed
    }

    private let changed: Variable?
    /// Tells the step from others that the optimizer has taken, or tried to take.
    let attempt: Int

    init(learningRate: Double, _ state: OptimizerState, _ variable: Variable?) {
        self.learningRate = learningRate
        iteration = state.iterations
        attempt = state.attempts
        changed = variable
    }
}

/// What an optimizer remembers of one variable, by name.
@dynamicMemberLookup
public struct Slots {
    var values: [(name: String, value: Tensor)]

    /// The slot with that name.
    public subscript(dynamicMember name: String) -> Tensor {
        get { self[name] }
        set { self[name] = newValue }
    }

    /// The slot with that name.
    public subscript(_ name: String) -> Tensor {
        get {
            values.first { $0.name == name }?.value
                ?? Tensor(error: DescentError("slots", "a slot must be listed in slotNames", received: name))
        }
        set {
            if let index = values.firstIndex(where: { $0.name == name }) {
                values[index].value = newValue
            } else {
                values.append((name, newValue))
            }
        }
    }
}

extension Optimizer {
    /// Nothing is remembered, unless the type says otherwise.
    public var slotNames: [String] { [] }

    /// The same for every variable.
    public func slotNames(for variable: Variable) -> [String] { slotNames }

    /// Zeros in the variable's shape.
    public func initialSlot(_ name: String, for variable: Variable) -> Tensor {
        Tensor.zeros(variable.shape, dtype: variable.dtype)
    }

    /// The same for every variable.
    public func weightDecay(for variable: Variable) -> Double? { state.options.weightDecay }

    /// Each slot is a group of its own.
    public var slotGroups: [[String]] { slotNames.map { [$0] } }

    /// Nothing.
    public var sharedVariables: [Variable] { [] }

    /// Nothing.
    public func sharedUpdates(_ step: Step) -> [(Variable, Tensor)] { [] }

    /// None.
    public var hyperparameters: Configuration { [:] }

    /// Each element depends on the same element alone.
    public var isElementwise: Bool { true }

    /// `update` is called for each variable.
    public var recordsOncePerShape: Bool { false }

    /// Unknown.
    public func formulaNumbers(learningRate: Double) -> SIMD4<Double>? { nil }

    /// Unknown.
    public var zeroGradientDecay: [String: Double]? { nil }

    /// Updates finished so far: steps, or windows of `gradientAccumulationSteps` calls.
    public var iterations: Int { state.iterations }

    /// The learning rate in force; setting a number replaces a schedule or closure.
    public var learningRate: Double {
        get { state.learningRate }
        set { state.learningRate = newValue }
    }

    /// What the learning rate is: a number, a schedule, or a closure.
    public var learningRateSource: Hyperparameter {
        get { state.learningRateSource }
        set { state.learningRateSource = newValue }
    }

    /// What the optimizer is called.
    public var name: String { state.options.name }
}
