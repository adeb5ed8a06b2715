import CDescent

// MARK: - From Swift data

extension Tensor {
    /// A tensor of the numbers in `data`: a number, or arrays of numbers nested to any depth.
    ///
    /// Arrays keep their type: `[Float]` becomes `float32`, `[Double]` `float64`, `[Int]` `int64`, arrays of
    /// narrower integers `int32`, `[Bool]` `bool`. A single number adapts to the tensors it meets, as a literal does.
    ///
    /// ```swift
    /// let samples: [Double] = [0.5, 1.5]
    /// print(Tensor(samples) * 2)   // [1.0, 3.0]
    /// ```
    ///
    /// - Parameters:
    ///   - data: the numbers; rows must have equal lengths.
    ///   - dtype: the type of the elements; the default is that of `data`.
    @_disfavoredOverload
    public init<Data: TensorData>(
        _ data: Data, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        if let scalar = data as? any TensorScalar {
            self = dtype.map { scalar.operand.strong(as: $0) } ?? scalar.operand
            return
        }
        self = Tensor.checked(file, line) { () throws(DescentError) in
            let shape = Shape(try data.extents())
            return try Tensor.storing([data], shape, dtype ?? Data.dtype)
        }
    }

    /// A tensor of the numbers in `data`, row after row, in the given shape.
    ///
    /// ```swift
    /// let samples: [Float] = [1, 2, 3, 4]
    /// print(Tensor(samples, shape: [2, 2]).sum(axes: 0))   // [4.0, 6.0]
    /// ```
    ///
    /// - Parameters:
    ///   - data: as many numbers as the shape has elements.
    ///   - shape: the extents.
    ///   - dtype: the type of the elements; the default is that of `data`.
    @_disfavoredOverload
    public init<Scalar: TensorScalar>(
        _ data: [Scalar], shape: Shape, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self = Tensor.checked(file, line) { () throws(DescentError) in
            guard try shape.checked("Tensor").count == data.count else {
                throw DescentError(
                    "Tensor", "there must be as many numbers as the shape has elements",
                    received: "\(data.count) numbers, shape \(shape)")
            }
            return try Tensor.storing([data], shape, dtype ?? Scalar.dtype)
        }
    }

    /// The same tensor; with it `Tensor([1, 2])` is the literal `[1, 2]`.
    ///
    /// - Parameters:
    ///   - tensor: the value.
    ///   - dtype: the type to cast to; the default is the tensor's own.
    public init(_ tensor: Tensor, dtype: DType? = nil) {
        self = dtype.map { tensor.strong(as: $0) } ?? tensor
    }

    /// The numbers of `tensor` in another shape; with it literals take one: `Tensor([1, 2, 3, 4], shape: [2, 2])`.
    public init(
        _ tensor: Tensor, shape: Shape, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self = tensor.strong(as: dtype).reshape(shape, file: file, line: line)
    }

    private static func storing<Data: TensorData>(
        _ data: [Data], _ shape: Shape, _ dtype: DType
    ) throws(DescentError) -> Tensor {
        let shape = try shape.checked("Tensor")
        let storage = Storage(byteCount: shape.count * dtype.byteCount)
        _ = data.withUnsafeBufferPointer { Data.write($0, to: storage.pointer, as: dtype) }
        return Tensor(Node(storage: storage, dtype, shape))
    }
}

extension Variable {
    /// A variable that begins with the numbers in `data`; see `Tensor.init(_:dtype:)` for what data may be.
    ///
    /// - Parameters:
    ///   - data: the first value; its shape stays the variable's.
    ///   - name: what to call it; the default is `Variable`.
    ///   - trainable: whether tapes watch it without being told to; the default is true.
    ///   - dtype: the type of the elements; the default is that of `data`, `float32` for a single number.
    @_disfavoredOverload
    public convenience init(
        _ data: some TensorData, name: String = "Variable", trainable: Bool = true, dtype: DType? = nil
    ) {
        self.init(Tensor(data), name: name, trainable: trainable, dtype: dtype)
    }
}

// MARK: - Patterns

