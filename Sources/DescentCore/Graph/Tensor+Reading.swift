import CDescent

// Reading: where recorded expressions become numbers.

extension Tensor {
    /// This tensor with its value computed, or the error that is in its place thrown.
    ///
    /// ```swift
    /// let x: Tensor = [1, 2, 3]
    /// print(try (x * x).evaluated())   // [1.0, 4.0, 9.0]
    /// ```
    ///
    /// - Throws: `DescentError` if an operation in the expression was refused, or fails when it runs.
    @discardableResult
    public func evaluated(file: StaticString = #fileID, line: UInt = #line) throws(DescentError) -> Tensor {
        do {
            return try known()
        } catch {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// This tensor with a definite type and its value computed.
    package func known() throws(DescentError) -> Tensor {
        let tensor = try operand()
        cd_recorder_current().pointee.looks += 1
        if tensor.node.state == .pending { try Engine.evaluate([tensor.node]) }
        return tensor
    }

    /// The value, or the end of the process: an unguarded read has nowhere to throw to.
    fileprivate func read(_ file: StaticString, _ line: UInt) -> Tensor {
        do {
            return try evaluated(file: file, line: line)
        } catch {
            Tensor.trap(error)
        }
    }

    /// Stops the process with the error's message.
    package static func trap(_ error: DescentError) -> Never { fatalError(error.description) }

    /// The bits of the only element.
    fileprivate func single(_ file: StaticString, _ line: UInt) -> (bits: UInt64, dtype: DType) {
        let tensor = read(file, line)
        guard tensor.count == 1 else {
            Tensor.trap(
                DescentError(
                    "read", "only a tensor of one element is a number", received: "shape \(shape)",
                    at: SourceLocation(file, line)))
        }
        return (tensor.node.bits(at: 0), tensor.dtype)
    }
}

extension Node {
    /// The element at a row-major position of a value that is known.
    package func bits(at index: Int) -> UInt64 {
        state == .scalar ? scalarBits : Number.load(storage.pointer + index * dtype.byteCount, dtype)
    }
}

extension TensorConvertible {
    /// All numbers in row-major order.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print(x.scalars(as: Int.self))   // [1, 2, 3, 4]
    /// ```
    ///
    /// Stops the process if the expression holds an error; read `evaluated()` first where that may be.
    ///
    /// - Parameter type: the Swift type to convert to, as a cast does.
    public func scalars<Scalar: TensorScalar>(
        as type: Scalar.Type, file: StaticString = #fileID, line: UInt = #line
    ) -> [Scalar] {
        let tensor = tensor.read(file, line)
        let node = tensor.node
        let dtype = tensor.dtype
        if dtype == Scalar.dtype, MemoryLayout<Scalar>.size == dtype.byteCount, node.state == .stored {
            let elements = node.storage.pointer.assumingMemoryBound(to: Scalar.self)
            return [Scalar](UnsafeBufferPointer(start: elements, count: tensor.count))
        }
        return (0..<tensor.count).map { Scalar(bits: node.bits(at: $0), of: dtype) }
    }
}

extension Float {
    /// The only number of `tensor`, computed now.
    ///
    /// ```swift
    /// print(Float(Tensor([1, 2, 3]).sum()))   // 6.0
    /// ```
    ///
    /// Stops the process if there is not exactly one number, or an error in its place.
    public init(_ tensor: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) {
        let element = tensor.tensor.single(file, line)
        self.init(bits: element.bits, of: element.dtype)
    }
}

extension Double {
    /// The only number of `tensor`, computed now; see `Float.init(_:)`.
    public init(_ tensor: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) {
        let element = tensor.tensor.single(file, line)
        self.init(bits: element.bits, of: element.dtype)
    }
}

extension Int {
    /// The only number of `tensor`, computed now, without its fraction; see `Float.init(_:)`.
    public init(_ tensor: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) {
        let element = tensor.tensor.single(file, line)
        self.init(bits: element.bits, of: element.dtype)
    }
}

extension Bool {
    /// Whether the only number of `tensor`, computed now, is not 0; see `Float.init(_:)`.
    public init(_ tensor: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) {
        let element = tensor.tensor.single(file, line)
        self.init(bits: element.bits, of: element.dtype)
    }
}
