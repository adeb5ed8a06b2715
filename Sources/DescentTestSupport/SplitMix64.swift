import DescentCore

/// A small, fast, seeded source of random bits: the same seed gives the same numbers on every machine.
///
/// The generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
///
/// ```swift
/// import DescentTestSupport
///
/// var random = SplitMix64(seed: 7)
/// let x = random.normal([2, 3])
/// print(x.shape, x.dtype)   // [2, 3] float32
/// ```
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator whose numbers follow from `seed` alone.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= Mixing.increment
        return Mixing.mixed(state)
    }

    /// A number in 0..<1, one of 2⁵³ equally likely ones.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number from the standard normal distribution.
    public mutating func gaussian() -> Double {
        // Marsaglia's polar method: no trigonometry, so no dependence on a mathematics library beyond log.
        while true {
            let u = 2 * unit() - 1
            let v = 2 * unit() - 1
            let s = u * u + v * v
            if s > 0, s < 1 { return u * (-2 * logarithm(s) / s).squareRoot() }
        }
    }
}

// MARK: - Tensors

extension SplitMix64 {
    /// A tensor of standard normal numbers.
    public mutating func normal(_ shape: Shape, dtype: DType = .float32) -> Tensor {
        tensor((0..<shape.count).map { _ in gaussian() }, shape: shape, dtype: dtype)
    }

    /// A tensor of numbers spread evenly over `range`.
    public mutating func uniform(_ shape: Shape, in range: Range<Double> = 0..<1, dtype: DType = .float32)
        -> Tensor
    {
        let width = range.upperBound - range.lowerBound
        return tensor(
            (0..<shape.count).map { _ in range.lowerBound + width * unit() }, shape: shape, dtype: dtype)
    }

    /// A tensor of whole numbers from `range`.
    public mutating func integers(_ shape: Shape, in range: Range<Int>, dtype: DType = .int32) -> Tensor {
        tensor(
            (0..<shape.count).map { _ in Double(Int.random(in: range, using: &self)) }, shape: shape,
            dtype: dtype)
    }
}

/// A tensor of `dtype` with `values` in row-major order.
func tensor(_ values: [Double], shape: Shape, dtype: DType) -> Tensor {
    Tensor(values, shape: shape, dtype: dtype)
}

/// The natural logarithm of a number in (0, 1), by the series of artanh after taking out the power of two; exact to a
/// few units in the last place, and the same everywhere.
private func logarithm(_ x: Double) -> Double {
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa > 1.4142135623730951 {
        mantissa /= 2
        exponent += 1
    }
    let t = (mantissa - 1) / (mantissa + 1)
    let square = t * t
    var sum = 0.0
    for k in stride(from: 23, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
    return 2 * t * sum + exponent * 0.6931471805599453
}
