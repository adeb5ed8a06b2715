/// Reverse mode: from a value back to what it was computed from.
///
/// The gradient of a graph is more graph: every rule records the operations of its vector-Jacobian product.
/// Nothing is computed here, so second derivatives need nothing more.
enum Backward {
    /// What a derivative is asked for.
    enum Source {
        /// Every read of a variable: the leaves marked with its identity.
        case variable(Attributes)
        case node(Node)
        /// Something that is not watched.
        case none

        func isSame(as other: Source) -> Bool {
            switch (self, other) {
            case (.variable(let left), .variable(let right)): left === right
            case (.node(let left), .node(let right)): left === right
            default: false
            }
        }
    }

    /// The gradients of the sum of `target`'s elements, weighed by `weights`, with respect to `sources`.
    ///
    /// - Parameter isRecorded: whether the node with a serial number counts; all others are constants.
    static func gradients(
        of target: Tensor, _ weights: Tensor?, sources: [Source], in isRecorded: (UInt64) -> Bool
    ) throws(DescentError) -> [Tensor?] {
        if let error = target.error ?? weights?.error { throw error }
        guard target.dtype.isFloatingPoint else {
            throw DescentError(
                "gradient", "only floating-point tensors have gradients", received: "a target of type \(target.dtype)")
        }
        let seed = try seed(for: target, weights)
        let tracks = Tracks(from: target.node, to: sources, isRecorded)
        var gradients = [Tensor?](repeating: nil, count: tracks.nodes.count)
        var answers = [Tensor?](repeating: nil, count: sources.count)
        gradients[tracks.nodes.count - 1] = seed

        for index in tracks.nodes.indices.reversed() where tracks.leads[index] {
            guard let gradient = gradients[index].take() else { continue }
            let node = tracks.nodes[index].takeUnretainedValue()
            var position = 0
            for input in tracks.inputs(of: index) {
                if tracks.leads[Int(input)], let contribution = node.contribution(of: gradient, to: position) {
                    if contribution.node.traits.contains(.poisoned) { throw contribution.error! }
                    accumulate(contribution, into: &gradients[Int(input)], like: tracks.nodes[Int(input)])
                }
                position += 1
            }
            let source = Int(tracks.sourceOf[index])
            // A variable may have been read several times.
            if source > 0 { answers[source - 1] = answers[source - 1].map { $0 + gradient } ?? gradient }
        }
        // The same source may be asked for twice.
        for (number, source) in sources.enumerated() where answers[number] == nil {
            if let twin = sources.lastIndex(where: { $0.isSame(as: source) }) { answers[number] = answers[twin] }
        }
        return answers
    }

    /// The one place where broadcasting is undone, types are restored and contributions add up.
    private static func accumulate(
        _ contribution: Tensor, into sum: inout Tensor?, like reference: Unmanaged<Node>
    ) {
        reference._withUnsafeGuaranteedRef { node in
            var fitting = contribution
            if fitting.node.shape != node.shape { fitting = fitting.unbroadcast(to: node.shape) }
            if fitting.node.dtype != node.dtype { fitting = fitting.cast(to: node.dtype) }
            guard sum != nil else {
                sum = fitting
                return
            }
            if !sum!.added(fitting) { sum = sum! + fitting }
        }
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

extension Node {
    /// What the gradient of this node's value adds to the gradient of input `position`.
    fileprivate func contribution(of gradient: Tensor, to position: Int) -> Tensor? {
        switch primitive.derivative {
        case .none: nil
        case .linear(let rule): rule(gradient)
        case .fromInput(let rule): rule(gradient, Tensor(first!))
        case .fromOutput(let rule): rule(gradient, Tensor(self))
        case .binary(let left, let right):
            (position == 0 ? left : right)(gradient, Tensor(first!), Tensor(second!), Tensor(self))
        case .general(let rule): rule(gradient, self, position)
        }
    }
}
