import CDescent

extension Primitive {
    /// The branch that was not taken gets 0, not 0 times something: it has no influence, NaN or not.
    package static let select = Primitive(
        "where", .select,
        .general { g, node, index in
            guard index > 0 else { return nil }
            let condition = Tensor(node.first!)
            let none = Tensor(Node(scalar: 0, g.dtype))
            return index == 1 ? Tensor.where(condition, g, none) : Tensor.where(condition, none, g)
        })

    package static let minimum = Primitive(
        "minimum", .binary(CD_MIN),
        .binary(
            left: { g, node in share(g, node.a .< node.b, node.a .== node.b) },
            right: { g, node in share(g, node.b .< node.a, node.a .== node.b) }))

    package static let maximum = Primitive(
        "maximum", .binary(CD_MAX),
        .binary(
            left: { g, node in share(g, node.a .> node.b, node.a .== node.b) },
            right: { g, node in share(g, node.b .> node.a, node.a .== node.b) }))

    /// All of the gradient to the winner, half of it to each of two that are equal.
    private static func share(_ g: Tensor, _ wins: Tensor, _ ties: Tensor) -> Tensor {
        Tensor.where(ties, g * 0.5, Tensor.where(wins, g, 0))
    }

    /// Casts; the gradient is cast back by the backward pass.
    package static func cast(to dtype: DType) -> Primitive {
        switch dtype {
        case .float32: castFloat32
        case .float64: castFloat64
        case .int32: castInt32
        case .int64: castInt64
        case .bool: castBool
        }
    }

    private static let castFloat32 = Primitive("cast", .unary(CD_CAST_F32), .linear { g in g })
    private static let castFloat64 = Primitive("cast", .unary(CD_CAST_F64), .linear { g in g })
    private static let castInt32 = Primitive("cast", .unary(CD_CAST_I32), .none)
    private static let castInt64 = Primitive("cast", .unary(CD_CAST_I64), .none)
    private static let castBool = Primitive("cast", .unary(CD_CAST_BOOL), .none)
}

// MARK: - Where

extension Tensor {
    /// `a` where the condition holds, else `b`; all three broadcast together.
    ///
    /// The gradient goes to the side that was taken; the other gets 0, even where its own derivative
    /// is infinite or NaN.
    ///
    /// ```swift
    /// let x: Tensor = [-4, 4]
    /// print(Tensor.where(x .> 0, sqrt(x), 0))   // [0.0, 2.0]
    /// ```
    public static func `where`(
        _ condition: Tensor, _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        if let choice = choice(condition, a, b) { return choice }
        return checked(file, line) { () throws(DescentError) in
            let condition = try condition.operand().cast(to: .bool)
            if let error = a.error ?? b.error { throw error }
            let (a, b) = promoted(a, b, .any)
            if let error = a.error ?? b.error { throw error }
            guard let both = a.shape.broadcast(with: b.shape),
                let shape = both.broadcast(with: condition.shape)
            else {
                throw DescentError(
                    "where", "shapes must broadcast",
                    received: "condition \(condition.shape), \(a.shape) and \(b.shape)")
            }
            if let error = shape.misfit("where") { throw error }
            let inputs = (condition.node, a.node, b.node)
            if shape.rank == 0, inputs.0.state == .scalar, inputs.1.state == .scalar,
                inputs.2.state == .scalar
            {
                let bits = inputs.0.scalarBits & 1 == 1 ? inputs.1.scalarBits : inputs.2.scalarBits
                if cd_recorder_current().pointee.recording == 0 { return Tensor(Node(scalar: bits, a.dtype)) }
                return Tensor(Node(scalar: bits, a.dtype, primitive: .select, inputs.0, inputs.1, inputs.2))
            }
            return Tensor(Node(.select, a.dtype, shape, inputs.0, inputs.1, inputs.2)).bounded()
        }
    }

