/// The distance of two numbers in units in the last place: how many steps between neighbouring `Float`s lead from
/// one to the other.
///
/// Two NaNs are equal, zeros of either sign too; a NaN is infinitely far (`UInt64.max`) from every number.
/// Infinity is the neighbour of the largest finite number.
///
/// ```swift
/// import DescentTestSupport
///
/// print(ulpDistance(1, Float(1).nextUp), ulpDistance(-0.0, Float(0)))   // 1 0
/// ```
public func ulpDistance(_ a: Float, _ b: Float) -> UInt64 {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
    return (position(a) - position(b)).magnitude
}

/// The distance of two numbers in units in the last place: how many steps between neighbouring `Double`s lead from
/// one to the other.
///
/// Two NaNs are equal, zeros of either sign too; a NaN is infinitely far (`UInt64.max`) from every number.
public func ulpDistance(_ a: Double, _ b: Double) -> UInt64 {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
    let (p, q) = (position(a), position(b))
    return p >= q ? UInt64(bitPattern: p &- q) : UInt64(bitPattern: q &- p)
}

// Bit patterns grow with the magnitude; counting negative numbers downwards from zero makes them one scale.

private func position(_ x: Float) -> Int64 {
    let magnitude = Int64(x.bitPattern & 0x7FFF_FFFF)
    return x.sign == .minus ? -magnitude : magnitude
}

private func position(_ x: Double) -> Int64 {
    let magnitude = Int64(x.bitPattern & 0x7FFF_FFFF_FFFF_FFFF)
    return x.sign == .minus ? -magnitude : magnitude
}
