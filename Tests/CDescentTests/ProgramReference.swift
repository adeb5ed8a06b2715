import CDescent

/// A source of numbers for cases that are the same in every run (SplitMix64).
struct Source {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}

/// Elements of one of the types, for the slow and obvious way of computing.
enum Elements {
    case f32([Float])
    case f64([Double])
    case i32([Int32])
    case i64([Int64])
    case bool([UInt8])

    var dtype: Int {
        switch self {
        case .f32: CD_F32
        case .f64: CD_F64
        case .i32: CD_I32
        case .i64: CD_I64
        case .bool: CD_BOOL
        }
    }

    var count: Int {
        switch self {
        case .f32(let x): x.count
        case .f64(let x): x.count
        case .i32(let x): x.count
        case .i64(let x): x.count
        case .bool(let x): x.count
        }
    }

    static func bytes(_ dtype: Int) -> Int { [4, 8, 4, 8, 1][dtype] }

    /// Small numbers, so that most arithmetic on them is exact.
    static func random(_ dtype: Int, _ count: Int, _ source: inout Source) -> Elements {
        switch dtype {
        case CD_F32: .f32((0..<count).map { _ in Float(source.below(33) - 16) / 4 })
        case CD_F64: .f64((0..<count).map { _ in Double(source.below(33) - 16) / 4 })
        case CD_I32: .i32((0..<count).map { _ in Int32(source.below(41) - 20) })
        case CD_I64: .i64((0..<count).map { _ in Int64(source.below(41) - 20) })
        default: .bool((0..<count).map { _ in UInt8(source.below(2)) })
        }
    }

    init(_ dtype: Int, at address: UnsafeRawPointer, count: Int) {
        func read<T>(_: T.Type) -> [T] {
            Array(UnsafeBufferPointer(start: address.assumingMemoryBound(to: T.self), count: count))
        }
        switch dtype {
        case CD_F32: self = .f32(read(Float.self))
        case CD_F64: self = .f64(read(Double.self))
        case CD_I32: self = .i32(read(Int32.self))
        case CD_I64: self = .i64(read(Int64.self))
        default: self = .bool(read(UInt8.self))
        }
    }

    func write(to address: UnsafeMutableRawPointer) {
        func write<T>(_ x: [T]) {
            x.withUnsafeBytes {
                guard let start = $0.baseAddress else { return }
                address.copyMemory(from: start, byteCount: $0.count)
            }
        }
        switch self {
        case .f32(let x): write(x)
        case .f64(let x): write(x)
        case .i32(let x): write(x)
        case .i64(let x): write(x)
        case .bool(let x): write(x)
        }
    }

    /// One word for each element; every NaN is the same.
    var bits: [UInt64] {
        switch self {
        case .f32(let x): x.map { $0.isNaN ? .max : UInt64($0.bitPattern) }
        case .f64(let x): x.map { $0.isNaN ? .max : $0.bitPattern }
        case .i32(let x): x.map { UInt64(UInt32(bitPattern: $0)) }
        case .i64(let x): x.map { UInt64(bitPattern: $0) }
        case .bool(let x): x.map { UInt64($0) }
        }
    }

    var doubles: [Double] {
        switch self {
        case .f32(let x): x.map { Double($0) }
        case .f64(let x): x
        case .i32(let x): x.map { Double($0) }
        case .i64(let x): x.map { Double($0) }
        case .bool(let x): x.map { Double($0) }
        }
    }

    func gathered(_ positions: [Int]) -> Elements {
        switch self {
        case .f32(let x): .f32(positions.map { x[$0] })
        case .f64(let x): .f64(positions.map { x[$0] })
        case .i32(let x): .i32(positions.map { x[$0] })
        case .i64(let x): .i64(positions.map { x[$0] })
        case .bool(let x): .bool(positions.map { x[$0] })
        }
    }

    // MARK: - Operations

