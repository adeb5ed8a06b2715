import CDescent

extension Primitive {
    package static let floor = Primitive("floor", .unary(CD_FLOOR), .none)
    package static let ceil = Primitive("ceil", .unary(CD_CEIL), .none)
    package static let round = Primitive("round", .unary(CD_ROUND), .none)
    package static let sign = Primitive("sign", .unary(CD_SIGN), .none)
}

extension TensorConvertible {
    /// The next whole number downwards. No gradient passes: the derivative is 0 almost everywhere.
    ///
    /// ```swift
    /// print(floor(Tensor([-1.5, 1.5])))   // [-2.0, 1.0]
    /// ```
    public func floor() -> Tensor { Tensor.unary(.floor, tensor, .numbers) }

    /// The next whole number upwards. No gradient passes: the derivative is 0 almost everywhere.
    ///
    /// ```swift
    /// print(ceil(Tensor([-1.5, 1.5])))   // [-1.0, 2.0]
    /// ```
    public func ceil() -> Tensor { Tensor.unary(.ceil, tensor, .numbers) }

    /// The nearest whole number; halves go to the even one. No gradient passes: the derivative is 0 almost everywhere.
    ///
    /// ```swift
    /// print(round(Tensor([1.5, 2.5])))   // [2.0, 2.0]
    /// ```
    public func round() -> Tensor { Tensor.unary(.round, tensor, .numbers) }

    /// −1, 0 or 1. No gradient passes: the derivative is 0 almost everywhere.
    ///
    /// ```swift
    /// print(sign(Tensor([-3, 0, 2])))   // [-1.0, 0.0, 1.0]
    /// ```
    public func sign() -> Tensor { Tensor.unary(.sign, tensor, .numbers) }
}

/// The next whole number downwards. No gradient passes: the derivative is 0 almost everywhere.
///
/// ```swift
/// print(floor(Tensor([-1.5, 1.5])))   // [-2.0, 1.0]
/// ```
public func floor(_ x: some TensorConvertible) -> Tensor { x.floor() }

/// The next whole number upwards. No gradient passes: the derivative is 0 almost everywhere.
///
/// ```swift
/// print(ceil(Tensor([-1.5, 1.5])))   // [-1.0, 2.0]
/// ```
public func ceil(_ x: some TensorConvertible) -> Tensor { x.ceil() }

/// The nearest whole number; halves go to the even one. No gradient passes: the derivative is 0 almost everywhere.
///
/// ```swift
/// print(round(Tensor([1.5, 2.5])))   // [2.0, 2.0]
/// ```
public func round(_ x: some TensorConvertible) -> Tensor { x.round() }

/// −1, 0 or 1. No gradient passes: the derivative is 0 almost everywhere.
///
/// ```swift
/// print(sign(Tensor([-3, 0, 2])))   // [-1.0, 0.0, 1.0]
/// ```
public func sign(_ x: some TensorConvertible) -> Tensor { x.sign() }
