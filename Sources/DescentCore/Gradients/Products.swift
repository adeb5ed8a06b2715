// Products of a derivative with a vector, from either side, without the matrix.

/// The function that gives the value of `f` and the product of a gradient of the value with the derivative of `f`.
///
/// Reverse mode: one call costs a small multiple of `f`, whatever the size of x.
///
/// ```swift
/// let pull = vjp(of: { x in x * x })
/// let (value, gradient) = pull([1, 2], [1, 10])
/// print(value, gradient)   // [1.0, 4.0] [2.0, 40.0]
/// ```
public func vjp(
    of f: @escaping (Tensor) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (_ x: Tensor, _ gradient: Tensor) -> (value: Tensor, gradient: Tensor) {
    let all = vjp(of: { (x: [Tensor]) in f(x[0]) }, file: file, line: line)
    return { x, g in
        let (value, gradients) = all([x], g)
        return (value, gradients[0])
    }
}

/// The same for a function of several tensors: one gradient for each.
@_disfavoredOverload
public func vjp(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (_ x: [Tensor], _ gradient: Tensor) -> (value: Tensor, gradients: [Tensor]) {
    { x, g in
        let all = Tensor.attempt(SourceLocation(file, line)) {
            let recorded = try Linearization(at: x, f)
            return [recorded.value] + (try recorded.pullback(g))
        }
        return all.count > 1 ? (all[0], Array(all[1...])) : (all[0], x.map { _ in all[0] })
    }
}

/// The function that gives the value of `f` at x and the derivative of `f` times a tangent: how the value
/// changes if x moves along the tangent.
///
/// Forward mode: one call costs a small multiple of `f`, whatever the size of the value.
///
/// ```swift
/// let push = jvp(of: { x in x * x })
/// let (value, tangent) = push([1, 2], [1, 10])
/// print(value, tangent)   // [1.0, 4.0] [2.0, 40.0]
/// ```
public func jvp(
    of f: @escaping (Tensor) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (_ x: Tensor, _ tangent: Tensor) -> (value: Tensor, tangent: Tensor) {
    let all = jvp(of: { (x: [Tensor]) in f(x[0]) }, file: file, line: line)
    return { all([$0], [$1]) }
}

/// The same for a function of several tensors, each with its tangent.
@_disfavoredOverload
public func jvp(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (_ x: [Tensor], _ tangents: [Tensor]) -> (value: Tensor, tangent: Tensor) {
    { x, tangents in
        let both = Tensor.attempt(SourceLocation(file, line)) {
            let recorded = try Linearization(at: x, f)
            return [recorded.value, try recorded.pushforward(tangents)]
        }
        return (both[0], both[both.count - 1])
    }
}

/// The function that multiplies the Hessian of `f` at x, a function with a single number for a value, with a vector.
///
/// One call costs a small multiple of `f`: the Hessian itself is never there.
///
/// ```swift
/// let product = hvp(of: { x in (x ** 3).sum() })
/// print(product([1, 2], [1, 1]))   // [6.0, 12.0]
/// ```
public func hvp(
    of f: @escaping (Tensor) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (_ x: Tensor, _ vector: Tensor) -> Tensor {
    let all = hvp(of: { (x: [Tensor]) in f(x[0]) }, file: file, line: line)
    return { all([$0], [$1])[0] }
}

/// The same for a function of several tensors: the vector has a part for each, and so has the product.
@_disfavoredOverload
public func hvp(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> (_ x: [Tensor], _ vectors: [Tensor]) -> [Tensor] {
    { x, vectors in
        let products = Tensor.attempt(SourceLocation(file, line)) {
            guard vectors.count == x.count else {
                throw DescentError(
                    "hvp", "every argument needs a vector", received: "\(vectors.count) for \(x.count)")
            }
            let gradients = try Linearization.gradients { try Linearization(at: x, f) }
            return gradients.count == 1
                ? try gradients[0].pullback(vectors[0]) : try Linearization.sum(gradients, vectors).pullback(nil)
        }
        return products.count == x.count ? products : x.map { _ in products[0] }
    }
}
