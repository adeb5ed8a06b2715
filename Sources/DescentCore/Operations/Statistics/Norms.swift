// Lengths of vectors.

extension TensorConvertible {
    /// The norm of the vector of all elements, or of the vectors along some axes: `(Σ |x|ᵖ)^(1/p)`.
    ///
    /// Over two axes the norm of order 2 is Frobenius'. The derivative for order 2 is `x / y`; at the zero vector it is 0
    /// for every order. Elements that equal the extreme share the gradient of the orders ±∞ equally.
    ///
    /// ```swift
    /// let x: Tensor = [3, -4, 0]
    /// print(x.norm(), x.norm(order: 1), x.norm(order: .infinity), x.norm(order: 0))   // 5.0 7.0 4.0 2.0
    /// ```
    ///
    /// - Parameters:
    ///   - order: p. `.infinity` is the largest magnitude, `-.infinity` the smallest, 0 counts what is not 0.
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func norm(
        order: Double = 2, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().fractional
            let folded = try x.shape.resolve(axes: axes, operation: "norm")
            switch order {
            case 2: return x.square().sum(axes: folded, keepDims: keepDims).rootOfSquares()
            case 1: return x.abs().sum(axes: folded, keepDims: keepDims)
            case 0: return (x .!= 0).cast(to: x.dtype).sum(axes: folded, keepDims: keepDims)
            case .infinity, -.infinity:
                guard folded.allSatisfy({ x.shape[$0] > 0 }) else {
                    throw DescentError(
                        "norm", "of no elements there is no extreme", received: "shape \(x.shape), axes \(folded)")
                }
                let sizes = x.abs()
                return order > 0
                    ? sizes.max(axes: folded, keepDims: keepDims) : sizes.min(axes: folded, keepDims: keepDims)
            default:
                guard !order.isNaN else { throw DescentError("norm", "the order is a number", received: "nan") }
                return x.powerNorm(order, folded, keepDims)
            }
        }
    }
}

extension Tensor {
    /// Powers and the root are taken where they have derivatives: not at 0.
    fileprivate func powerNorm(_ order: Double, _ axes: [Int], _ keepDims: Bool) -> Tensor {
        let isZero = self .== 0
        let nothing = Tensor.operand(order > 0 ? 0 : Double.infinity, with: dtype)
        let powers = Tensor.where(isZero, nothing, Tensor.where(isZero, 1, abs()) ** order)
        let sum = powers.sum(axes: axes, keepDims: keepDims)
        let isEdge = order > 0 ? sum .== 0 : sum .== Double.infinity
        return Tensor.where(isEdge, 0, Tensor.where(isEdge, 1, sum) ** (1 / order))
    }
}

/// The norm of a vector; see `TensorConvertible.norm(order:axes:keepDims:)`.
public func norm(
    _ x: some TensorConvertible, order: Double = 2, axes: [Int]? = nil, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.norm(order: order, axes: axes, keepDims: keepDims, file: file, line: line) }
