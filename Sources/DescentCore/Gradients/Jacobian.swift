// Whole matrices of derivatives, all rows in one batched evaluation.

/// The function that gives all derivatives of the value of `f`: its shape is that of the value followed by that of x.
///
/// All rows are computed in one batched evaluation, backward or forward, whichever has fewer. Recorded like any function,
/// it can be differentiated.
///
/// ```swift
/// let all = jacobian(of: { x in x * x.sum() })
/// print(all([1, 2]))
/// // [[4.0, 1.0],
/// //  [2.0, 5.0]]
/// ```
public func jacobian(
    of f: @escaping (Tensor) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (Tensor) -> Tensor {
    let all = jacobian(of: { (x: [Tensor]) in f(x[0]) }, file: file, line: line)
    return { all([$0])[0] }
}

/// The same for a function of several tensors: one matrix for each.
@_disfavoredOverload
public func jacobian(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> ([Tensor]) -> [Tensor] {
    { x in
        let all = Tensor.attempt(SourceLocation(file, line)) { try Linearization(at: x, f).jacobian() }
        return all.count == x.count ? all : x.map { _ in all[0] }
    }
}

/// All derivatives of a value with respect to variables, trainable or not: one matrix for each.
///
/// ```swift
/// let w = Variable([1, 2])
/// print(try jacobian([w]) { w * w }[0])
/// // [[2.0, 0.0],
/// //  [0.0, 4.0]]
/// ```
public func jacobian(
    _ variables: [Variable], file: StaticString = #fileID, line: UInt = #line, _ f: () throws -> Tensor
) throws -> [Tensor] {
    do {
        return try Linearization(of: variables, f).jacobian()
    } catch let error as DescentError {
        throw error.located(at: SourceLocation(file, line))
    }
}

/// The function that gives all second derivatives of `f`, a function with a single number for a value: its shape is
/// twice that of x.
///
/// All rows are computed in one batched evaluation.
///
/// ```swift
/// let curvature = hessian(of: { x in x[0] * x[0] * x[1] })
/// print(curvature([1, 2]))
/// // [[4.0, 2.0],
/// //  [2.0, 0.0]]
/// ```
public func hessian(
    of f: @escaping (Tensor) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (Tensor) -> Tensor {
    let all = hessian(of: { (x: [Tensor]) in f(x[0]) }, file: file, line: line)
    return { all([$0])[0][0] }
}

/// The same for a function of several tensors: a block for each pair of them.
@_disfavoredOverload
public func hessian(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> ([Tensor]) -> [[Tensor]] {
    { x in
        var blocks: [[Tensor]] = []
        let all = Tensor.attempt(SourceLocation(file, line)) {
            let gradients = try Linearization.gradients { try Linearization(at: x, f) }
            blocks = try gradients.map { try $0.rows() }
            return []
        }
        return all.isEmpty ? blocks : x.map { _ in x.map { _ in all[0] } }
    }
}

/// All second derivatives with respect to variables, trainable or not, of a single number.
///
/// ```swift
/// let w = Variable(2.0)
/// print(try hessian([w]) { w ** 3 }[0][0])   // 12.0
/// ```
public func hessian(
    _ variables: [Variable], file: StaticString = #fileID, line: UInt = #line, _ f: () throws -> Tensor
) throws -> [[Tensor]] {
    do {
        return try Linearization.gradients { try Linearization(of: variables, f) }.map { try $0.rows() }
    } catch let error as DescentError {
        throw error.located(at: SourceLocation(file, line))
    }
}

extension Linearization {
    /// All derivatives: for each point the shape of the value followed by that of the point.
    func jacobian() throws(DescentError) -> [Tensor] {
        value.count > points.reduce(0) { $0 + $1.count } ? try columns() : try rows()
    }

    /// Backward, one unit vector for each element of the value.
    func rows() throws(DescentError) -> [Tensor] {
        guard value.dtype.isFloatingPoint else {
            throw DescentError(
                "jacobian", "only floating-point tensors have gradients", received: "a value of type \(value.dtype)")
        }
        return try UnitVectors.apply(to: value) { weights throws(DescentError) in try pullback(weights) }
    }

    /// Forward, one unit vector for each element of the points.
    private func columns() throws(DescentError) -> [Tensor] {
        var all: [Tensor] = []
        for (index, point) in points.enumerated() {
            let columns = try UnitVectors.apply(to: point) { tangent throws(DescentError) in
                var tangents = [Tensor?](repeating: nil, count: points.count)
                tangents[index] = tangent
                return [try pushforward(tangents)]
            }[0]
            // The axes of the point stand first and belong last.
            all.append(columns.permute(Array(point.rank..<columns.rank) + Array(0..<point.rank)))
        }
        return all
    }
}

/// A linear function of a vector, applied to all unit vectors at once.
enum UnitVectors {
    /// The values of `function` at all unit vectors like `like`: axes of `like` before those of the value.
    static func apply(
        to like: Tensor, _ function: (Tensor) throws(DescentError) -> [Tensor]
    ) throws(DescentError) -> [Tensor] {
        let count = like.count
        if like.rank == 0 { return try function(Tensor(Node(scalar: Number.bits(1, as: like.dtype), like.dtype))) }
        var failure: DescentError?
        let trace = Trace([Tensor.zeros(like.shape, dtype: like.dtype)]) { arguments in
            do throws(DescentError) {
                return try function(arguments[0])
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        var batch = Batch(size: count, start: trace.start)
        batch.setUnitVectors(trace.arguments[0])
        return trace.results.map {
            batch.values(of: $0).reshape(Shape(like.shape.dimensions + $0.shape.dimensions))
        }
    }
}
