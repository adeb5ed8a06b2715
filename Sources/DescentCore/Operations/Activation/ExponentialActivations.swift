// Activations made of exponentials.
//
// Of two branches both are computed; the argument of an exponential is 0 where its branch is not taken, or it would
// overflow and spoil the gradient of the other.

extension TensorConvertible {
    /// x where it is positive, else `α(eˣ − 1)`. The derivative is 1 or `α eˣ` (at 0 too).
    ///
    /// ```swift
    /// print(elu(Tensor([-1, 2])))   // [-0.63212055, 2.0]
    /// ```
    public func elu(alpha: Double = 1) -> Tensor {
        let x = tensor.fractional
        let isPositive = x .> 0
        let curve = Tensor.where(isPositive, 0, x).expm1()
        return Tensor.where(isPositive, x, alpha == 1 ? curve : alpha * curve)
    }

    /// `1.0507 elu(x, α: 1.6733)`: with these numbers layers keep mean 0 and variance 1.
    ///
    /// ```swift
    /// print(selu(Tensor([-1, 2])))   // [-1.1113307, 2.101402]
    /// ```
    public func selu() -> Tensor { elu(alpha: 1.6732632423543772) * 1.0507009873554805 }

    /// x where it is positive, else `α(e^(x/α) − 1)`: smooth for every α. The derivative is 1 or `e^(x/α)`.
    ///
    /// ```swift
    /// print(celu(Tensor([-1, 2])))   // [-0.63212055, 2.0]
    /// ```
    public func celu(alpha: Double = 1) -> Tensor {
        let x = tensor.fractional
        let isPositive = x .> 0
        let curve = (Tensor.where(isPositive, 0, x) / alpha).expm1()
        return Tensor.where(isPositive, x, alpha * curve)
    }

    /// `x / (1 + e⁻ˣ)`, also called swish.
    ///
    /// ```swift
    /// print(silu(Tensor([0, 1, -2])))   // [0.0, 0.73105854, -0.23840585]
    /// ```
    public func silu() -> Tensor {
        let x = tensor.fractional
        return x * x.sigmoid()
    }

    /// `x tanh(ln(1 + eˣ))`.
    ///
    /// ```swift
    /// print(mish(Tensor([0, 1, -2])))   // [0.0, 0.8650984, -0.2525015]
    /// ```
    public func mish() -> Tensor {
        let x = tensor.fractional
        return x * x.softplus().tanh()
    }

    /// x times the probability that a standard normal number is smaller, `x (1 + erf(x/√2)) / 2`.
    ///
    /// ```swift
    /// print(gelu(Tensor([0, 1, -2])))   // [0.0, 0.8413447, -0.045500267]
    /// ```
    ///
    /// - Parameter approximate: whether to use `x (1 + tanh(√(2/π)(x + 0.044715x³))) / 2` instead.
    public func gelu(approximate: Bool = false) -> Tensor {
        let x = tensor.fractional
        if approximate {
            // Beyond 20 the hyperbolic tangent is ±1, but cubes overflow, and 0 · ∞ would be no derivative.
            let near = x.clip(-20, 20)
            return 0.5 * x * (1 + (0.7978845608028654 * (near + 0.044715 * near * near * near)).tanh())
        }
        // With erfc, because 1 + erf loses all digits on the left.
        return 0.5 * x * (-0.7071067811865476 * x).erfc()
    }

    /// The logarithm of the logistic function, `−ln(1 + e⁻ˣ)`, without overflow. The derivative is `1 / (1 + eˣ)`.
    ///
    /// ```swift
    /// print(logSigmoid(Tensor([0, 100, -100])))   // [-0.6931472, -3.8e-44, -100.0]
    /// ```
    public func logSigmoid() -> Tensor { -((-tensor.fractional).softplus()) }

    /// `x − tanh x`. The derivative is `tanh² x`.
    ///
    /// ```swift
    /// print(tanhShrink(Tensor([0, 1, -2])))   // [0.0, 0.23840582, -1.0359724]
    /// ```
    public func tanhShrink() -> Tensor {
        let x = tensor.fractional
        return x - x.tanh()
    }

    /// `(x + √(x² + b)) / 2`.
    ///
    /// ```swift
    /// print(squareplus(Tensor([0, 1, -2])))   // [1.0, 1.618034, 0.41421354]
    /// ```
    public func squareplus(b: Double = 4) -> Tensor {
        let x = tensor.fractional
        // Not √(x² + b), which overflows for half of the exponents.
        let half = x / 2
        return half + hypot(half, Tensor.number(b.squareRoot() / 2, with: x.dtype))
    }
}

