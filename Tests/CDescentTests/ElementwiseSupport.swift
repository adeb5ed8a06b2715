import CDescent

/// An element of the arrays that kernels work on; `UInt8` stands for bool.
protocol KernelElement: BitwiseCopyable, Equatable, ExpressibleByIntegerLiteral {
    static var dtype: Int { get }
}

extension Float: KernelElement { static var dtype: Int { CD_F32 } }
extension Double: KernelElement { static var dtype: Int { CD_F64 } }
extension Int32: KernelElement { static var dtype: Int { CD_I32 } }
extension Int64: KernelElement { static var dtype: Int { CD_I64 } }
extension UInt8: KernelElement { static var dtype: Int { CD_BOOL } }

func unary<X: KernelElement, Y: KernelElement>(_ op: Int, _ x: [X], as: Y.Type = Y.self) -> [Y] {
    precondition(Y.dtype == (op < CD_CAST_F32 ? X.dtype : op - CD_CAST_F32), "operation \(op) on \(X.self)")
    var y = [Y](repeating: 0, count: x.count)
    cd_unary(Int32(op), Int32(X.dtype), x, &y, Int64(x.count))
    return y
}

/// An operand with one element counts as a scalar if the other has more.
func binary<X: KernelElement, Y: KernelElement>(
    _ op: Int, _ a: [X], _ b: [X], as: Y.Type = Y.self
) -> (values: [Y], status: Int) {
    precondition(Y.dtype == (op < CD_EQ ? X.dtype : CD_BOOL), "operation \(op) on \(X.self)")
    let count = max(a.count, b.count)
    let scalars = (a.count < count ? 1 : 0) | (b.count < count ? 2 : 0)
    var y = [Y](repeating: 0, count: count)
    let status = cd_binary(Int32(op), Int32(X.dtype), Int32(scalars), a, b, &y, Int64(count))
    return (y, Int(status))
}

/// A float that can be told apart by its bits.
protocol KernelFloat: KernelElement, BinaryFloatingPoint {
    associatedtype Bits: FixedWidthInteger & UnsignedInteger
    init(bitPattern: Bits)
    var bitPattern: Bits { get }
}

extension Float: KernelFloat {}
extension Double: KernelFloat {}

/// Whether two results are the same number, zeros with their signs; all NaNs are one.
func isSame<X: KernelFloat>(_ x: X, _ y: X) -> Bool {
    x.bitPattern == y.bitPattern || (x.isNaN && y.isNaN)
}

/// The distance of `value` from `exact + rest`, in units in the last place of `X` at `exact`.
///
/// An overflow counts as right where the exact value rounds to infinity; a NaN, an infinity or a sign of zero
/// that is wrong is infinitely far away.
func errorInULPs<X: KernelFloat>(_ value: X, exact: Double, rest: Double = 0) -> Double {
    let rounded = X(exact)
    if exact.isNaN || value.isNaN { return exact.isNaN && value.isNaN ? 0 : .infinity }
    if value.isInfinite || rounded.isInfinite { return value == rounded ? 0 : .infinity }
    if exact == 0 || value == 0, value.sign != exact.sign { return .infinity }
    let ulp = Double(X(exact.binade).ulp)
    return abs((Double(value) - exact) - rest) / ulp
}

extension Numbers {
    /// Any float at all: random bits.
    mutating func anything<X: KernelFloat>() -> X {
        X(bitPattern: X.Bits.random(in: .min ... .max, using: &self))
    }

    /// Floats of all the sizes for which elementary functions are interesting.
    mutating func varied<X: KernelFloat>(_ count: Int) -> [X] where X.RawSignificand: FixedWidthInteger {
        (0..<count).map { i in
            switch i % 5 {
            case 0: anything()
            case 1: X(Double.random(in: -2...2, using: &self))
            case 2: X(Double.random(in: -30...30, using: &self))
            case 3: X(Double.random(in: -760...760, using: &self))
            default: X(Double.random(in: -1...1, using: &self).scaled(by: -.random(in: 0...60, using: &self)))
            }
        }
    }
}

extension Double {
    /// The number times a power of two.
    func scaled(by exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: self) }
}
