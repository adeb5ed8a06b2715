import CDescent

/// What `body` computes, without keeping the values in between for the way back: a gradient that passes computes them anew.
///
/// Everything recorded in `body` counts, whatever variables it reads. Gradients have the same bits as without. A chain of
/// n layers in √n stretches keeps about 2√n values instead of n, for one more forward pass. Stretches may be nested.
///
/// ```swift
/// let w = Variable(0.5)
/// let (_, gradients) = try valueAndGradient([w]) { checkpoint { tanh(w * 2) } * 3 }
/// print(gradients[0]!)   // 2.519846
/// ```
///
/// Second derivatives and batched functions (`vmap`) are right, but keep the values.
public func checkpoint(_ body: () throws -> Tensor) rethrows -> Tensor {
    guard cd_recorder_current().pointee.recording != 0 else { return try body() }
    // An alias takes a number: what `body` records lies strictly between two of them.
    let start = cd_recorder_next()
    let value = try body().strong()
    let region = start..<cd_recorder_next()
    guard value.error == nil, value.node.state == .pending else { return value }
    let attributes = Attributes(region: region)
    return Tensor(Node(.checkpoint, value.dtype, value.shape, value.node, attributes: attributes))
}

/// The function that does what `f` does without keeping the values in between for the way back.
///
/// ```swift
/// let f = { (x: Tensor) in tanh(exp(x) * 0.1) }
/// print(gradient(of: checkpoint(f))(1).scalars(as: Float.self) == gradient(of: f)(1).scalars(as: Float.self))   // true
/// ```
public func checkpoint(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
    { x in checkpoint { f(x) } }
}

extension Primitive {
    /// The value of a stretch whose inner values are not kept; `Attributes.region` says which nodes belong to it.
    static let checkpoint = Primitive("checkpoint", .view(.alias), .linear { g in g })
}

/// Copies of what was recorded in checkpointed stretches, for the rules of one backward pass.
///
/// Gradients go the same way as without, and add up in the same order; only the values that rules ask for are those
/// of copies. A copy reads what comes from outside of its stretch `after` the first gradient has arrived there.
struct Recomputation {
    private struct Region {
        let range: Range<UInt64>
        let parent: Int?
        let gradient: Tensor
        var copies: [ObjectIdentifier: Node] = [:]
    }

    /// What the value of a stretch is recorded with.
    let checkpoint = Primitive.checkpoint
    private var regions: [Region] = []

    /// What the rule of `node` gets to see in its place.
    @inline(__always)
    func stand(for node: Unmanaged<Node>) -> Unmanaged<Node> { regions.isEmpty ? node : found(for: node) }

    private func found(for reference: Unmanaged<Node>) -> Unmanaged<Node> {
        let node = reference.takeUnretainedValue()
        guard let number = innermost(node.serial), let copy = regions[number].copies[ObjectIdentifier(node)] else {
            return reference
        }
        return .passUnretained(copy)
    }

    /// The smallest stretch that a serial number is in. Inner ones are entered after outer ones.
    private func innermost(_ serial: UInt64) -> Int? { regions.lastIndex { $0.range.contains(serial) } }

    /// A gradient arrives at the value of a stretch, on its way inside.
    mutating func enter(_ node: Node, _ gradient: Tensor) {
        guard let range = node.attributes?.region, let value = node.first else { return }
        var region = Region(range: range, parent: innermost(node.serial), gradient: gradient)
        let nodes = Expression.nodes(behind: [value]) { range.contains($0.serial) && $0.state == .pending }
        for inner in nodes where range.contains(inner.serial) && inner.state == .pending && inner.hasInputs {
            let inputs = inner.inputs.map { Tensor(stand(for: $0, in: &region)) }
            region.copies[ObjectIdentifier(inner)] = inner.copy(inputs).node
        }
        regions.append(region)
    }

    private func stand(for input: Node, in region: inout Region) -> Node {
        if let known = region.copies[ObjectIdentifier(input)] { return known }
        if input.state == .scalar { return input }
        let outside = region.parent.flatMap { regions[$0].copies[ObjectIdentifier(input)] } ?? input
        let waiting = Tensor(outside).after(region.gradient).node
        region.copies[ObjectIdentifier(input)] = waiting
        return waiting
    }
}
