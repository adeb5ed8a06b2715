import CDescent

extension Primitive {
    /// The factors of a matrix and the exchanges of rows, for those below. Nobody differentiates them: what is computed
    /// with them depends on the matrix itself.
    package static let lu: Primitive = Primitive("lu", .routine(CD_LU), .none)

    /// Inputs: the matrix, which only the derivative reads, its factors, the right side. Integers: count, n, columns,
    /// transposed.
    package static let solve: Primitive = Primitive(
        "solve", .routine(CD_LU_SOLVE),
        .general { g, node, index in
            guard index != 1 else { return nil }
            let attributes = node.attributes!
            var integers = attributes.integers
            let transposed = integers[3] == 1
            integers[3] = transposed ? 0 : 1
            let (matrix, factors, x) = (Tensor(node.first!), Tensor(node.second!), Tensor(node))
            let b = Tensor.routine(
                .solve, integers, matrix, factors, g, shape: g.shape, at: attributes.location)
            if index == 2 { return b }
            return -(transposed ? x.matmul(b.matrixTransposed()) : b.matmul(x.matrixTransposed()))
        })

    package static let inverse: Primitive = Primitive(
        "inverse", .routine(CD_INVERSE),
        .fromOutput { g, y in
            let transposed = y.matrixTransposed()
            return -transposed.matmul(g).matmul(transposed)
        })

    /// For matrices that keep their rank (Golub and Pereyra, "The differentiation of pseudo-inverses", 1973).
    package static let pinverse: Primitive = Primitive(
        "pinverse", .routine(CD_PINVERSE),
        .general { g, node, _ in
            let (a, p) = (Tensor(node.first!), Tensor(node))
            let (pt, gt) = (p.matrixTransposed(), g.matrixTransposed())
            let left = Tensor.eye(a.rows, dtype: a.dtype) - a.matmul(p)
            let right = Tensor.eye(a.columns, dtype: a.dtype) - p.matmul(a)
            return left.matmul(gt).matmul(p).matmul(pt) + pt.matmul(p).matmul(gt).matmul(right)
                - pt.matmul(g).matmul(pt)
        })
}

extension Tensor {
    /// L and U, and below them the exchanges.
    func factored(at location: SourceLocation?) -> Tensor {
        Tensor.routine(
            .lu, [stackCount, rows], stopGradient(self), shape: Shape(stackExtents + [rows + 1, rows]), at: location)
    }
}

extension TensorConvertible {
    /// The solution x of A x = b, this being A.
    ///
    /// A singular matrix is an error when the expression is computed. With y the solution of Aᵀ y = g, the derivative is y
    /// with respect to b, and −y xᵀ to A.
    ///
    /// ```swift
    /// let a: Tensor = [[2, 1], [1, 3]]
    /// print(solve(a, [3, 4]))   // [1.0, 1.0]
    /// ```
    ///
    /// - Parameter b: a vector, or a stack of matrices, which broadcasts with that of A.
    public func solve(_ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let system = try Tensor.system("solve", try tensor.squareMatrices("solve"), b)
            let (a, b) = (system.a, system.b)
            let location = SourceLocation(file, line)
            let factors = a.factored(at: location).stretched(toStackOf: b)
            return system.answer(
                Tensor.routine(
                    .solve, [b.stackCount, b.rows, b.columns, 0], a.stretched(toStackOf: b), factors, b,
                    shape: b.shape, at: location))
        }
    }

    /// The inverse of a matrix.
    ///
    /// A singular matrix is an error when the expression is computed. To multiply with it, `solve` is faster and more exact.
    /// With Y the inverse, the derivative is −Yᵀ g Yᵀ.
    ///
    /// ```swift
    /// print(inverse(Tensor([[2, 0], [0, 4]])))
    /// // [[ 0.5,  0.0],
    /// //  [ 0.0, 0.25]]
    /// ```
    public func inverse(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let a = try tensor.squareMatrices("inverse")
            return Tensor.routine(
                .inverse, [a.stackCount, a.rows], a, shape: a.shape, at: SourceLocation(file, line))
        }
    }

    /// The pseudo-inverse of Moore and Penrose.
    ///
    /// Singular values up to `cutoff` times the largest count as zeros. The derivative takes the rank as constant.
    ///
    /// ```swift
    /// print(pinverse(Tensor([[2, 0], [0, 0]])))
    /// // [[0.5, 0.0],
    /// //  [0.0, 0.0]]
    /// ```
    ///
    /// - Parameter cutoff: by default the spacing of numbers of the type near 1, times the larger extent.
    public func pinverse(cutoff: Double? = nil, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let a = try tensor.matrices("pinverse")
            let spacing = a.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
            let cutoff = cutoff ?? spacing * Double(Swift.max(a.rows, a.columns))
            return Tensor.routine(
                .pinverse, [a.stackCount, a.rows, a.columns, Int(bitPattern: UInt(cutoff.bitPattern))], a,
                shape: Shape(a.stackExtents + [a.columns, a.rows]), at: SourceLocation(file, line))
        }
    }

    /// The x for which A x comes nearest to b, this being A; of several the shortest.
    ///
    /// Computed with the pseudo-inverse, so A may have any shape and rank; the derivative takes the rank as constant.
    ///
    /// ```swift
    /// let a: Tensor = [[1, 0], [1, 1], [1, 2]]
    /// print(leastSquares(a, [1, 3, 5]).shape)   // [2]
    /// ```
    ///
    /// - Parameters:
    ///   - b: a vector, or a stack of matrices, which broadcasts with that of A.
    ///   - cutoff: see `pinverse(cutoff:)`.
    public func leastSquares(
        _ b: Tensor, cutoff: Double? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let system = try Tensor.system("leastSquares", tensor, b)
            let inverse = system.a.pinverse(cutoff: cutoff, file: file, line: line)
            return system.answer(inverse.matmul(system.b, file: file, line: line))
        }
    }
}

/// The solution x of a x = b; see `TensorConvertible.solve(_:)`.
public func solve(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.solve(b, file: file, line: line)
}

/// The solution x of a x = b; see `TensorConvertible.solve(_:)`.
@_disfavoredOverload
public func solve(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.solve(b.tensor, file: file, line: line) }

/// The inverse of a matrix; see `TensorConvertible.inverse()`.
public func inverse(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.inverse(file: file, line: line)
}

/// The pseudo-inverse; see `TensorConvertible.pinverse(cutoff:)`.
public func pinverse(
    _ a: some TensorConvertible, cutoff: Double? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.pinverse(cutoff: cutoff, file: file, line: line) }

/// The x for which a x comes nearest to b; see `TensorConvertible.leastSquares(_:cutoff:)`.
public func leastSquares(
    _ a: Tensor, _ b: Tensor, cutoff: Double? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.leastSquares(b, cutoff: cutoff, file: file, line: line) }

/// The x for which a x comes nearest to b; see `TensorConvertible.leastSquares(_:cutoff:)`.
@_disfavoredOverload
public func leastSquares(
    _ a: some TensorConvertible, _ b: some TensorConvertible, cutoff: Double? = nil,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.leastSquares(b.tensor, cutoff: cutoff, file: file, line: line) }
