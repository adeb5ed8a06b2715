/// The numbers of some rows of a table, known and as they lie in memory. One may stand there several times.
package struct RowNumbers {
    /// Of rank 1.
    package let tensor: Tensor
    package let count: Int

    /// Computes the numbers.
    package init(_ indices: Tensor) throws(DescentError) {
        try Engine.evaluate([indices.node])
        tensor = indices
        count = indices.count
    }

    /// The first number that is none of a row, and where it stands.
    package func firstOutside(_ rows: Int) -> (position: Int, number: Int)? {
        guard count > 0 else { return nil }
        let pointer = tensor.node.storage.pointer
        if tensor.dtype == .int32 {
            let numbers = pointer.assumingMemoryBound(to: Int32.self)
            return (0..<count).first { numbers[$0] < 0 || numbers[$0] >= rows }.map { ($0, Int(numbers[$0])) }
        }
        let numbers = pointer.assumingMemoryBound(to: Int64.self)
        return (0..<count).first { numbers[$0] < 0 || numbers[$0] >= rows }.map { ($0, Int(numbers[$0])) }
    }

    /// Copies what belongs to each number. The rows are far apart: the less a loop does, the more of them are under way
    /// at once.
    package func read(_ values: UnsafePointer<Int32>, to copies: UnsafeMutablePointer<Int32>) {
        guard count > 0 else { return }
        let pointer = tensor.node.storage.pointer
        if tensor.dtype == .int32 {
            let numbers = pointer.assumingMemoryBound(to: Int32.self)
            for position in 0..<count { copies[position] = values[Int(numbers[position])] }
        } else {
            let numbers = pointer.assumingMemoryBound(to: Int64.self)
            for position in 0..<count { copies[position] = values[Int(numbers[position])] }
        }
    }

    /// Writes a value to what belongs to each number.
    package func write(_ value: Int32, to values: UnsafeMutablePointer<Int32>) {
        guard count > 0 else { return }
        let pointer = tensor.node.storage.pointer
        if tensor.dtype == .int32 {
            let numbers = pointer.assumingMemoryBound(to: Int32.self)
            for position in 0..<count { values[Int(numbers[position])] = value }
        } else {
            let numbers = pointer.assumingMemoryBound(to: Int64.self)
            for position in 0..<count { values[Int(numbers[position])] = value }
        }
    }

    /// For each position the first at which its number stands; nil if none stands twice.
    package var firstPlaces: Tensor? {
        guard count > 1 else { return nil }
        let pointer = tensor.node.storage.pointer
        return tensor.dtype == .int32
            ? Self.firstPlaces(pointer.assumingMemoryBound(to: Int32.self), count)
            : Self.firstPlaces(pointer.assumingMemoryBound(to: Int64.self), count)
    }

    /// Looks the numbers up in a table of positions, of which half at most is filled: it fits the nearest cache for as
    /// many rows as a batch has, and a dictionary takes ten times as long.
    private static func firstPlaces<Number: FixedWidthInteger>(
        _ numbers: UnsafePointer<Number>, _ count: Int
    ) -> Tensor? {
        let bits = Int.bitWidth - (2 * count - 1).leadingZeroBitCount
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1 << bits) { table in
            let mask = 1 << bits - 1
            /// The first position of the number at `position`, which is that if the number is new.
            func place(of position: Int) -> Int {
                let number = numbers[position]
                let mixed = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
                var slot = Int(truncatingIfNeeded: mixed >> UInt64(64 - bits))
                while true {
                    let known = Int(table[slot])
                    if known < 0 {
                        table[slot] = Int32(position)
                        return position
                    }
                    if known == position || numbers[known] == number { return known }
                    slot = (slot + 1) & mask
                }
            }
            table.initialize(repeating: -1)
            guard let second = (0..<count).first(where: { place(of: $0) != $0 }) else { return nil }
            let places = Storage(byteCount: 8 * count)
            let pointer = places.pointer.assumingMemoryBound(to: Int64.self)
            for position in 0..<count { pointer[position] = Int64(position < second ? position : place(of: position)) }
            return Tensor(Node(storage: places, .int64, Shape([count])))
        }
    }
}
