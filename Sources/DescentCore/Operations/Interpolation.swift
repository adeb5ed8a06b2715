import CDescent

extension Primitive {
    /// Integers: rows, length of a sorted row, values in a row, rows that are sorted, whether equal ones come before.
    package static let buckets: Primitive = Primitive("buckets", .routine(CD_BUCKETS), .none)
}

/// The piecewise linear function through the points (xp, fp), at x: NumPy's `interp`.
///
/// Before the first and after the last point the function is constant, or as `left` and `right` say. The derivative with
/// respect to x is the slope of the piece (at a point, of the piece that begins there), and 0 outside; those to xp and fp follow
/// from the formula.
///
/// ```swift
/// print(interp(Tensor([0.5, 2, 9]), [0, 1, 3], [0, 10, 30]))   // [5.0, 20.0, 30.0]
/// ```
///
/// - Parameters:
///   - x: where to evaluate, of any shape.
///   - xp: the positions of the points, ascending; a vector that is not empty.
///   - fp: the values at the points; a vector of the same length.
///   - left: the value before the first point.
///   - right: the value after the last point.
public func interp(
    _ x: some TensorConvertible, _ xp: Tensor, _ fp: Tensor, left: Tensor? = nil, right: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        var (x, xp) = Tensor.promoted(try x.tensor.operand(), xp, .floats)
        if let error = x.error ?? xp.error { throw error }
        var fp = fp
        (xp, fp) = Tensor.promoted(xp, fp, .floats)
        if let error = xp.error ?? fp.error { throw error }
        x = x.cast(to: xp.dtype)
        guard xp.rank == 1, fp.shape == xp.shape, xp.count > 0 else {
            throw DescentError(
                "interp", "points are two vectors of one length, which is not 0",
                received: "xp \(xp.shape), fp \(fp.shape)")
        }
        let length = xp.count
        let isBefore = x .< xp[0]
        let isAfter = x .> xp[length - 1]
        let (before, after) = (left ?? fp[0], right ?? fp[length - 1])
        guard length > 1 else {
            return Tensor.where(isBefore, before, Tensor.where(isAfter, after, fp[0] + (x - x)))
        }
        // Past a point that equals x, but never past the last piece.
        let places = Tensor.routine(
            .buckets, [1, length, x.count, 1, 1], stopGradient(xp), stopGradient(x), shape: x.shape, dtype: .int64)
        let piece = (places - 1).maximum(0).minimum(Tensor(length - 2, dtype: .int64))
        let (x0, x1) = (xp.gather(piece), xp.gather(piece + 1))
        let (y0, y1) = (fp.gather(piece), fp.gather(piece + 1))
        let isLast = x .== x1
        let slope = (y1 - y0) / (x1 - x0)
        // From the nearer end, so that points are met exactly.
        let inside = Tensor.where(isLast, y1 + slope * (x - x1), y0 + slope * (x - x0))
        return Tensor.where(isBefore, before, Tensor.where(isAfter, after, inside))
    }
}