extension Tensor {
    /// A tensor of zeros.
    ///
    /// ```swift
    /// print(Tensor.zeros([3]))   // [0.0, 0.0, 0.0]
    /// ```
    public static func zeros(
        _ shape: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { filled("zeros", Tensor(Node(scalar: 0, dtype)), shape, file, line) }

    /// A tensor of ones.
    ///
    /// ```swift
    /// print(Tensor.ones([2]))   // [1.0, 1.0]
    /// ```
    public static func ones(
        _ shape: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { filled("ones", Tensor(Node(scalar: Number.bits(1, as: dtype), dtype)), shape, file, line) }

    /// A tensor with one number everywhere.
    ///
    /// ```swift
    /// print(Tensor.full([2], 0.5))   // [0.5, 0.5]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - value: a single number, or an expression of one.
    ///   - dtype: the type of the elements; the default is that of `value`, `float32` for numbers in the source.
    public static func full(
        _ shape: Shape, _ value: Tensor, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { filled("full", value.strong(as: dtype), shape, file, line) }

    /// Zeros of the shape and type of `tensor`.
    ///
    /// ```swift
    /// print(Tensor.zerosLike(Tensor([[7, 8]])))   // [[0.0, 0.0]]
    /// ```
    public static func zerosLike(_ tensor: some TensorConvertible, dtype: DType? = nil) -> Tensor {
        let tensor = tensor.tensor
        return tensor.error == nil ? zeros(tensor.shape, dtype: dtype ?? tensor.dtype) : tensor
    }

    /// Ones of the shape and type of `tensor`.
    ///
    /// ```swift
    /// print(Tensor.onesLike(Tensor([[7, 8]])))   // [[1.0, 1.0]]
    /// ```
    public static func onesLike(_ tensor: some TensorConvertible, dtype: DType? = nil) -> Tensor {
        let tensor = tensor.tensor
        return tensor.error == nil ? ones(tensor.shape, dtype: dtype ?? tensor.dtype) : tensor
    }

    // One number seen through strides of 0: no memory, whatever the shape.
    private static func filled(
        _ operation: StaticString, _ value: Tensor, _ shape: Shape, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        if shape.rank == 0, value.rank == 0 { return value }
        return checked(file, line) { () throws(DescentError) in
            value.broadcast(to: try shape.checked(operation), file: file, line: line)
        }
    }

    /// `start`, `start + step`, … up to but not including `stop`.
    ///
    /// ```swift
    /// print(Tensor.arange(5))               // [0.0, 1.0, 2.0, 3.0, 4.0]
    /// print(Tensor.arange(1, 2, step: 0.25)) // [1.0, 1.25, 1.5, 1.75]
    /// ```
    public static func arange(
        _ start: Double, _ stop: Double, step: Double = 1, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let count = ((stop - start) / step).rounded(.up)
        guard step != 0, count < 0x1p48 else {  // NaN fails here too
            return Tensor(
                error: DescentError(
                    "arange", "the step must lead from start to stop",
                    received: "start \(start), stop \(stop), step \(step)", at: SourceLocation(file, line)))
        }
        return sequence(Swift.max(0, Int(count)), dtype) { start + Double($0) * step }
    }

    /// 0, 1, … up to but not including `stop`.
    public static func arange(
        _ stop: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { arange(0, Double(stop), dtype: dtype, file: file, line: line) }

    /// `count` numbers at equal distances from `start` to `stop`, both included.
    ///
    /// ```swift
    /// print(Tensor.linspace(0, 1, count: 5))   // [0.0, 0.25, 0.5, 0.75, 1.0]
    /// ```
    public static func linspace(
        _ start: Double, _ stop: Double, count: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        guard count >= 0 else {
            return Tensor(
                error: DescentError(
                    "linspace", "the count must not be negative", received: "\(count)",
                    at: SourceLocation(file, line)))
        }
        let step = count > 1 ? (stop - start) / Double(count - 1) : 0
        return sequence(count, dtype) { $0 == count - 1 && count > 1 ? stop : start + Double($0) * step }
    }

    /// The identity matrix: ones on the diagonal, zeros elsewhere.
    ///
    /// ```swift
    /// print(Tensor.eye(2).sum())   // 2.0
    /// ```
    ///
    /// - Parameters:
    ///   - rows: the number of rows.
    ///   - columns: the number of columns; the default is `rows`.
    public static func eye(
        _ rows: Int, columns: Int? = nil, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let columns = columns ?? rows
        guard rows >= 0, columns >= 0 else {
            return Tensor(
                error: DescentError(
                    "eye", "extents must not be negative", received: "[\(rows), \(columns)]",
                    at: SourceLocation(file, line)))
        }
        let row = arange(rows, dtype: .int64).reshape([rows, 1])
        return (row .== arange(columns, dtype: .int64)).cast(to: dtype)
    }

    private static func sequence(_ count: Int, _ dtype: DType, _ element: (Int) -> Double) -> Tensor {
        let storage = Storage(byteCount: count * dtype.byteCount)
        var pointer = storage.pointer
        for index in 0..<count {
            var bits = Number.bits(element(index), as: dtype)
            pointer.copyMemory(from: &bits, byteCount: dtype.byteCount)
            pointer += dtype.byteCount
        }
        return Tensor(Node(storage: storage, dtype, [count]))
    }
}
