import CDescent

extension Primitive {
    /// Stands for an argument while a function is traced. It has the value of a sample, so a function that reads numbers
    /// runs on; the engine notes that such a value was computed.
    package static let argument = Primitive("argument", .leaf(isArgument: true), .none)
}

extension Tensor {
    /// A stand-in for arguments of the sample's shape and type, whose value is not known ahead of time.
    package static func argument(like sample: Tensor, attributes: Attributes? = nil) -> Tensor {
        Tensor(Node(.argument, sample.dtype, sample.shape, sample.node, attributes: attributes))
    }
}

/// A function, recorded once on stand-ins for its arguments.
package struct Trace {
    package let arguments: [Tensor]
    package let results: [Tensor]
    /// What was recorded before this cannot depend on an argument.
    package let start: UInt64
    /// Whether the record says all about the function: it did not look at values that depend on its arguments.
    package let isComplete: Bool

    /// Runs `function` on stand-ins for arguments like `samples`. If the record is not complete, the results are still those
    /// of the samples.
    package init(_ samples: [Tensor], _ function: ([Tensor]) throws -> [Tensor]) rethrows {
        let recorder = cd_recorder_current()
        let surprises = recorder.pointee.surprises
        // While something records, nodes keep their inputs.
        let interval = Recording.begin()
        defer { _ = Recording.end(interval) }
        start = interval.start
        arguments = samples.map { Tensor.argument(like: $0.strong()) }
        results = try function(arguments).map { $0.strong() }
        isComplete = recorder.pointee.surprises == surprises
    }
}

/// Expressions as lists of nodes.
package enum Expression {
    /// The nodes behind `roots`, inputs before users; the walk goes on to the inputs of those that are open.
    package static func nodes(behind roots: [Node], through isOpen: (borrowing Node) -> Bool) -> [Node] {
        Walk.lock.withLock { walk in
            walk.run(from: roots) { node, visit in if isOpen(node) { node.visitInputs(visit) } }
            return walk.order.elements.map { $0.takeUnretainedValue() }
        }
    }
}

extension Node {
    /// The same operation on other inputs: a new node of the same kind.
    ///
    /// - Parameters:
    ///   - inputs: as many as this node has, in the same order.
    ///   - shape: the result's; nil for the same as this node's.
    ///   - integers: the operation's parameters; nil for the same.
    ///   - rule: the rule of a custom gradient; nil for the same.
    package func copy(
        _ inputs: [Tensor], shape: Shape? = nil, integers: [Int]? = nil, rule: Attributes.CustomRule? = nil
    ) -> Tensor {
        if let error = inputs.lazy.compactMap(\.error).first { return Tensor(error: error) }
        let shape = shape ?? self.shape
        if let error = shape.misfit(primitive.name) { return Tensor(error: error) }
        let direct = (firstInput == nil ? 0 : 1) + (secondInput == nil ? 0 : 1) + (thirdInput == nil ? 0 : 1)
        let attributes = attributes.map {
            Attributes(
                integers ?? $0.integers, inputs: inputs[direct...].map(\.node), error: $0.error, location: $0.location,
                rule: rule ?? $0.rule)
        }
        func input(_ position: Int) -> Node? { position < direct ? inputs[position].node : nil }
        return Tensor(
            Node(primitive, dtype, shape, input(0), input(1), input(2), attributes: attributes))
    }
}
