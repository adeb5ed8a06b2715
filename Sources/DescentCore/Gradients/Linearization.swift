/// A function recorded at a point, ready to be differentiated there in both directions.
package struct Linearization {
    package let value: Tensor
    /// What the derivatives are with respect to, for shapes and types.
    package let points: [Tensor]
    private let sources: [Backward.Source]
    private let range: Range<UInt64>

    private init(_ value: Tensor, _ points: [Tensor], _ sources: [Backward.Source], _ range: Range<UInt64>) {
        self.value = value
        self.points = points
        self.sources = sources
        self.range = range
    }

    /// Records `function` at `points`, which get identities of their own: a derivative stops there.
    package init(at points: [Tensor], _ function: ([Tensor]) throws -> Tensor) throws {
        var own: [Tensor] = []
        let (value, range) = try Recording.run {
            own = points.map { Tensor.unwatched($0.strong()) }
            return try function(own).strong()
        }
        if let error = value.error ?? own.lazy.compactMap(\.error).first { throw error }
        self.init(value, own, own.map { .node($0.node) }, range)
    }

    /// Records `function` as one of the values of `variables`.
    package init(of variables: [Variable], _ function: () throws -> Tensor) throws {
        let (value, range) = try Recording.run { try function().strong() }
        if let error = value.error { throw error }
        self.init(value, variables.map(\.tensor), variables.map { .variable($0.identity) }, range)
    }

    /// The gradients of a function with a single number for a value, each ready to be differentiated again.
    package static func gradients(_ record: () throws -> Linearization) throws -> [Linearization] {
        var inner: Linearization?
        let (gradients, range) = try Recording.run {
            let function = try record()
            guard function.value.count == 1 else {
                throw DescentError(
                    "hessian", "only a function with a single number for a value has a Hessian",
                    received: "a value of shape \(function.value.shape)")
            }
            inner = function
            return try function.pullback(nil)
        }
        return gradients.map { Linearization($0, inner!.points, inner!.sources, range) }
    }

    /// Σ ⟨value, weights⟩ of several functions of the same points.
    package static func sum(_ functions: [Linearization], _ weights: [Tensor]) -> Linearization {
        let (value, range) = Recording.run { product(zip(functions, weights).map { ($0.value, $1) }) }
        let first = functions[0]
        // With what lies between both stretches: nothing of that depends on the points.
        let both = first.range.lowerBound..<range.upperBound
        return Linearization(value, first.points, first.sources, both)
    }

    /// The transposed derivative times `weights`: from the value back to the points; nil where there is no dependence.
    package func found(_ weights: Tensor?) throws(DescentError) -> [Tensor?] {
        try Backward.gradients(of: value, weights, sources: sources, in: Recorded(first: range))
    }

    /// The same with zeros where there is no dependence.
    package func pullback(_ weights: Tensor?) throws(DescentError) -> [Tensor] {
        zip(points, try found(weights)).map { point, gradient in
            gradient ?? Tensor.zeros(point.shape, dtype: point.dtype)
        }
    }

    /// The derivative times `tangents`, nil for points that do not move: from the points forward to the value.
    ///
    /// `pullback` is linear in its weights, and this is its transpose: the weights are a stand-in whose value is never
    /// needed, so what remains to be computed is the function and one product for each of its derivatives.
    package func pushforward(_ tangents: [Tensor?]) throws(DescentError) -> Tensor {
        guard tangents.count == points.count else {
            throw DescentError(
                "jvp", "every argument needs a tangent", received: "\(tangents.count) for \(points.count)")
        }
        for case (let point, let tangent?) in zip(points, tangents) {
            if let error = tangent.error { throw error }
            guard tangent.shape.broadcasts(to: point.shape) else {
                throw DescentError(
                    "jvp", "a tangent must have the shape of its point or broadcast to it",
                    received: "\(tangent.shape) for \(point.shape)")
            }
        }
        let weights = Tensor.argument(like: Tensor.zeros(value.shape, dtype: value.dtype))
        let (rows, range) = try Recording.run { () throws(DescentError) in try found(weights) }
        let moving = zip(rows, tangents).compactMap { row, tangent in
            row.flatMap { row in tangent.map { (row, $0) } }
        }
        let none = Tensor.zeros(value.shape, dtype: value.dtype)
        guard !moving.isEmpty else { return none }
        let transposed = moving.map { Linearization($0.0, [weights], [.node(weights.node)], range) }
        let result =
            transposed.count == 1
            ? try transposed[0].pullback(moving[0].1)
            : try Linearization.sum(transposed, moving.map(\.1)).pullback(nil)
        return result[0]
    }

    /// Σ ⟨a, b⟩
    private static func product(_ pairs: [(Tensor, Tensor)]) -> Tensor {
        let products = pairs.map { ($0 * $1.strong(as: $0.dtype)).sum() }
        return products.dropFirst().reduce(products.first ?? Tensor.zeros([]), +)
    }
}

extension Tensor {
    /// The same value under a new identity, through which derivatives pass.
    package static func unwatched(_ x: Tensor) -> Tensor {
        if x.node.traits.contains(.poisoned) { return x }
        if x.node.state == .scalar {
            return Tensor(Node(scalar: x.node.scalarBits, x.dtype, primitive: .alias, x.node))
        }
        return Tensor(Node(.alias, x.dtype, x.shape, x.node))
    }

    /// What `body` records, or else the error it throws, placed at the caller's line.
    package static func attempt(_ location: SourceLocation, _ body: () throws -> [Tensor]) -> [Tensor] {
        do {
            return try body()
        } catch {
            let failure = error as? DescentError ?? DescentError("gradient", "\(error)", received: "it")
            return [Tensor(error: failure.located(at: location))]
        }
    }
}
