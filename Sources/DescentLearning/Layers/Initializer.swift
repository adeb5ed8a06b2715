import DescentCore

/// The first value of a variable: a formula of its shape.
///
/// ```swift
/// print(Initializer.constant(2)([2], dtype: .float32))   // [2.0, 2.0]
/// print(Dense(3, kernelInitializer: .ones)([[1, 2]]))    // [[3.0, 3.0, 3.0]]
/// ```
public struct Initializer: Sendable {
    /// The documented name of the class, as files say it: `"GlorotUniform"`.
    public let className: String
    private let formula: @Sendable (Shape, DType) -> Tensor

    /// A formula of one's own.
    public init(
        _ className: String = "Initializer", _ formula: @escaping @Sendable (Shape, DType) -> Tensor
    ) {
        self.className = className
        self.formula = formula
    }

    /// The first value of a variable of that shape.
    public func callAsFunction(_ shape: Shape, dtype: DType = .float32) -> Tensor { formula(shape, dtype) }
}

extension Initializer {
    /// 0 everywhere.
    public static let zeros = Initializer("Zeros") { .zeros($0, dtype: $1) }
    /// 1 everywhere.
    public static let ones = Initializer("Ones") { .ones($0, dtype: $1) }

    /// The same number everywhere.
    public static func constant(_ value: Double) -> Initializer {
        Initializer("Constant") { .full($0, Tensor(value, dtype: $1)) }
    }

    /// Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010).
    public static var glorotUniform: Initializer { glorotUniform() }

    /// Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010).
    public static func glorotUniform(seed: Int? = nil) -> Initializer {
        Initializer("GlorotUniform") { shape, dtype in
            let (inputs, outputs) = fans(shape)
            let limit = (6 / Double(max(1, inputs + outputs))).squareRoot()
            return .randomUniform(shape, in: -limit..<limit, seed: seed ?? Seeds.next(), dtype: dtype)
        }
    }

    /// How many inputs an output has, and outputs an input: of matrices, and of convolutions' kernels with the places first.
    static func fans(_ shape: Shape) -> (inputs: Int, outputs: Int) {
        switch shape.rank {
        case 0: return (1, 1)
        case 1: return (shape[0], shape[0])
        default:
            let places = shape.dropLast(2).reduce(1, *)
            return (places * shape[shape.rank - 2], places * shape[shape.rank - 1])
        }
    }
}
