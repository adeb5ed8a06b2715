import DescentCore

/// Until when the slots of each row have followed the steps.
///
/// A row without a gradient would only have its slots multiplied by a factor at each step. That waits until the row is
/// touched again or somebody looks.
final class RowClock {
    /// What each slot is multiplied by in a step without gradient; never empty.
    let factors: [String: Double]
    /// Steps of the variable.
    @exclusivity(unchecked) var steps: Int32 = 0
    private let rowCount: Int
    /// How many steps of the variable each row's slots have followed.
    private let followed: Storage
    /// The first powers of the factor of each slot.
    @exclusivity(unchecked) private var powers: [String: [Double]]

    /// More powers than these are not kept.
    private static let mostPowers = 10_000

    init(rows: Int, factors: [String: Double]) {
        self.factors = factors
        powers = factors.mapValues { _ in [1] }
        rowCount = rows
        followed = Storage(byteCount: 4 * rows)
        followed.pointer.initializeMemory(as: Int32.self, repeating: 0, count: rows)
    }

    var isBehind: Bool { steps > 0 }

    private var rows: UnsafeMutablePointer<Int32> { followed.pointer.assumingMemoryBound(to: Int32.self) }

    /// A step has been taken that these rows followed.
    func touch(_ numbers: RowNumbers) {
        steps += 1
        numbers.write(steps, to: rows)
    }

    private static func power(_ factor: Double, _ count: Int) -> Double {
        var (result, square, rest) = (1.0, factor, count)
        while rest > 0 {
            if !rest.isMultiple(of: 2) { result *= square }
            square *= square
            rest /= 2
        }
        return result
    }

    /// What the slot of each of these rows must be multiplied by to have followed: one number beside each row.
    ///
    /// - Parameter numbers: the rows; nil for all.
    func lag(of slot: String, _ numbers: RowNumbers?, rank: Int, dtype: DType) -> Tensor {
        let factor = factors[slot] ?? 1
        // Powers by repeated products, as the steps would have made them; of those further away not each is made.
        while powers[slot, default: [1]].count <= min(Int(steps), Self.mostPowers - 1) {
            let last = powers[slot, default: [1]].last!
            powers[slot, default: [1]].append(last * factor)
        }
        let count = numbers?.count ?? rowCount
        let storage = Storage(byteCount: count * dtype.byteCount)
        let (rows, steps) = (rows, steps)
        powers[slot, default: [1]].withUnsafeBufferPointer { powers in
            @inline(__always)
            func lag(_ followed: Int32) -> Double {
                let count = Int(steps - followed)
                return count < powers.count ? powers[count] : Self.power(factor, count)
            }
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: max(count, 1)) { followed in
                if let numbers {
                    numbers.read(rows, to: followed.baseAddress!)
                } else {
                    followed.baseAddress!.initialize(from: rows, count: count)
                }
                if dtype == .float32 {
                    let factors = storage.pointer.assumingMemoryBound(to: Float.self)
                    for position in 0..<count { factors[position] = Float(lag(followed[position])) }
                } else {
                    let factors = storage.pointer.assumingMemoryBound(to: Double.self)
                    for position in 0..<count { factors[position] = lag(followed[position]) }
                }
            }
        }
        let shape = Shape([count] + [Int](repeating: 1, count: rank - 1))
        return Tensor(Node(storage: storage, dtype, shape))
    }
}
