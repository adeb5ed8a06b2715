import CDescent

/// A function with a derivative of its own.
///
/// `body` gives the value and the rule that turns the gradient of the value into the gradient of `x`. How the value
/// was computed does not matter to derivatives; the rule may be differentiated again.
///
/// ```swift
/// let x = Variable(2.0)
/// let clipped = { customGradient(x.value) { x in (x * 100, { g in minimum(g * 100, 1) }) } }
/// print(try valueAndGradient([x], clipped).gradients[0]!)   // 1.0
/// ```
public func customGradient(
    _ x: Tensor, _ body: (Tensor) -> (value: Tensor, gradient: @Sendable (Tensor) -> Tensor)
) -> Tensor {
    customGradient([x]) { inputs in
        let (value, rule) = body(inputs[0])
        return (value, { [rule($0)] })
    }
}

/// A function of several tensors with a derivative of its own; the rule gives one gradient for each, nil for none.
public func customGradient(
    _ inputs: [Tensor], _ body: ([Tensor]) -> (value: Tensor, gradient: @Sendable (Tensor) -> [Tensor?])
) -> Tensor {
    let strong = inputs.map { $0.strong() }
    let recorder = cd_recorder_current()
    let outer = recorder.pointee.recording
    recorder.pointee.recording = 0
    let (value, rule) = body(strong)
    recorder.pointee.recording = outer
    if let error = value.error ?? strong.lazy.compactMap(\.error).first { return Tensor(error: error) }
    let attributes = Attributes(inputs: strong.map(\.node), rule: rule)
    let typed = value.strong()
    if typed.node.state == .scalar {
        return Tensor(
            Node(scalar: typed.node.scalarBits, typed.dtype, primitive: .custom, typed.node, attributes: attributes))
    }
    return Tensor(Node(.custom, typed.dtype, typed.shape, typed.node, attributes: attributes))
}

extension Primitive {
    /// A value whose derivative its maker has given. The first input is the value, the others what it depends on.
    static let custom = Primitive(
        "customGradient", .view(.alias),
        .general { g, node, index in
            guard index > 0, let rule = node.attributes?.rule else { return nil }
            let gradients = rule(g)
            return index <= gradients.count ? gradients[index - 1] : nil
        })
}
