import CDescent

/// The point that `f` maps to itself, found by applying `f` again and again.
///
/// Its derivative with respect to the parameters is that of the implicit function: the steps are not remembered, and one
/// more fixed point, linear this time, gives the gradient. It can be differentiated as often as one likes.
///
/// ```swift
/// let a = Variable(2.0)
/// let root = { fixedPoint(of: { x, p in (x + p[0] / x) / 2 }, from: 1, parameters: [a.value]) }
/// let (value, slopes) = try valueAndGradient([a], root)
/// print(value, slopes[0]!)   // 1.4142135 0.35355338
/// ```
///
/// - Parameters:
///   - f: a function of the point and the parameters that contracts near the point. What it captures is constant.
///   - start: where to begin; no gradient passes.
///   - parameters: what the derivative is with respect to.
///   - tolerance: how large the last step may be, relative to the point; the default is a few units in the last place.
///   - maxIterations: when to give up: the result is then an error.
public func fixedPoint(
    of f: @escaping @Sendable (_ x: Tensor, _ parameters: [Tensor]) -> Tensor, from start: Tensor,
    parameters: [Tensor] = [], tolerance: Double? = nil, maxIterations: Int = 1000, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    let search = ImplicitSearch(
        name: "fixedPoint", tolerance: tolerance, limit: maxIterations, location: SourceLocation(file, line))
    return search.differentiable(start, parameters) { x, p in
        try search.run(x) { x throws(DescentError) in f(x, p) }
    } gradient: { g, x, p in
        // w = g + wᵀ ∂f/∂x
        let w = fixedPoint(
            of: { w, q in
                q[0] + vjp(of: { f($0, Array(q[2...])) })(q[1], w).gradient
            }, from: g, parameters: [g, x] + p, tolerance: tolerance, maxIterations: maxIterations, file: file,
            line: line)
        return vjp(of: { (p: [Tensor]) in f(x, p) })(p, w).gradients
    }
}

/// The point where `f` is zero, found by Newton's method: for small systems, as each step solves linear equations as large as
/// the point.
///
/// Its derivative with respect to the parameters is that of the implicit function, as often as one likes.
///
/// ```swift
/// let a = Variable(8.0)
/// let cube = { root(of: { x, p in x ** 3 - p[0] }, from: 1, parameters: [a.value]) }
/// let (value, slopes) = try valueAndGradient([a], cube)
/// print(value, slopes[0]!)   // 2.0 0.083333336
/// ```
///
/// - Parameters:
///   - f: a function of the point and the parameters, with a value like the point. What it captures is constant.
///   - start: where to begin; no gradient passes.
///   - parameters: what the derivative is with respect to.
///   - tolerance: how large the last step may be, relative to the point; the default is a few units in the last place.
///   - maxIterations: when to give up: the result is then an error.
public func root(
    of f: @escaping @Sendable (_ x: Tensor, _ parameters: [Tensor]) -> Tensor, from start: Tensor,
    parameters: [Tensor] = [], tolerance: Double? = nil, maxIterations: Int = 100, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    let search = ImplicitSearch(
        name: "root", tolerance: tolerance, limit: maxIterations, location: SourceLocation(file, line))
    return search.differentiable(start, parameters) { x, p in
        try search.run(x) { x throws(DescentError) in x - (try search.newtonStep(x) { f($0, p) }) }
    } gradient: { g, x, p in
        // wᵀ ∂f/∂x = g
        let w = root(
            of: { w, q in
                vjp(of: { f($0, Array(q[2...])) })(q[1], w).gradient - q[0]
            }, from: Tensor.zerosLike(g), parameters: [g, x] + p, tolerance: tolerance,
            maxIterations: maxIterations, file: file, line: line)
        return vjp(of: { (p: [Tensor]) in f(x, p) })(p, -w).gradients
    }
}

/// What both searches have in common.
private struct ImplicitSearch {
    let name: StaticString
    let tolerance: Double?
    let limit: Int
    let location: SourceLocation