    /// The common case: one shape, but for what is a single number; nil for all others.
    private static func choice(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor? {
        let (c, first, second) = (condition.node, a.node, b.node)
        guard c.dtype == .bool, c.state != .scalar, c.traits.isDisjoint(with: .special),
            !first.traits.union(second.traits).contains(.poisoned),
            first.shape.rank == 0 || first.shape == c.shape, second.shape.rank == 0 || second.shape == c.shape,
            cd_checks_numerics() == 0
        else { return nil }
        let (a, b) = promoted(a, b, .any)
        guard !a.node.traits.union(b.node.traits).contains(.poisoned) else { return nil }
        return Tensor(Node(.select, a.dtype, c.shape, c, a.node, b.node)).bounded()
    }

    /// `a` where the condition holds, else `b`, which may be variables.
    @_disfavoredOverload
    public static func `where`(
        _ condition: some TensorConvertible, _ a: some TensorConvertible, _ b: some TensorConvertible,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { Tensor.where(condition.tensor, a.tensor, b.tensor, file: file, line: line) }

    /// `a`, a variable's value, where the condition holds, else `b`.
    @_disfavoredOverload
    public static func `where`(
        _ condition: Tensor, _ a: Variable, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { Tensor.where(condition, a.tensor, b, file: file, line: line) }

    /// `a` where the condition holds, else `b`, both variables' values.
    @_disfavoredOverload
    public static func `where`(
        _ condition: Tensor, _ a: Variable, _ b: Variable, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { Tensor.where(condition, a.tensor, b.tensor, file: file, line: line) }

    /// `a` where the condition holds, else `b`, a variable's value.
    @_disfavoredOverload
    public static func `where`(
        _ condition: Tensor, _ a: Tensor, _ b: Variable, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { Tensor.where(condition, a, b.tensor, file: file, line: line) }
}

// MARK: - Larger, smaller

extension TensorConvertible {
    /// The larger of two numbers, element by element. NaN on either side gives NaN.
    ///
    /// The gradient goes to the larger side; equal sides share it equally.
    ///
    /// ```swift
    /// print(maximum(Tensor([-1, 2]), 0))   // [0.0, 2.0]
    /// ```
    public func maximum(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.binary(.maximum, tensor, other, .numbers).located(file, line)
    }

    /// The smaller of two numbers, element by element. NaN on either side gives NaN.
    ///
    /// The gradient goes to the smaller side; equal sides share it equally.
    ///
    /// ```swift
    /// print(minimum(Tensor([-1, 2]), 0))   // [-1.0, 0.0]
    /// ```
    public func minimum(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.binary(.minimum, tensor, other, .numbers).located(file, line)
    }

    /// The same numbers as `dtype`. Fractions are cut off on the way to integers; NaN becomes 0, and what is out of
    /// range the nearest integer there is. The derivative is 1.
    ///
    /// ```swift
    /// print(Tensor([1.5, -1.5]).cast(to: .int32))   // [1, -1]
    /// ```
    public func cast(to dtype: DType) -> Tensor { tensor.cast(to: dtype) }
}

/// The larger of two numbers, element by element; see `TensorConvertible.maximum(_:)`.
public func maximum(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.maximum(b, file: file, line: line)
}

/// The larger of two numbers, element by element; see `TensorConvertible.maximum(_:)`.
public func maximum(_ a: Variable, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.maximum(b, file: file, line: line)
}

/// The larger of two numbers, element by element; see `TensorConvertible.maximum(_:)`.
public func maximum(_ a: Tensor, _ b: Variable, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.maximum(b.tensor, file: file, line: line)
}

/// The larger of two numbers, element by element; see `TensorConvertible.maximum(_:)`.
@_disfavoredOverload
public func maximum(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.maximum(b.tensor, file: file, line: line) }

/// The smaller of two numbers, element by element; see `TensorConvertible.minimum(_:)`.
public func minimum(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.minimum(b, file: file, line: line)
}

/// The smaller of two numbers, element by element; see `TensorConvertible.minimum(_:)`.
public func minimum(_ a: Variable, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.minimum(b, file: file, line: line)
}

/// The smaller of two numbers, element by element; see `TensorConvertible.minimum(_:)`.
public func minimum(_ a: Tensor, _ b: Variable, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.minimum(b.tensor, file: file, line: line)
}

/// The smaller of two numbers, element by element; see `TensorConvertible.minimum(_:)`.
@_disfavoredOverload
public func minimum(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.minimum(b.tensor, file: file, line: line) }