/// x where it is positive, else `α(eˣ − 1)`. The derivative is 1 or `α eˣ` (at 0 too).
///
/// ```swift
/// print(elu(Tensor([-1, 2])))   // [-0.63212055, 2.0]
/// ```
public func elu(_ x: some TensorConvertible, alpha: Double = 1) -> Tensor { x.elu(alpha: alpha) }

/// `1.0507 elu(x, α: 1.6733)`: with these numbers layers keep mean 0 and variance 1.
///
/// ```swift
/// print(selu(Tensor([-1, 2])))   // [-1.1113307, 2.101402]
/// ```
public func selu(_ x: some TensorConvertible) -> Tensor { x.selu() }

/// x where it is positive, else `α(e^(x/α) − 1)`: smooth for every α. The derivative is 1 or `e^(x/α)`.
///
/// ```swift
/// print(celu(Tensor([-1, 2])))   // [-0.63212055, 2.0]
/// ```
public func celu(_ x: some TensorConvertible, alpha: Double = 1) -> Tensor { x.celu(alpha: alpha) }

/// `x / (1 + e⁻ˣ)`, also called swish.
///
/// ```swift
/// print(silu(Tensor([0, 1, -2])))   // [0.0, 0.73105854, -0.23840585]
/// ```
public func silu(_ x: some TensorConvertible) -> Tensor { x.silu() }

/// `x tanh(ln(1 + eˣ))`.
///
/// ```swift
/// print(mish(Tensor([0, 1, -2])))   // [0.0, 0.8650984, -0.2525015]
/// ```
public func mish(_ x: some TensorConvertible) -> Tensor { x.mish() }

/// x times the probability that a standard normal number is smaller, `x (1 + erf(x/√2)) / 2`.
///
/// ```swift
/// print(gelu(Tensor([0, 1, -2])))   // [0.0, 0.8413447, -0.045500267]
/// ```
///
/// - Parameter approximate: whether to use `x (1 + tanh(√(2/π)(x + 0.044715x³))) / 2` instead.
public func gelu(_ x: some TensorConvertible, approximate: Bool = false) -> Tensor { x.gelu(approximate: approximate) }

/// The logarithm of the logistic function, `−ln(1 + e⁻ˣ)`, without overflow. The derivative is `1 / (1 + eˣ)`.
///
/// ```swift
/// print(logSigmoid(Tensor([0, 100, -100])))   // [-0.6931472, -3.8e-44, -100.0]
/// ```
public func logSigmoid(_ x: some TensorConvertible) -> Tensor { x.logSigmoid() }

/// `x − tanh x`. The derivative is `tanh² x`.
///
/// ```swift
/// print(tanhShrink(Tensor([0, 1, -2])))   // [0.0, 0.23840582, -1.0359724]
/// ```
public func tanhShrink(_ x: some TensorConvertible) -> Tensor { x.tanhShrink() }

/// `(x + √(x² + b)) / 2`.
///
/// ```swift
/// print(squareplus(Tensor([0, 1, -2])))   // [1.0, 1.618034, 0.41421354]
/// ```
public func squareplus(_ x: some TensorConvertible, b: Double = 4) -> Tensor { x.squareplus(b: b) }

// MARK: - Gates

extension TensorConvertible {
    /// The first half along an axis times the logistic function of the second half.
    ///
    /// ```swift
    /// print(glu(Tensor([1, 2, 0, 0])))   // [0.5, 1.0]
    /// ```
    ///
    /// - Parameter axis: the axis to halve; its extent must be even. The default is the last.
    public func glu(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().fractional
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "glu")
            guard x.shape[axis] % 2 == 0 else {
                throw DescentError(
                    "glu", "the extent of the axis must be even", received: "axis \(axis), shape \(x.shape)")
            }
            let half = x.shape[axis] / 2
            let gate = x.sliced(axis, start: half, step: 1, count: half).sigmoid()
            return x.sliced(axis, start: 0, step: 1, count: half) * gate
        }
    }
}

/// The first half along an axis times the logistic function of the second half; see `TensorConvertible.glu(axis:)`.
public func glu(
    _ x: some TensorConvertible, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.glu(axis: axis, file: file, line: line) }
