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

    /// Runs `loss`; its value, and its gradients with respect to `variables`, trainable or not.
    package static func valueAndGradients(
        of loss: () throws -> Tensor, _ variables: [Variable], weights: Tensor? = nil
    ) throws -> (value: Tensor, gradients: [Tensor?]) {
        let (value, range) = try record(loss)
        let gradients = try gradients(
            of: value, weights, sources: variables.map { .variable($0.identity) }, in: { range.contains($0) })
        return (value, gradients)
    }

    private static func record(_ loss: () throws -> Tensor) rethrows -> (Tensor, Range<UInt64>) {
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
        // Plain memory: no element is ever checked, copied or moved behind our back.
        let gradients = UnsafeMutableBufferPointer<Tensor?>.allocate(capacity: tracks.stops.count)
        gradients.initialize(repeating: nil)
        defer {
            gradients.deinitialize()
            gradients.deallocate()
        }
        var answers = [Tensor?](repeating: nil, count: sources.count)
        gradients[tracks.stops.count - 1] = seed
        var recomputation = Recomputation()
        let checkpoint = Primitive.checkpoint
        let checks = cd_checks_numerics() != 0

        for index in tracks.stops.indices.reversed() where tracks.stops[index].leads {
            guard let gradient = gradients[index].take() else { continue }
            var refusal: DescentError?
            let reference = tracks.stops[index].node
            let serial = cd_recorder_current().pointee.serial
            if reference._withUnsafeGuaranteedRef({ $0.primitive === checkpoint }) {
                recomputation.enter(reference.takeUnretainedValue(), gradient)
            }
            recomputation.stand(for: reference)._withUnsafeGuaranteedRef { node in
                var position = 0
                tracks.visitInputs(of: index) { input in
                    if tracks.stops[input].leads, let contribution = node.contribution(of: gradient, to: position) {
                        if contribution.node.traits.contains(.poisoned) { refusal = contribution.error }
                        accumulate(contribution, into: &gradients[input], like: tracks.stops[input].node)
                    }
                    position += 1
                }
            }
            if let refusal { throw refusal }
            if checks { NumericsLog.note(since: serial, .backward(reference.takeUnretainedValue())) }
            let source = Int(tracks.stops[index].source)
            // A variable may have been read several times.
            if source > 0 { answers[source - 1] = answers[source - 1].map { $0 + gradient } ?? gradient }
        }
        // The same source may be asked for twice.
        for (number, source) in sources.enumerated() where answers[number] == nil {
            let twin = sources.indices.first { answers[$0] != nil && sources[$0].isSame(as: source) }
            if let twin { answers[number] = answers[twin] }
        }
        return answers
    }

    /// The one place where broadcasting is undone, types are restored and contributions add up.
    private static func accumulate(
        _ contribution: Tensor, into sum: inout Tensor?, like reference: Unmanaged<Node>
    ) {
        reference._withUnsafeGuaranteedRef { node in
            // Two known numbers have one shape; comparing shapes would cost more than adding.
            let areNumbers = contribution.node.state == .scalar && node.state == .scalar
            if contribution.node.dtype != node.dtype || !areNumbers && contribution.node.shape != node.shape {
                add(contribution.unbroadcast(to: node.shape).cast(to: node.dtype), to: &sum)
            } else {
                add(contribution, to: &sum)
            }
        }
    }

    @inline(__always)
    private static func add(_ contribution: Tensor, to sum: inout Tensor?) {
        guard sum != nil else {
            sum = contribution
            return
        }
        if !sum!.added(contribution) { sum = sum! + contribution }
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
        case .none: return nil
        case .linear(let rule): return rule(gradient)
        case .fromInput(let rule): return firstInput!._withUnsafeGuaranteedRef { rule(gradient, Tensor($0)) }
        case .fromOutput(let rule): return rule(gradient, Tensor(self))
        case .binary(let left, let right):
            let rule = position == 0 ? left : right
            return firstInput!._withUnsafeGuaranteedRef { first in
                secondInput!._withUnsafeGuaranteedRef { second in
                    rule(gradient, Tensor(first), Tensor(second), Tensor(self))
                }
            }
        case .general(let rule): return rule(gradient, self, position)
        }
    }
}
