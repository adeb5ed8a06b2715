import CDescent

extension Primitive {
    package static let tanh = Primitive("tanh", .unary(CD_TANH), .fromOutput { g, y in g * (1 - y * y) })
    package static let sigmoid = Primitive(
        "sigmoid", .unary(CD_SIGMOID), .fromOutput { g, y in g * y * (1 - y) })
    package static let softplus = Primitive(
        "softplus", .unary(CD_SOFTPLUS), .fromInput { g, x in g * x.sigmoid() })
    package static let relu = Primitive(
        "relu", .unary(CD_RELU), .fromOutput { g, y in Tensor.where(y .> 0, g, 0) })
    package static let erf = Primitive(
        "erf", .unary(CD_ERF), .fromInput { g, x in g * (1.1283791670955126 * (-x * x).exp()) })
}

extension TensorConvertible {
    /// The hyperbolic tangent. The derivative is `1 − tanh² x`.
    ///
    /// ```swift
    /// print(tanh(Tensor([0, 1])))   // [0.0, 0.7615942]
    /// ```
    public func tanh() -> Tensor { Tensor.unary(.tanh, tensor, .floats) }

    /// The logistic function, `1 / (1 + e⁻ˣ)`. The derivative is `y(1 − y)`.
    ///
    /// ```swift
    /// print(sigmoid(Tensor([0, 100])))   // [0.5, 1.0]
    /// ```
    public func sigmoid() -> Tensor { Tensor.unary(.sigmoid, tensor, .floats) }

    /// `ln(1 + eˣ)`, without overflow. The derivative is the logistic function.
    ///
    /// ```swift
    /// print(softplus(Tensor([0, 1000])))   // [0.6931472, 1000.0]
    /// ```
    public func softplus() -> Tensor { Tensor.unary(.softplus, tensor, .floats) }

    /// The positive part, `max(x, 0)`. The derivative is 1 where x > 0, else 0 (at 0 too).
    ///
    /// ```swift
    /// print(relu(Tensor([-1, 2])))   // [0.0, 2.0]
    /// ```
    public func relu() -> Tensor { Tensor.unary(.relu, tensor, .numbers) }

    /// The error function, `2/√π ∫₀ˣ e^(−t²) dt`. The derivative is `2/√π · e^(−x²)`.
    ///
    /// ```swift
    /// print(erf(Tensor([0, 1])))   // [0.0, 0.8427008]
    /// ```
    public func erf() -> Tensor { Tensor.unary(.erf, tensor, .floats) }
}

/// The hyperbolic tangent. The derivative is `1 − tanh² x`.
///
/// ```swift
/// print(tanh(Tensor([0, 1])))   // [0.0, 0.7615942]
/// ```
public func tanh(_ x: some TensorConvertible) -> Tensor { x.tanh() }

/// The logistic function, `1 / (1 + e⁻ˣ)`. The derivative is `y(1 − y)`.
///
/// ```swift
/// print(sigmoid(Tensor([0, 100])))   // [0.5, 1.0]
/// ```
public func sigmoid(_ x: some TensorConvertible) -> Tensor { x.sigmoid() }

/// `ln(1 + eˣ)`, without overflow. The derivative is the logistic function.
///
/// ```swift
/// print(softplus(Tensor([0, 1000])))   // [0.6931472, 1000.0]
/// ```
public func softplus(_ x: some TensorConvertible) -> Tensor { x.softplus() }

/// The positive part, `max(x, 0)`. The derivative is 1 where x > 0, else 0 (at 0 too).
///
/// ```swift
/// print(relu(Tensor([-1, 2])))   // [0.0, 2.0]
/// ```
public func relu(_ x: some TensorConvertible) -> Tensor { x.relu() }

/// The error function, `2/√π ∫₀ˣ e^(−t²) dt`. The derivative is `2/√π · e^(−x²)`.
///
/// ```swift
/// print(erf(Tensor([0, 1])))   // [0.0, 0.8427008]
/// ```
public func erf(_ x: some TensorConvertible) -> Tensor { x.erf() }
