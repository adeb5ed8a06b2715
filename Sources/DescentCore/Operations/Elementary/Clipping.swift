// Between bounds.

extension TensorConvertible {
    /// What lies below `lower` becomes `lower`, what lies above `upper` becomes `upper`. NaN stays.
    ///
    /// The derivative is 1 from bound to bound, both included, and 0 outside, where it goes to the bound.
    ///
    /// ```swift
    /// print(clip(Tensor([-5, 0.5, 5]), 0, 1))   // [0.0, 0.5, 1.0]
    /// ```
    ///
    /// - Parameters:
    ///   - lower: the lower bound, a number or a tensor that broadcasts; nil for none.
    ///   - upper: the upper bound, likewise.
    public func clip(
        _ lower: Tensor?, _ upper: Tensor?, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            var y = try tensor.operand()
            try Tensor.broadcasting("clip", [y, lower, upper].compactMap(\.self))
            if let lower { y = Tensor.where(y .< lower, lower, y) }
            if let upper { y = Tensor.where(y .> upper, upper, y) }
            return y
        }
    }
}

/// Elements held between bounds; see `TensorConvertible.clip(_:_:)`.
public func clip(
    _ x: some TensorConvertible, _ lower: Tensor?, _ upper: Tensor?, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.clip(lower, upper, file: file, line: line) }

/// The way from `a` to `b`: `a + w (b − a)`, exactly `a` at w = 0 and exactly `b` at w = 1.
///
/// The derivatives are `1 − w`, `w`, and `b − a`.
///
/// ```swift
/// print(lerp(Tensor([0, 10]), Tensor([1, 20]), 0.25))   // [0.25, 12.5]
/// ```
public func lerp(
    _ a: some TensorConvertible, _ b: some TensorConvertible, _ w: Tensor, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let (a, b) = (a.tensor, b.tensor)
        try Tensor.broadcasting("lerp", [a, b, w])
        let difference = b - a
        let w = w.adapted(to: difference.dtype)
        return Tensor.where(w .< 0.5, a + w * difference, b - (1 - w) * difference)
    }
}

extension Tensor {
    /// Throws unless all operands are sound and their shapes broadcast together: compositions name themselves in errors, not
    /// what they are made of.
    static func broadcasting(_ operation: StaticString, _ operands: [Tensor]) throws(DescentError) {
        var common = Shape.scalar
        for operand in operands {
            if let error = operand.error { throw error }
            guard let both = common.broadcast(with: operand.shape) else {
                let shapes = operands.map { "\($0.shape)" }.joined(separator: ", ")
                throw DescentError(operation, "shapes must broadcast", received: shapes)
            }
            common = both
        }
    }
}
