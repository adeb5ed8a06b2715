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
    public static var depth: Int { 0 }
    public func extents() throws(DescentError) -> [Int] { [] }

    /// For types whose layout is that of the tensor type: a copy, or the engine's own cast.
    fileprivate static func copy(
        _ elements: UnsafeBufferPointer<Self>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer {
        guard let base = elements.baseAddress else { return pointer }
        let byteCount = elements.count * dtype.byteCount
        if dtype == Self.dtype {
            pointer.copyMemory(from: base, byteCount: byteCount)
        } else {
            cd_unary(
                Int32(Number.castOpcode(to: dtype)), Int32(Self.dtype.rawValue), base, pointer, Int64(elements.count))
        }
        return pointer + byteCount
    }
}

extension TensorScalar where Self: BinaryFloatingPoint {
    public init(bits: UInt64, of dtype: DType) {
        // 64-bit integers would lose digits on the way through Double only where Float has none to keep.
        self = dtype == .int64 ? Self(Int64(bitPattern: bits)) : Self(Number.double(bits, dtype))
    }

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

    public var operand: Tensor { .weak(Int(truncatingIfNeeded: self)) }
}

/// The integers that no tensor type is laid out like: converted one by one.
private protocol NarrowInteger: TensorScalar, FixedWidthInteger {}

extension NarrowInteger {
    fileprivate static func convert(
        _ elements: UnsafeBufferPointer<Self>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer {
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
    public static var dtype: DType { .float32 }
    public static func write(
        _ elements: UnsafeBufferPointer<Float>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }
}

extension Double: TensorScalar {
    public static var dtype: DType { .float64 }
    public static func write(
        _ elements: UnsafeBufferPointer<Double>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }
}

extension Int: TensorScalar {
    public static var dtype: DType { .int64 }
    public static func write(
        _ elements: UnsafeBufferPointer<Int>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }
}

extension Int64: TensorScalar {
    public static var dtype: DType { .int64 }
    public static func write(
        _ elements: UnsafeBufferPointer<Int64>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }
}

extension Int32: TensorScalar {
    public static var dtype: DType { .int32 }
    public static func write(
        _ elements: UnsafeBufferPointer<Int32>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }
}

extension Int16: TensorScalar, NarrowInteger {
    public static var dtype: DType { .int32 }
    public static func write(
        _ elements: UnsafeBufferPointer<Int16>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { convert(elements, to: pointer, as: dtype) }
}

extension Int8: TensorScalar, NarrowInteger {
    public static var dtype: DType { .int32 }
    public static func write(
        _ elements: UnsafeBufferPointer<Int8>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { convert(elements, to: pointer, as: dtype) }
}

extension UInt8: TensorScalar, NarrowInteger {
    public static var dtype: DType { .int32 }
    public static func write(
        _ elements: UnsafeBufferPointer<UInt8>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { convert(elements, to: pointer, as: dtype) }
}

extension UInt16: TensorScalar, NarrowInteger {
    public static var dtype: DType { .int32 }
    public static func write(
        _ elements: UnsafeBufferPointer<UInt16>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { convert(elements, to: pointer, as: dtype) }
}

extension UInt32: TensorScalar, NarrowInteger {
    public static var dtype: DType { .int64 }
    public static func write(
        _ elements: UnsafeBufferPointer<UInt32>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { convert(elements, to: pointer, as: dtype) }
}

extension Bool: TensorScalar {
    public static var dtype: DType { .bool }

    /// Whether the number is not 0.
    public init(bits: UInt64, of dtype: DType) { self = Number.cast(bits, from: dtype, to: .bool) & 1 == 1 }

    public var operand: Tensor { Tensor(Node(scalar: self ? 1 : 0, .bool)) }

    public static func write(
        _ elements: UnsafeBufferPointer<Bool>, to pointer: UnsafeMutableRawPointer, as dtype: DType
    ) -> UnsafeMutableRawPointer { copy(elements, to: pointer, as: dtype) }
}

// MARK: - Arrays

extension Array: TensorData where Element: TensorData {
    public static var depth: Int { Element.depth + 1 }
    public static var dtype: DType { Element.dtype }

    public func extents() throws(DescentError) -> [Int] {
        guard let first else { return [Int](repeating: 0, count: Self.depth) }
        guard Element.depth > 0 else { return [count] }
        let inner = try first.extents()
        for element in dropFirst() {
            let other = try element.extents()
            guard other == inner else {
                throw DescentError(
                    "Tensor", "rows must have equal lengths", received: "rows of shapes \(inner) and \(other)")
            }
        }
        return [count] + inner
    }

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
