/// Finds operations that do to the same what another has done.
struct Twins {
    private var first: [UInt64: Int] = [:]

    /// The earlier one of `items` that computes what `item` does, which otherwise gets the number `number`.
    ///
    /// If `item` is wanted, the other is wanted in its place. Two that are both wanted stay two: each has memory of its own.
    mutating func find(_ item: Planner.Item, _ number: Int, in items: inout [Planner.Item]) -> Int? {
        if case .leaf = item.kernel { return nil }
        let sign = Twins.sign(of: item)
        guard let twin = first[sign] else {
            first[sign] = number
            return nil
        }
        guard items[twin].inputs == item.inputs, items[twin].kernel == item.kernel,
            items[twin].dtype == item.dtype, items[twin].shape == item.shape, items[twin].integers == item.integers
        else { return nil }
        if let output = item.output {
            if items[twin].output != nil { return nil }
            items[twin].output = output
        }
        return twin
    }

    /// Differs where operations do. Shapes rarely tell them apart.
    private static func sign(of item: Planner.Item) -> UInt64 {
        var sign: UInt64 = UInt64(item.dtype.rawValue)
        func mix(_ value: UInt64) { sign = (sign ^ value ^ (sign >> 29)) &* 0x9E37_79B9_7F4A_7C15 }
        switch item.kernel {
        case .unary(let opcode): mix(UInt64(opcode))
        case .binary(let opcode): mix(UInt64(opcode) + 256)
        default: for byte in item.name.utf8 { mix(UInt64(byte)) }
        }
        for input in item.inputs { mix(UInt64(input)) }
        for integer in item.integers { mix(UInt64(bitPattern: Int64(integer))) }
        return sign
    }
}
