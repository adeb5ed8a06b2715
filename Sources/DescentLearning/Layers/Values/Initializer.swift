import DescentCore
import DescentFiles

/// The first value of a variable: a formula of its shape.
///
/// ```swift
/// print(Initializer.constant(2)([2], dtype: .float32))   // [2.0, 2.0]
/// print(Dense(3, kernelInitializer: .ones)([[1, 2]]))    // [[3.0, 3.0, 3.0]]
/// let byName: Initializer = "he_normal"
/// print(byName.className)                                // HeNormal
/// ```
///
/// One that draws random numbers takes the seed it is given, and then gives the same numbers at every call; without
/// one it takes the next seed of the thread's sequence (`setRandomSeed`).
public struct Initializer: Sendable {
    /// The documented name of the class, as files say it: `"GlorotUniform"`.
    public let className: String
    /// The arguments by their documented names.
    public let config: Configuration
    private let formula: @Sendable (Shape, DType) -> Tensor

    /// A formula of one's own.
    ///
    /// - Parameters:
    ///   - className: what files call it.
    ///   - config: its arguments, for files.
    ///   - formula: the value for a shape and a type.
    public init(
        _ className: String = "Initializer", config: Configuration = [:],
        _ formula: @escaping @Sendable (Shape, DType) -> Tensor
    ) {
        self.className = className
        self.config = config
        self.formula = formula
    }

    /// The first value of a variable of that shape.
    public func callAsFunction(_ shape: Shape, dtype: DType = .float32) -> Tensor { formula(shape, dtype) }
}

// MARK: - Without chance

extension Initializer {
    /// 0 everywhere.
    public static let zeros = Initializer("Zeros") { .zeros($0, dtype: $1) }
    /// 1 everywhere.
    public static let ones = Initializer("Ones") { .ones($0, dtype: $1) }

    /// The same number everywhere.
    public static func constant(_ value: Double = 0) -> Initializer {
        Initializer("Constant", config: ["value": .number(value)]) { .full($0, .number(value, with: $1)) }
    }

    /// The unit matrix.
    public static var identity: Initializer { identity() }

    /// `gain` times the unit matrix.
    ///
    /// ```swift
    /// print(Initializer.identity(gain: 2)([2, 3]))
    /// // [[2.0, 0.0, 0.0],
    /// //  [0.0, 2.0, 0.0]]
    /// ```
    public static func identity(gain: Double = 1) -> Initializer {
        Initializer("Identity", config: ["gain": .number(gain)]) { shape, dtype in
            guard shape.rank == 2 else {
                return Tensor(error: DescentError("Identity", "only a matrix can be one", received: "shape \(shape)"))
            }
            return gain * Tensor.eye(shape[0], columns: shape[1], dtype: dtype)
        }
    }
}

// MARK: - Random

extension Initializer {
    /// Normal, with mean 0 and standard deviation 0.05.
    public static var randomNormal: Initializer { randomNormal() }
    /// Uniform within ±0.05.
    public static var randomUniform: Initializer { randomUniform() }
    /// Normal with standard deviation 0.05, cut off at ±0.1.
    public static var truncatedNormal: Initializer { truncatedNormal() }
    /// A matrix whose rows or columns are orthogonal and of length 1.
    public static var orthogonal: Initializer { orthogonal() }

    /// Normal.
    public static func randomNormal(mean: Double = 0, stddev: Double = 0.05, seed: Int? = nil) -> Initializer {
        Initializer(
            "RandomNormal", config: ["seed": .init(seed), "mean": .number(mean), "stddev": .number(stddev)]
        ) { shape, dtype in
            refusal("RandomNormal", stddev)
                ?? .randomNormal(
                    shape, mean: mean, standardDeviation: stddev, seed: seed ?? Seeds.next(), dtype: dtype)
        }
    }

    /// Uniform from `minval` to `maxval`.
    public static func randomUniform(
        minval: Double = -0.05, maxval: Double = 0.05, seed: Int? = nil
    ) -> Initializer {
        Initializer(
            "RandomUniform", config: ["seed": .init(seed), "minval": .number(minval), "maxval": .number(maxval)]
        ) { shape, dtype in
            guard minval < maxval else {
                return Tensor(
                    error: DescentError(
                        "RandomUniform", "minval lies below maxval", received: "\(minval), \(maxval)"))
            }
            return .randomUniform(shape, in: minval..<maxval, seed: seed ?? Seeds.next(), dtype: dtype)
        }
    }

    /// Normal, without what lies more than two standard deviations from the mean.
    public static func truncatedNormal(mean: Double = 0, stddev: Double = 0.05, seed: Int? = nil) -> Initializer {
        Initializer(
            "TruncatedNormal", config: ["seed": .init(seed), "mean": .number(mean), "stddev": .number(stddev)]
        ) { shape, dtype in
            refusal("TruncatedNormal", stddev)
                ?? .randomTruncatedNormal(
                    shape, mean: .number(mean, with: dtype), standardDeviation: .number(stddev, with: dtype),
                    seed: seed ?? Seeds.next(), dtype: dtype)
        }
    }

    /// A matrix whose rows or columns, whichever are fewer, are orthogonal and of length `gain`; all axes but the last count
    /// as rows. (Saxe et al., 2014)
    ///
    /// ```swift
    /// let q = Initializer.orthogonal(seed: 1)([5, 3])
    /// print((matmul(q.transposed(), q) - Tensor.eye(3)).abs().max() .< 1e-5)   // true
    /// ```
    public static func orthogonal(gain: Double = 1, seed: Int? = nil) -> Initializer {
        Initializer("Orthogonal", config: ["seed": .init(seed), "gain": .number(gain)]) { shape, dtype in
            guard shape.rank >= 2 else {
                return Tensor(
                    error: DescentError("Orthogonal", "there must be at least two axes", received: "shape \(shape)"))
            }
            let columns = shape[shape.rank - 1]
            let rows = shape.dropLast().reduce(1, *)
            let tall: Shape = [max(rows, columns), min(rows, columns)]
            let (q, r) = Tensor.randomNormal(tall, seed: seed ?? Seeds.next(), dtype: dtype).qr()
            // With the signs of R's diagonal all such matrices are equally likely.
            let even = q * r.diagonal().sign()
            return gain * (rows < columns ? even.transposed() : even).reshape(shape)
        }
    }

    private static func refusal(_ name: StaticString, _ stddev: Double) -> Tensor? {
        stddev >= 0 && stddev.isFinite
            ? nil : Tensor(error: DescentError(name, "stddev is a number from 0 on", received: "stddev \(stddev)"))
    }
}
