import CDescent

// What operations that can be refused have in common: the error takes the value's place.

extension Tensor {
    /// The tensor that `body` records, or else the error it throws, placed at the caller's line.
    @inline(__always)
    package static func checked(
        _ file: StaticString, _ line: UInt, _ body: () throws(DescentError) -> Tensor
    ) -> Tensor {
        let serial = cd_recorder_current().pointee.serial
        do {
            let result = try body()
            if cd_checks_numerics() != 0 { NumericsLog.note(since: serial, .call(SourceLocation(file, line))) }
            return result
        } catch {
            return Tensor(error: error.located(at: SourceLocation(file, line)))
        }
    }

    /// This tensor with a definite type, ready to be an input of a node; what is poisoned throws.
    @inline(__always)
    package func operand() throws(DescentError) -> Tensor {
        if let error { throw error }
        return node.traits.contains(.weak) ? strong() : self
    }

    /// The same tensor; an error that has no place yet gets this one.
    @inline(__always)
    package func located(_ file: StaticString, _ line: UInt) -> Tensor {
        guard node.traits.contains(.poisoned), let error, error.location == nil else { return self }
        return Tensor(error: error.located(at: SourceLocation(file, line)))
    }
}

extension Shape {
    /// This shape, if it is one that a tensor can have.
    package func checked(_ operation: StaticString) throws(DescentError) -> Shape {
        if let error = misfit(operation.description) { throw error }
        return self
    }

    /// Why no tensor can have this shape, nil if one can.
    package func misfit(_ operation: @autoclosure () -> String) -> DescentError? {
        guard rank <= Shape.maximumRank else {
            return DescentError(
                operation: operation(), "a tensor has at most \(Shape.maximumRank) axes", received: "shape \(self)")
        }
        var count = 1
        for axis in 0..<rank {
            let extent = self[axis]
            guard extent >= 0 else {
                return DescentError(
                    operation: operation(), "extents must not be negative", received: "shape \(self)")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(extent, 1))
            guard !overflow, product < 1 << 48 else {
                return DescentError(operation: operation(), "a tensor must fit in memory", received: "shape \(self)")
            }
            count = product
        }
        return nil
    }

    /// The axis counted from the front; `rank` is that of the tensor it belongs to.
    package static func resolve(
        axis: Int, rank: Int, operation: StaticString
    ) throws(DescentError) -> Int {
        guard axis >= -rank, axis < rank else {
            throw DescentError(
                operation, "axes lie in \(-rank)..<\(rank) for rank \(rank)", received: "axis \(axis)")
        }
        return axis < 0 ? axis + rank : axis
    }
}