    func unary(_ op: Int) -> Elements {
        func float<T: BinaryFloatingPoint>(_ x: T) -> T {
            switch op {
            case CD_NEGATE: -x
            case CD_ABS: x.magnitude
            case CD_SQUARE: x * x
            default: x
            }
        }
        func integer<T: FixedWidthInteger>(_ x: T) -> T {
            switch op {
            case CD_NEGATE: 0 &- x
            case CD_ABS: x < 0 ? 0 &- x : x
            case CD_SQUARE: x &* x
            case CD_NOT: 1 - x
            default: x
            }
        }
        switch op {
        case CD_CAST_F32:
            if case .f64(let x) = self { return .f32(x.map { Float($0) }) }
            if case .i32(let x) = self { return .f32(x.map { Float($0) }) }
            if case .i64(let x) = self { return .f32(x.map { Float($0) }) }
            if case .bool(let x) = self { return .f32(x.map { Float($0) }) }
            return self
        case CD_CAST_F64: return .f64(doubles)
        case CD_CAST_BOOL: return .bool(doubles.map { $0 != 0 ? 1 : 0 })
        default: break
        }
        switch self {
        case .f32(let x): return .f32(x.map { float($0) })
        case .f64(let x): return .f64(x.map { float($0) })
        case .i32(let x): return .i32(x.map { integer($0) })
        case .i64(let x): return .i64(x.map { integer($0) })
        case .bool(let x): return .bool(x.map { integer($0) })
        }
    }

    func binary(_ op: Int, _ other: Elements) -> Elements {
        func compare<T: Comparable>(_ a: [T], _ b: [T]) -> Elements {
            .bool(
                (0..<a.count).map { i in
                    let (a, b) = (a[i], b[i])
                    switch op {
                    case CD_EQ: return a == b ? 1 : 0
                    case CD_NE: return a != b ? 1 : 0
                    case CD_LT: return a < b ? 1 : 0
                    case CD_LE: return a <= b ? 1 : 0
                    case CD_GT: return a > b ? 1 : 0
                    default: return a >= b ? 1 : 0
                    }
                })
        }
        func float<T: BinaryFloatingPoint>(_ a: [T], _ b: [T]) -> [T] {
            (0..<a.count).map { i in
                let (a, b) = (a[i], b[i])
                switch op {
                case CD_ADD: return a + b
                case CD_SUB: return a - b
                case CD_MUL: return a * b
                case CD_DIV: return a / b
                default: return a.isNaN || b.isNaN ? .nan : (op == CD_MIN) == (b < a) ? b : a
                }
            }
        }
        func integer<T: FixedWidthInteger>(_ a: [T], _ b: [T]) -> [T] {
            (0..<a.count).map { i in
                let (a, b) = (a[i], b[i])
                switch op {
                case CD_ADD: return a &+ b
                case CD_SUB: return a &- b
                case CD_MUL: return a &* b
                case CD_AND: return a & b
                case CD_OR: return a | b
                default: return op == CD_MIN ? min(a, b) : max(a, b)
                }
            }
        }
        let comparison = op >= CD_EQ && op <= CD_GE
        switch (self, other) {
        case (.f32(let a), .f32(let b)): return comparison ? compare(a, b) : .f32(float(a, b))
        case (.f64(let a), .f64(let b)): return comparison ? compare(a, b) : .f64(float(a, b))
        case (.i32(let a), .i32(let b)): return comparison ? compare(a, b) : .i32(integer(a, b))
        case (.i64(let a), .i64(let b)): return comparison ? compare(a, b) : .i64(integer(a, b))
        case (.bool(let a), .bool(let b)): return comparison ? compare(a, b) : .bool(integer(a, b))
        default: preconditionFailure("operands of different types")
        }
    }

    static func select(_ condition: Elements, _ a: Elements, _ b: Elements) -> Elements {
        guard case .bool(let c) = condition else { preconditionFailure("condition is not bool") }
        func choose<T>(_ a: [T], _ b: [T]) -> [T] { (0..<c.count).map { c[$0] != 0 ? a[$0] : b[$0] } }
        switch (a, b) {
        case (.f32(let a), .f32(let b)): return .f32(choose(a, b))
        case (.f64(let a), .f64(let b)): return .f64(choose(a, b))
        case (.i32(let a), .i32(let b)): return .i32(choose(a, b))
        case (.i64(let a), .i64(let b)): return .i64(choose(a, b))
        case (.bool(let a), .bool(let b)): return .bool(choose(a, b))
        default: preconditionFailure("sides of different types")
        }
    }
}
