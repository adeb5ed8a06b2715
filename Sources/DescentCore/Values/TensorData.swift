import CDescent

/// Swift data that a tensor can be made of: a number, a `Bool`, or arrays of these nested to any depth.
///
/// ```swift
/// let rows: [[Double]] = [[1, 2, 3], [4, 5, 6]]
/// print(Tensor(rows).shape, Tensor(rows).dtype)   // [2, 3] float64
/// ```
public protocol TensorData {
    /// How deep arrays are nested: 0 for a number.
    static var depth: Int { get }
    /// The type of tensor that holds these numbers without loss.
    static var dtype: DType { get }
    /// The extents, outermost first; rows of different lengths are refused.
    func extents() throws(DescentError) -> [Int]
    /// Writes `elements` as `dtype`, one after the other; returns where the next one goes.
    static func write(
        _ elements: UnsafeBufferPointer<Self>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer
}

/// A Swift type for one element of a tensor.
public protocol TensorScalar: TensorData, BitwiseCopyable, Sendable {
    /// The element of type `dtype` whose bits are the lowest of `bits`.
    init(bits: UInt64, of dtype: DType)
    /// The number as a tensor that adapts to those it meets, as a literal does.
    var operand: Tensor { get }
}

extension TensorScalar {
    /// 0: a number is not nested.
    public static var depth: Int { 0 }

    /// No extents: a number has no axes.
    public func extents() throws(DescentError) -> [Int] { [] }

    /// Copies the elements, or has the engine's own kernel cast them.
    public static func write(
        _ elements: UnsafeBufferPointer<Self>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }

    /// For types whose layout is that of the tensor type.
    private static func copy(
        _ elements: UnsafeBufferPointer<Self>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer {
        guard let base = elements.baseAddress else { return pointer }
        let byteCount = elements.count * dtype.byteCount
        if dtype == Self.dtype {
            pointer.copyMemory(from: base, byteCount: byteCount)
        } else {
            let opcode = Int32(Number.castOpcode(to: dtype))
            cd_unary(opcode, Int32(Self.dtype.rawValue), base, pointer, Int64(elements.count))
        }
        return pointer + byteCount
    }
}

extension TensorScalar where Self: BinaryFloatingPoint {
    /// The nearest number of this type.
    public init(bits: UInt64, of dtype: DType) {
        // Not by way of Double, which would round a 64-bit integer twice.
        self = dtype == .int64 ? Self(Int64(bitPattern: bits)) : Self(Number.double(bits, dtype))
    }

    /// The number as a tensor that adapts to those it meets.
    public var operand: Tensor { .weak(Double(self)) }
}

extension TensorScalar where Self: FixedWidthInteger {
    /// Fractions are cut off; what is out of range becomes the nearest value there is, NaN becomes 0.
    public init(bits: UInt64, of dtype: DType) {
        guard dtype.isFloatingPoint else {
            self.init(clamping: Int64(bitPattern: Number.cast(bits, from: dtype, to: .int64)))
            return
        }
        let value = Number.double(bits, dtype)
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }

    /// The number as a tensor that adapts to those it meets.
    public var operand: Tensor { .weak(Int(truncatingIfNeeded: self)) }

    /// Copies the elements, or converts one by one those of a width that tensors do not have.
    public static func write(
        _ elements: UnsafeBufferPointer<Self>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer {
        if bitWidth == 8 * Self.dtype.byteCount { return copy(elements, to: pointer, as: dtype) }
        var pointer = pointer
        for element in elements {
            var bits = Number.bits(Int(truncatingIfNeeded: element), as: dtype)
            pointer.copyMemory(from: &bits, byteCount: dtype.byteCount)
            pointer += dtype.byteCount
        }
        return pointer
    }
}

// MARK: - Numbers

extension Float: TensorScalar {
    /// `float32`
    public static var dtype: DType { .float32 }
}

extension Double: TensorScalar {
    /// `float64`
    public static var dtype: DType { .float64 }
}

extension Int: TensorScalar {
    /// `int64`
    public static var dtype: DType { .int64 }
}

extension Int64: TensorScalar {
    /// `int64`
    public static var dtype: DType { .int64 }
}

extension Int32: TensorScalar {
    /// `int32`
    public static var dtype: DType { .int32 }
}

extension Int16: TensorScalar {
    /// `int32`
    public static var dtype: DType { .int32 }
}

extension Int8: TensorScalar {
    /// `int32`
    public static var dtype: DType { .int32 }
}

extension UInt8: TensorScalar {
    /// `int32`
    public static var dtype: DType { .int32 }
}

extension UInt16: TensorScalar {
    /// `int32`
    public static var dtype: DType { .int32 }
}

extension UInt32: TensorScalar {
    /// `int64`
    public static var dtype: DType { .int64 }
}

extension Bool: TensorScalar {
    /// `bool`
    public static var dtype: DType { .bool }

    /// Whether the number is not 0.
    public init(bits: UInt64, of dtype: DType) { self = Number.cast(bits, from: dtype, to: .bool) & 1 == 1 }

    /// The truth as a tensor.
    public var operand: Tensor { Tensor(Node(scalar: self ? 1 : 0, .bool)) }
}

// MARK: - Arrays

extension Array: TensorData where Element: TensorData {
    /// One more than that of the elements.
    public static var depth: Int { Element.depth + 1 }

    /// The type that holds the elements without loss.
    public static var dtype: DType { Element.dtype }

    /// The number of rows, and their extents, which must agree.
    public func extents() throws(DescentError) -> [Int] {
        guard let first else { return [Int](repeating: 0, count: Self.depth) }
        guard Element.depth > 0 else { return [count] }
        let inner = try first.extents()
        for element in dropFirst() {
            let other = try element.extents()
            guard other == inner else {
                throw DescentError(
                    "Tensor", "rows must have equal lengths", received: "rows of shapes \(inner) and \(other)"
                )
            }
        }
        return [count] + inner
    }

    /// Writes row after row.
    public static func write(
        _ elements: UnsafeBufferPointer<[Element]>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer {
        var pointer = pointer
        for row in elements {
            pointer = row.withUnsafeBufferPointer { Element.write($0, to: pointer, as: dtype) }
        }
        return pointer
    }
}
