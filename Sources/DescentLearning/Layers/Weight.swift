import DescentCore

/// A variable of a layer whose shape is known when the layer first meets its input.
///
/// ```swift
/// final class Scale: Layer {
///     let factor = Weight("factor", .ones)
///     func callAsFunction(_ x: Tensor) -> Tensor { x * factor([x.shape[x.rank - 1]]) }
/// }
/// let scale = Scale()
/// print(scale.namedVariables.count)                              // 0
/// print(scale([[3, 4]]))                                         // [[3.0, 4.0]]
/// print(scale.namedVariables.map { "\($0.name) \($0.variable.shape)" })   // ["factor [2]"]
/// ```
public final class Weight {
    /// What the variable is called.
    public let name: String
    /// Its first value.
    public let initializer: Initializer
    /// What it adds to the loss.
    public let regularizer: Regularizer?
    /// What each new value is put through.
    public let constraint: Constraint?
    /// Whether it is meant to be trained at all: moving averages are not.
    let isTrained: Bool
    /// The variable; nil until the shape is known.
    public private(set) var variable: Variable?

    /// Whether the layer is frozen: then training changes nothing of it, not even moving averages.
    private(set) var isFrozen = false

    /// Forgets the variable, which will be made anew.
    func unmake() { variable = nil }

    /// While values are read from a file: how many numbers its largest one has. A shape that the file names must not
    /// decide how much memory is taken.
    @TaskLocal static var limit: Int?

    /// Whether training changes it. What was never meant to be trained stays as it is.
    public var trainable: Bool {
        get { isTrained && !isFrozen }
        set {
            isFrozen = !newValue
            variable?.trainable = trainable
        }
    }

    /// A variable that will be made.
    ///
    /// - Parameters:
    ///   - name: what it will be called.
    ///   - initializer: its first value.
    ///   - regularizer: what it adds to the loss.
    ///   - constraint: what each new value is put through.
    ///   - trained: false for what a layer keeps for itself, such as a moving average.
    public init(
        _ name: String, _ initializer: Initializer, regularizer: Regularizer? = nil,
        constraint: Constraint? = nil, trained: Bool = true
    ) {
        self.name = name
        self.initializer = initializer
        self.regularizer = regularizer
        self.constraint = constraint
        isTrained = trained
    }

    /// The value of this moment; the first call makes the variable.
    ///
    /// - Throws in the tensor: another shape than the first.
    public func callAsFunction(_ shape: Shape, dtype: DType = .float32) -> Tensor {
        do throws(DescentError) {
            let variable = try made(shape, dtype)
            guard variable.shape == shape else {
                throw DescentError(
                    operation: name, "the layer was made for \(name) of shape \(variable.shape)",
                    received: "input that needs shape \(shape)")
            }
            return variable.tensor
        } catch {
            return Tensor(error: error)
        }
    }

    /// The variable, made now if it is not there yet.
    ///
    /// - Throws: what the initializer has against that shape. Then no variable is made.
    @discardableResult
    public func made(_ shape: Shape, _ dtype: DType = .float32) throws(DescentError) -> Variable {
        if let variable { return variable }
        if let misfit = shape.misfit(name) { throw misfit }
        if let limit = Weight.limit, shape.count > limit {
            throw DescentError(
                operation: name, "the file must have a value for every variable",
                received: "shape \(shape), and at most \(limit) numbers in one value")
        }
        let first = try initializer(shape, dtype: dtype).evaluated()
        guard first.shape == shape else {
            throw DescentError(
                operation: name, "an initializer gives the shape that it is asked for",
                received: "\(first.shape) for \(shape)")
        }
        let made = Variable(first, name: name, trainable: trainable)
        made.constraint = constraint?.formula
        variable = made
        return made
    }

    /// What the regularizer adds to the loss.
    var penalty: Tensor? {
        guard let regularizer, let variable else { return nil }
        return regularizer(variable.tensor)
    }
}
