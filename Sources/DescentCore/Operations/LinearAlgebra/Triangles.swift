import CDescent

extension Primitive {
    /// With Φ taking the lower triangle and half of the diagonal, the gradient is the symmetric part of
    /// L⁻ᵀ Φ(Lᵀ g) L⁻¹ (Murray, "Differentiation of the Cholesky decomposition", 2016).
    package static let cholesky: Primitive = Primitive(
        "cholesky", .routine(CD_CHOLESKY),
        .fromOutput { g, l in
            let middle = l.matrixTransposed().matmul(g).triangle(lower: true, diagonal: 0.5)
            let left = Tensor.triangular(l, middle, lower: true, transposed: true)
            let both = Tensor.triangular(l, left.matrixTransposed(), lower: true, transposed: true)
            return both.symmetricPart()
        })

    /// Integers: count, n, columns, lower, transposed, unit.
    package static let triangularSolve: Primitive = Primitive(
        "triangularSolve", .routine(CD_TRIANGULAR),
        .general { g, node, index in
            let attributes = node.attributes!
            var integers = attributes.integers
            let (lower, transposed, unit) = (integers[3] == 1, integers[4] == 1, integers[5] == 1)
            integers[4] = transposed ? 0 : 1
            let b = Tensor.routine(
                .triangularSolve, integers, Tensor(node.first!), g, shape: g.shape, at: attributes.location)
            if index == 1 { return b }
            let x = Tensor(node)
            let a = transposed ? x.matmul(b.matrixTransposed()) : b.matmul(x.matrixTransposed())
            return -a.triangle(lower: lower, diagonal: unit ? 0 : 1)
        })
}

extension Tensor {
    /// The solution for stacks that agree.
    static func triangular(
        _ a: Tensor, _ b: Tensor, lower: Bool, transposed: Bool, unit: Bool = false, at location: SourceLocation? = nil
    ) -> Tensor {
        let integers = [b.stackCount, b.rows, b.columns, lower ? 1 : 0, transposed ? 1 : 0, unit ? 1 : 0]
        return routine(.triangularSolve, integers, a, b, shape: b.shape, at: location)
    }
}

extension TensorConvertible {
    /// The Cholesky factor: the lower triangle L with a positive diagonal for which L Lᵀ is this matrix.
    ///
    /// Of a matrix that is not quite symmetric the symmetric part, (A + Aᵀ) / 2, is factored. A matrix that is not
    /// positive definite is an error when the expression is computed. The derivative is symmetric.
    ///
    /// ```swift
    /// print(cholesky(Tensor([[4, 2], [2, 5]])))
    /// // [[2.0, 0.0],
    /// //  [1.0, 2.0]]
    /// ```
    public func cholesky(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let a = try tensor.squareMatrices("cholesky")
            return Tensor.routine(
                .cholesky, [a.stackCount, a.rows], a, shape: a.shape, at: SourceLocation(file, line))
        }
    }

    /// The solution x of A x = b, this matrix A being a triangle; what is in the other triangle is not looked at.
    ///
    /// A zero on the diagonal is an error when the expression is computed. With y the solution of Aᵀ y = g, the derivative
    /// is y with respect to b, and the triangle of −y xᵀ to A.
    ///
    /// ```swift
    /// let a: Tensor = [[2, 0], [1, 4]]
    /// print(triangularSolve(a, [2, 9]))   // [1.0, 2.0]
    /// ```
    ///
    /// - Parameters:
    ///   - b: a vector or a stack of matrices.
    ///   - lower: which triangle A is.
    ///   - transposed: solves Aᵀ x = b instead.
    ///   - unitDiagonal: takes the diagonal as ones, whatever it holds.
    public func triangularSolve(
        _ b: Tensor, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let system = try Tensor.system("triangularSolve", try tensor.squareMatrices("triangularSolve"), b)
            return system.answer(
                Tensor.triangular(
                    system.a.stretched(toStackOf: system.b), system.b, lower: lower, transposed: transposed,
                    unit: unitDiagonal, at: SourceLocation(file, line)))
        }
    }
}

/// The Cholesky factor of a positive definite matrix; see `TensorConvertible.cholesky()`.
public func cholesky(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.cholesky(file: file, line: line)
}

/// The solution of a triangular system; see `TensorConvertible.triangularSolve(_:lower:transposed:unitDiagonal:)`.
public func triangularSolve(
    _ a: Tensor, _ b: Tensor, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    a.triangularSolve(
        b, lower: lower, transposed: transposed, unitDiagonal: unitDiagonal, file: file, line: line)
}

/// The solution of a triangular system; see `TensorConvertible.triangularSolve(_:lower:transposed:unitDiagonal:)`.
@_disfavoredOverload
public func triangularSolve(
    _ a: some TensorConvertible, _ b: some TensorConvertible, lower: Bool = true, transposed: Bool = false,
    unitDiagonal: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    a.triangularSolve(
        b.tensor, lower: lower, transposed: transposed, unitDiagonal: unitDiagonal, file: file, line: line)
}
