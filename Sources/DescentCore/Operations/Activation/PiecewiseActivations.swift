// Activations with corners. Where a corner has two derivatives, the one named in the comment is taken.

extension TensorConvertible {
    /// x where it is positive, else `negativeSlope` times x. The derivative is 1 or the slope (at 0 too).
    ///
    /// ```swift
    /// print(leakyRelu(Tensor([-1, 2])))   // [-0.2, 2.0]
    /// ```
    ///
    /// - Parameter negativeSlope: the slope on the left, 0.2 as in Keras (PyTorch has 0.01).
    public func leakyRelu(negativeSlope: Double = 0.2) -> Tensor {
        let x = tensor.fractional
        return Tensor.where(x .> 0, x, negativeSlope * x)
    }

    /// x between 0 and 6, else the nearer of the two. The derivative is 1 between them, else 0 (at both ends too).
    ///
    /// ```swift
    /// print(relu6(Tensor([-1, 2, 9])))   // [0.0, 2.0, 6.0]
    /// ```
    public func relu6() -> Tensor {
        let x = tensor.fractional
        return Tensor.where(x .<= 0, 0, Tensor.where(x .>= 6, 6, x))
    }

    /// x between −1 and 1, else the nearer of the two. The derivative is 1 between them, else 0 (at both ends too).
    ///
    /// ```swift
    /// print(hardTanh(Tensor([-3, 0.5, 3])))   // [-1.0, 0.5, 1.0]
    /// ```
    public func hardTanh() -> Tensor {
        let x = tensor.fractional
        return Tensor.where(x .<= -1, -1, Tensor.where(x .>= 1, 1, x))
    }

    /// A logistic function of straight lines, `relu6(x + 3) / 6`.
    ///
    /// ```swift
    /// print(hardSigmoid(Tensor([-3, 0, 1.5])))   // [0.0, 0.5, 0.75]
    /// ```
    public func hardSigmoid() -> Tensor { (tensor.fractional + 3).relu6() / 6 }

    /// A swish of straight lines, `x relu6(x + 3) / 6`.
    ///
    /// ```swift
    /// print(hardSwish(Tensor([1, 4])))   // [0.6666667, 4.0]
    /// ```
    public func hardSwish() -> Tensor {
        let x = tensor.fractional
        return x * x.hardSigmoid()
    }

    /// `x / (1 + |x|)`. The derivative is `1 / (1 + |x|)²`.
    ///
    /// ```swift
    /// print(softsign(Tensor([-1, 0, 3])))   // [-0.5, 0.0, 0.75]
    /// ```
    public func softsign() -> Tensor {
        let x = tensor.fractional
        return x / (1 + x.abs())
    }

    /// Nearer to 0 by `threshold`, and 0 where |x| does not exceed it. The derivative is 0 there, else 1.
    ///
    /// ```swift
    /// print(softShrink(Tensor([-2, 0.25, 2])))   // [-1.5, 0.0, 1.5]
    /// ```
    public func softShrink(threshold: Double = 0.5) -> Tensor {
        let x = tensor.fractional
        return Tensor.where(x .> threshold, x - threshold, Tensor.where(x .< -threshold, x + threshold, x * 0))
    }

    /// x, but 0 where |x| does not exceed `threshold`. The derivative is 0 there, else 1.
    ///
    /// ```swift
    /// print(hardShrink(Tensor([-2, 0.25, 2])))   // [-2.0, 0.0, 2.0]
    /// ```
    public func hardShrink(threshold: Double = 0.5) -> Tensor {
        let x = tensor.fractional
        return Tensor.where(x.abs() .<= threshold, 0, x)
    }

    /// 0 up to −1, x from 1 on, and the parabola `(x + 1)² / 4` between them.
    ///
    /// ```swift
    /// print(sparsePlus(Tensor([-2, 0, 2])))   // [0.0, 0.25, 2.0]
    /// ```
    public func sparsePlus() -> Tensor {
        let x = tensor.fractional
        // The square of what is far away would overflow, and its derivative with it.
        return Tensor.where(x .>= 1, x, (x.clip(-1, 1) + 1).square() / 4)
    }

