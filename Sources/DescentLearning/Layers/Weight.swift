import DescentCore

/// A variable of a layer whose shape is known when the layer first meets its input.
///
/// ```swift
/// final class Scale: Layer {
///     let factor = Weight("factor", .ones)
///     func callAsFunction(_ x: Tensor) -> Tensor { x * factor([x.shape[-1]]) }
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
    public let constraint: (@Sendable (Tensor) -> Tensor)?
    /// Whether it is meant to be trained at all: moving averages are not.
    let isTrained: Bool
    /// The variable; nil until the shape is known.
    public private(set) var variable: Variable?

    /// Whether training changes it. What was never meant to be trained stays as it is.
    public var trainable: Bool {
        didSet { variable?.trainable = trainable && isTrained }
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
        constraint: (@Sendable (Tensor) -> Tensor)? = nil, trained: Bool = true
    ) {
        self.name = name
        self.initializer = initializer
        self.regularizer = regularizer
        self.constraint = constraint
        isTrained = trained
        trainable = trained
    }

    /// The value of this moment; the first call makes the variable.
    ///
    /// - Throws in the tensor: another shape than the first.
    public func callAsFunction(
        _ shape: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let variable = made(shape, dtype)
        guard variable.shape == shape else {
            return Tensor(
                error: DescentError(
                    operation: name, "the layer was made for \(name) of shape \(variable.shape)",
                    received: "input that needs shape \(shape)", at: SourceLocation(file, line)))
        }
        return variable.tensor
    }

    /// The variable, made now if it is not there yet.
    public func made(_ shape: Shape, _ dtype: DType = .float32) -> Variable {
        if let variable { return variable }
        let made = Variable(
            initializer(shape, dtype: dtype), name: name, trainable: trainable && isTrained)
        made.constraint = constraint
        variable = made
        return made
    }

    /// What the regularizer adds to the loss.
    var penalty: Tensor? {
        guard let regularizer, let variable else { return nil }
        return regularizer(variable.tensor)
    }
}
