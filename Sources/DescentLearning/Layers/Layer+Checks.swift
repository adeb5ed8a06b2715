import DescentCore

extension Layer {
    /// What `body` makes of the input, if that is what the layer needs; else the error in its place. Integers become
    /// numbers with a fraction.
    ///
    /// - Parameters:
    ///   - misfit: why there can be no such layer.
    ///   - rank: how many axes the input must have.
    ///   - least: how many it must have at least.
    @inline(__always)
    func applied(
        to x: Tensor, unless misfit: DescentError? = nil, rank: Int? = nil, atLeast least: Int = 1,
        _ body: (Tensor) -> Tensor
    ) -> Tensor {
        if let misfit { return Tensor(error: misfit) }
        let x = x.features
        if x.rank >= least, rank == nil || x.rank == rank { return body(x) }
        if x.error != nil { return x }
        let rule = rank.map { "the input has \($0) axes" } ?? "the input has at least \(least) axes"
        return refused(rule + ", the first of which counts samples", received: "shape \(x.shape)")
    }

    /// An error of this layer in a value's place.
    func refused(_ rule: String, received: String) -> Tensor { Tensor(error: misfit(rule, received: received)) }

    /// An error of this layer.
    func misfit(_ rule: String, received: String) -> DescentError {
        DescentError(operation: String(describing: type(of: self)), rule, received: received)
    }

    /// The error of this layer, unless a rule holds.
    func misfit(unless holds: Bool, _ rule: String, received: @autoclosure () -> String) -> DescentError? {
        holds ? nil : misfit(rule, received: received())
    }
}

extension Tensor {
    /// Numbers with a fraction: what layers compute with.
    @inline(__always)
    var features: Tensor {
        guard let x = try? operand() else { return self }
        return x.dtype.isFloatingPoint ? x : x.cast(to: .float32)
    }
}