    /// Who the solution is, for its own derivative; not an owner, as it is owned by the solution.
    private final class Solution: @unchecked Sendable {
        weak var node: Node?
    }

    /// What `solve` finds, as a function of the parameters with a gradient of its own.
    func differentiable(
        _ start: Tensor, _ parameters: [Tensor], solve: (Tensor, [Tensor]) throws -> Tensor,
        gradient: @escaping @Sendable (_ g: Tensor, _ x: Tensor, _ parameters: [Tensor]) -> [Tensor]
    ) -> Tensor {
        let solution = Solution()
        let result = customGradient(parameters) { parameters in
            let found = Tensor.attempt(location) { [try solve(start.strong(), parameters)] }[0]
            return (
                found,
                { g in gradient(g, solution.node.map { Tensor($0) } ?? found, parameters) }
            )
        }
        solution.node = result.node
        return result
    }

    /// Steps from `start` until they are small.
    func run(_ start: Tensor, _ step: (Tensor) throws(DescentError) -> Tensor) throws(DescentError) -> Tensor {
        var x = try start.known()
        guard x.dtype.isFloatingPoint else {
            throw DescentError(name, "the point is float32 or float64", received: "\(x.dtype)", at: location)
        }
        let tolerance = tolerance ?? (x.dtype == .float32 ? 4e-7 : 1e-15)
        var change = Double.infinity
        for _ in 0..<limit {
            let next = try step(x).cast(to: x.dtype).known()
            guard next.shape == x.shape else {
                throw DescentError(
                    name, "the value must be like the point", received: "\(next.shape) for \(x.shape)", at: location)
            }
            let (before, after) = (x.scalars(as: Double.self), next.scalars(as: Double.self))
            x = next
            change = zip(before, after).reduce(0) { Swift.max($0, ($1.0 - $1.1).magnitude) }
            let size = after.reduce(1) { Swift.max($0, $1.magnitude) }
            // Infinities and NaN never come to rest.
            guard change.isFinite, size.isFinite else { break }
            if change <= tolerance * size { return x }
        }
        throw DescentError(
            name, "the steps must become small (after at most \(limit))", received: "a last step of \(change)",
            at: location)
    }

    /// J⁻¹ f(x)
    func newtonStep(_ x: Tensor, _ f: @escaping (Tensor) -> Tensor) throws(DescentError) -> Tensor {
        let value = try f(x).known()
        guard value.count == x.count else {
            throw DescentError(
                name, "there must be as many equations as unknowns", received: "\(value.shape) for \(x.shape)",
                at: location)
        }
        let rows = try jacobian(of: f)(x).known()
        let step = try solve(rows.scalars(as: Double.self), value.scalars(as: Double.self))
        return Tensor(step, shape: x.shape).cast(to: x.dtype)
    }

    /// Solves a system of linear equations by elimination with pivots.
    private func solve(_ matrix: [Double], _ right: [Double]) throws(DescentError) -> [Double] {
        let count = right.count
        var (a, b) = (matrix, right)
        for column in 0..<count {
            let pivot = (column..<count).max { a[$0 * count + column].magnitude < a[$1 * count + column].magnitude }!
            guard a[pivot * count + column].magnitude > 0 else {
                throw DescentError(
                    name, "the equations must not depend on each other", received: "a singular derivative",
                    at: location)
            }
            if pivot != column {
                for other in 0..<count { a.swapAt(pivot * count + other, column * count + other) }
                b.swapAt(pivot, column)
            }
            for row in column + 1..<Swift.max(count, column + 1) {
                let factor = a[row * count + column] / a[column * count + column]
                for other in column..<count { a[row * count + other] -= factor * a[column * count + other] }
                b[row] -= factor * b[column]
            }
        }
        for column in (0..<count).reversed() {
            for other in column + 1..<Swift.max(count, column + 1) { b[column] -= a[column * count + other] * b[other] }
            b[column] /= a[column * count + column]
        }
        return b
    }
}
