import CDescent

/// Reverse mode: from a value back to what it was computed from.
///
/// The gradient of a graph is more graph: every rule records the operations of its vector-Jacobian product.
/// Nothing is computed here, so second derivatives need nothing more.
package enum Backward {
    /// What a derivative is asked for.
    package enum Source {
        /// Every read of a variable: the leaves marked with its identity.
        case variable(Attributes)
        case node(Node)
        /// All of these, which are the same value.
        case nodes([Node])
        /// Something that is not watched.
        case none

        /// The nodes that are named.
        var nodes: [Node] {
            switch self {
            case .node(let node): [node]
            case .nodes(let nodes): nodes
            case .variable, .none: []
            }
        }

        func isSame(as other: Source) -> Bool {
            switch (self, other) {
            case (.variable(let left), .variable(let right)): left === right
            case (.node(let left), .node(let right)): left === right
            case (.nodes(let left), .nodes(let right)): left[0] === right[0]
            default: false
            }
        }
    }

    /// Runs `loss`; its value, and its gradients with respect to `variables`, trainable or not.
    package static func valueAndGradients(
        of loss: () throws -> Tensor, _ variables: [Variable], weights: Tensor? = nil
    ) throws -> (value: Tensor, gradients: [Tensor?]) {
        let (value, range) = try record(loss)
        return (value, try gradients(of: value, weights, variables, recorded: range))
    }

    /// The gradients of a recorded loss with respect to `variables`, trainable or not.
    package static func gradients(
        of value: Tensor, _ weights: Tensor?, _ variables: [Variable], recorded range: Range<UInt64>
    ) throws(DescentError) -> [Tensor?] {
        try gradients(
            of: value, weights, sources: variables.map { .variable($0.identity) }, in: Recorded(first: range))
    }

    /// Runs `loss`; its value, and what derivatives of it may pass.
    package static func record(_ loss: () throws -> Tensor) rethrows -> (value: Tensor, range: Range<UInt64>) {
        let interval = Recording.begin()
        do {
            let value = try loss()
            return (value, Recording.end(interval))
        } catch {
            _ = Recording.end(interval)
            throw error
        }
    }

    /// The gradients of the sum of `target`'s elements, weighed by `weights`, with respect to `sources`.
    ///
    /// - Parameter recorded: what counts as recorded; all other nodes are constants.
    static func gradients(
        of target: Tensor, _ weights: Tensor?, sources: [Source], in recorded: Recorded
    ) throws(DescentError) -> [Tensor?] {
        if let error = target.error ?? weights?.error { throw error }
        guard target.dtype.isFloatingPoint else {
            throw DescentError(
                "gradient", "only floating-point tensors have gradients", received: "a target of type \(target.dtype)")
        }
        let recorder = cd_recorder_current()
        recorder.pointee.passes += 1
        defer { recorder.pointee.passes -= 1 }
        let seed = try seed(for: target, weights)
        let tracks = Tracks(from: target.node, to: sources, recorded)
        var answers =
            if let numbers = tracks.sweepNumbers(seed, sources.count) { numbers } else {
                try tracks.sweep(seed, sources.count)
            }
        // The same source may be asked for twice.
        for (number, source) in sources.enumerated() where answers[number] == nil {
            let twin = sources.indices.first { answers[$0] != nil && sources[$0].isSame(as: source) }
            if let twin { answers[number] = answers[twin] }
        }
        // What goes back over few operations is no long chain.
        if tracks.count > Engine.longestChain / 16 {
            Engine.shorten(found: [target.node] + answers.compactMap { $0?.node })
        }
        return answers
    }

    private static func seed(for target: Tensor, _ weights: Tensor?) throws(DescentError) -> Tensor {
        guard let weights else { return Tensor.ones(target.shape, dtype: target.dtype) }
        guard weights.shape.broadcasts(to: target.shape) else {
            throw DescentError(
                "gradient", "the output gradient must have the target's shape or broadcast to it",
                received: "\(weights.shape) for \(target.shape)")
        }
        let typed = weights.strong(as: target.dtype)
        return typed.shape == target.shape ? typed : typed.broadcast(to: target.shape)
    }
}

extension Tracks {
    /// From the target back to the sources: the gradient of each.
    fileprivate borrowing func sweep(_ seed: consuming Tensor, _ sourceCount: Int) throws(DescentError) -> [Tensor?] {
        var answers = [Tensor?](repeating: nil, count: sourceCount)
        stops[count - 1].gradient = seed
        var recomputation = Recomputation()
        for index in (0..<count).reversed() where stops[index].leads {
            guard let gradient = stops[index].gradient.take() else { continue }
            if let error = gradient.error { throw error }
            pass(gradient, from: index, &recomputation)
            let source = Int(stops[index].source)
            // A variable may have been read several times.
            if source > 0 { answers[source - 1] = answers[source - 1].map { $0 + gradient } ?? gradient }
            Spares.keep(gradient)
        }
        return answers
    }

    /// Adds what the gradient of a node contributes to those of its inputs.
    fileprivate borrowing func pass(_ gradient: Tensor, from index: Int, _ recomputation: inout Recomputation) {
        let inputs = self.inputs(of: index)
        guard inputs.contains(where: { leads($0) }) else { return }
        let reference = stops[index].node
        let serial = cd_recorder_current().pointee.serial
        if reference._withUnsafeGuaranteedRef({ $0.primitive === recomputation.checkpoint }) {
            recomputation.enter(reference.takeUnretainedValue(), gradient)
        }
        recomputation.stand(for: reference)._withUnsafeGuaranteedRef { node in
            for position in inputs.indices where leads(inputs[position]) {
                if let contribution = node.primitive.derivative.contribution(gradient, node, position) {
                    add(contribution, at: inputs[position])
                }
            }
        }
        if cd_checks_numerics() != 0 { NumericsLog.note(since: serial, .backward(reference.takeUnretainedValue())) }
    }

    @inline(__always)
    private borrowing func leads(_ stop: Int32) -> Bool { stops[Int(stop)].leads }

    /// The one place where broadcasting is undone, types are restored and contributions add up.
    private borrowing func add(_ contribution: consuming Tensor, at stop: Int32) {
        let index = Int(stop)
        let fits = stops[index].node._withUnsafeGuaranteedRef { [node = contribution.node] in
            node.dtype == $0.dtype && node.shape == $0.shape
        }
        if !fits { contribution = fitted(contribution, like: stops[index].node) }
        if stops[index].gradient == nil {
            stops[index].gradient = contribution
        } else if stops[index].gradient!.added(contribution) {
            Spares.keep(contribution)
        } else {
            stops[index].gradient = stops[index].gradient! + contribution
        }
    }

    private borrowing func fitted(_ contribution: Tensor, like reference: Unmanaged<Node>) -> Tensor {
        reference._withUnsafeGuaranteedRef { contribution.unbroadcast(to: $0.shape).cast(to: $0.dtype) }
    }
}
