import CDescent

/// Formulas, each recorded on stand-ins for its arguments.
///
/// They tell which numbers they are given this time, and can be applied to any arguments of the same shapes.
package struct Formulas {
    /// For each formula its arguments, then its results. The list alone holds them.
    package private(set) var nodes: [Node] = []
    private var formulas: [(start: Int, argumentCount: Int, resultCount: Int)] = []

    package init() {}

    package var count: Int { formulas.count }

    package mutating func append(_ arguments: consuming [Tensor], _ results: consuming [Tensor]) {
        formulas.append((nodes.count, arguments.count, results.count))
        for tensor in consume arguments { nodes.append(tensor.node) }
        for tensor in consume results { nodes.append(tensor.node) }
    }

    /// The stand-ins of a formula.
    package func arguments(_ number: Int) -> [Tensor] {
        let (start, argumentCount, _) = formulas[number]
        return nodes[start..<start + argumentCount].map { Tensor($0) }
    }

    /// What a formula makes of other arguments.
    ///
    /// - Parameter leaf: what stands for something that the formula read besides its arguments; nil for itself.
    package func applied(_ number: Int, to values: [Tensor], _ leaf: (Node) -> Tensor? = { _ in nil }) -> [Tensor] {
        let (start, argumentCount, resultCount) = formulas[number]
        var copies: [ObjectIdentifier: Tensor] = [:]
        for (index, value) in values.enumerated() { copies[ObjectIdentifier(nodes[start + index])] = value }
        let roots = Array(nodes[(start + argumentCount)..<(start + argumentCount + resultCount)])
        for node in Expression.nodes(behind: roots, through: { $0.isOperation }) {
            let key = ObjectIdentifier(node)
            guard copies[key] == nil else { continue }
            // An error stays the one that it is.
            guard node.isOperation, !node.traits.contains(.poisoned) else {
                copies[key] = leaf(node) ?? Tensor(node)
                continue
            }
            let inputs = node.inputs.map { copies[ObjectIdentifier($0)]! }
            // A formula that works element by element holds for other shapes.
            let shape =
                node.primitive.isElementwise
                ? inputs.dropFirst().reduce(inputs[0].shape) {
                    $0.broadcast(with: $1.shape) ?? node.shape
                } : node.shape
            copies[key] = node.copy(inputs, shape: shape)
        }
        return roots.map { copies[ObjectIdentifier($0)]! }
    }
}

extension Tensor {
    /// A stand-in for a value that a formula is given.
    package static func standIn(_ shape: Shape, _ dtype: DType) -> Tensor { Tensor(Node(.argument, dtype, shape, nil)) }
}

/// Gives the stand-ins of this thread their values as soon as a formula looks at one.
package enum StandIns {
    private final class Provider {
        let provide: () throws -> [(standIn: Tensor, value: Tensor)]
        var failure: (any Error)?
        var wasAsked = false

        init(_ provide: @escaping () throws -> [(standIn: Tensor, value: Tensor)]) { self.provide = provide }
    }

    /// Runs `body`, which records on stand-ins.
    ///
    /// - Parameter values: stand-ins and their values, asked for if `body` looks at one of them.
    /// - Returns: whether it has looked.
    package static func using(
        _ values: () throws -> [(standIn: Tensor, value: Tensor)], _ body: () throws -> Void
    ) throws -> Bool {
        try withoutActuallyEscaping(values) { values in
            // What a formula does that records others is not followed.
            resolve()
            let provider = Provider(values)
            let recorder = cd_recorder_current()
            recorder.pointee.stand_ins = Unmanaged.passUnretained(provider).toOpaque()
            defer { recorder.pointee.stand_ins = nil }
            try body()
            if let failure = provider.failure { throw failure }
            return provider.wasAsked
        }
    }

    /// Whether stand-ins that are made now will get a value if one of them is looked at: only until the first look.
    package static var areProvided: Bool { cd_recorder_current().pointee.stand_ins != nil }

    /// Called before anything is computed.
    @inline(__always)
    static func resolve() {
        if let object = cd_recorder_current().pointee.stand_ins { resolve(object) }
    }

    @inline(never)
    private static func resolve(_ object: UnsafeMutableRawPointer) {
        cd_recorder_current().pointee.stand_ins = nil
        let provider = Unmanaged<Provider>.fromOpaque(object).takeUnretainedValue()
        provider.wasAsked = true
        do {
            try settle(try provider.provide())
        } catch {
            provider.failure = error
        }
    }

    /// Makes stand-ins what they stand for.
    package static func settle(_ values: [(standIn: Tensor, value: Tensor)]) throws(DescentError) {
        try Engine.evaluate(values.map(\.value.node))
        var garbage: [Node] = []
        Walk.lock.withLock { _ in
            for (standIn, value) in values { standIn.node.settle(value.node.value, garbage: &garbage) }
        }
    }
}