    /// 0 up to −1, 1 from 1 on, and the line `(x + 1) / 2` between them.
    ///
    /// ```swift
    /// print(sparseSigmoid(Tensor([-2, 0, 2])))   // [0.0, 0.5, 1.0]
    /// ```
    public func sparseSigmoid() -> Tensor {
        let x = tensor.fractional
        return Tensor.where(x .<= -1, 0, Tensor.where(x .>= 1, 1, (x + 1) / 2))
    }
}

/// x where it is positive, else `negativeSlope` times x. The derivative is 1 or the slope (at 0 too).
///
/// ```swift
/// print(leakyRelu(Tensor([-1, 2])))   // [-0.2, 2.0]
/// ```
///
/// - Parameter negativeSlope: the slope on the left, 0.2 as in Keras (PyTorch has 0.01).
public func leakyRelu(_ x: some TensorConvertible, negativeSlope: Double = 0.2) -> Tensor {
    x.leakyRelu(negativeSlope: negativeSlope)
}

/// x between 0 and 6, else the nearer of the two. The derivative is 1 between them, else 0 (at both ends too).
///
/// ```swift
/// print(relu6(Tensor([-1, 2, 9])))   // [0.0, 2.0, 6.0]
/// ```
public func relu6(_ x: some TensorConvertible) -> Tensor { x.relu6() }

/// x between −1 and 1, else the nearer of the two. The derivative is 1 between them, else 0 (at both ends too).
///
/// ```swift
/// print(hardTanh(Tensor([-3, 0.5, 3])))   // [-1.0, 0.5, 1.0]
/// ```
public func hardTanh(_ x: some TensorConvertible) -> Tensor { x.hardTanh() }

/// A logistic function of straight lines, `relu6(x + 3) / 6`.
///
/// ```swift
/// print(hardSigmoid(Tensor([-3, 0, 1.5])))   // [0.0, 0.5, 0.75]
/// ```
public func hardSigmoid(_ x: some TensorConvertible) -> Tensor { x.hardSigmoid() }

/// A swish of straight lines, `x relu6(x + 3) / 6`.
///
/// ```swift
/// print(hardSwish(Tensor([1, 4])))   // [0.6666667, 4.0]
/// ```
public func hardSwish(_ x: some TensorConvertible) -> Tensor { x.hardSwish() }

/// `x / (1 + |x|)`. The derivative is `1 / (1 + |x|)²`.
///
/// ```swift
/// print(softsign(Tensor([-1, 0, 3])))   // [-0.5, 0.0, 0.75]
/// ```
public func softsign(_ x: some TensorConvertible) -> Tensor { x.softsign() }

/// Nearer to 0 by `threshold`, and 0 where |x| does not exceed it. The derivative is 0 there, else 1.
///
/// ```swift
/// print(softShrink(Tensor([-2, 0.25, 2])))   // [-1.5, 0.0, 1.5]
/// ```
public func softShrink(_ x: some TensorConvertible, threshold: Double = 0.5) -> Tensor {
    x.softShrink(threshold: threshold)
}

/// x, but 0 where |x| does not exceed `threshold`. The derivative is 0 there, else 1.
///
/// ```swift
/// print(hardShrink(Tensor([-2, 0.25, 2])))   // [-2.0, 0.0, 2.0]
/// ```
public func hardShrink(_ x: some TensorConvertible, threshold: Double = 0.5) -> Tensor {
    x.hardShrink(threshold: threshold)
}

/// 0 up to −1, x from 1 on, and the parabola `(x + 1)² / 4` between them.
///
/// ```swift
/// print(sparsePlus(Tensor([-2, 0, 2])))   // [0.0, 0.25, 2.0]
/// ```
public func sparsePlus(_ x: some TensorConvertible) -> Tensor { x.sparsePlus() }

/// 0 up to −1, 1 from 1 on, and the line `(x + 1) / 2` between them.
///
/// ```swift
/// print(sparseSigmoid(Tensor([-2, 0, 2])))   // [0.0, 0.5, 1.0]
/// ```
public func sparseSigmoid(_ x: some TensorConvertible) -> Tensor { x.sparseSigmoid() }

extension Tensor {
    /// Integers as float32.
    var fractional: Tensor { strong().dtype.isFloatingPoint ? strong() : cast(to: .float32) }
}
