import CDescent

/// Single numbers as the bits that kernels read: in the lowest bytes of a word.
package enum Number {
    @inline(__always)
    package static func bits(_ value: Double, as dtype: DType) -> UInt64 {
        switch dtype {
        case .float32: UInt64(Float(value).bitPattern)
        case .float64: value.bitPattern
        case .bool: value != 0 ? 1 : 0
        case .int32, .int64: cast(value.bitPattern, from: .float64, to: dtype)
        }
    }

    @inline(__always)
    package static func bits(_ value: Int, as dtype: DType) -> UInt64 {
        switch dtype {
        case .float32: UInt64(Float(value).bitPattern)
        case .float64: Double(value).bitPattern
        case .bool: value != 0 ? 1 : 0
        case .int32: UInt64(UInt32(truncatingIfNeeded: value))
        case .int64: UInt64(bitPattern: Int64(value))
        }
    }

    /// The number in `bits` as a Double; exact for all but large 64-bit integers.
    package static func double(_ bits: UInt64, _ dtype: DType) -> Double {
        switch dtype {
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: Double(bitPattern: bits)
        case .int32: Double(Int32(truncatingIfNeeded: bits))
        case .int64: Double(Int64(bitPattern: bits))
        case .bool: bits & 1 == 1 ? 1 : 0
        }
    }

    package static func cast(_ bits: UInt64, from source: DType, to target: DType) -> UInt64 {
        guard source != target else { return bits }
        var x = bits
        var y: UInt64 = 0
        cd_unary(Int32(castOpcode(to: target)), Int32(source.rawValue), &x, &y, 1)
        return y
    }

    package static func castOpcode(to dtype: DType) -> Int {
        switch dtype {
        case .float32: CD_CAST_F32
        case .float64: CD_CAST_F64
        case .int32: CD_CAST_I32
        case .int64: CD_CAST_I64
        case .bool: CD_CAST_BOOL
        }
    }

    /// Reads one element.
    package static func load(_ pointer: UnsafeRawPointer, _ dtype: DType) -> UInt64 {
        switch dtype.byteCount {
        case 1: UInt64(pointer.load(as: UInt8.self))
        case 4: UInt64(pointer.load(as: UInt32.self))
        default: pointer.load(as: UInt64.self)
        }
    }
}
