import DescentCore

/// The order of the rows in an epoch: a permutation that follows from the seed and the number of the epoch alone.
struct RowOrder: Sendable {
    /// So many rows have numbers.
    static let maximumCount = 1 << 32

    private let rows: [UInt32]

    /// Fisher and Yates's shuffle with the numbers of SplitMix64.
    init(count: Int, seed: Int, epoch: Int) {
        var random = Random(seed: seed, stream: epoch)
        rows = [UInt32](unsafeUninitializedCapacity: count) { rows, initialized in
            for position in 0..<count {
                // The first `position + 1` rows in any order, all of them equally likely.
                let other = random.below(UInt64(position + 1))
                if other != position { (rows.baseAddress! + position).initialize(to: rows[other]) }
                (rows.baseAddress! + other).initialize(to: UInt32(position))
            }
            initialized = count
        }
    }

    @inline(__always)
    subscript(position: Int) -> Int { Int(rows[position]) }

    /// The rows from `first` on that stand at positions of `range`.
    func indices(_ range: Range<Int>) -> [Int] { rows[range].map(Int.init) }
}

/// Random bits that follow from a seed and the number of a stream, the same on every machine: the generator of Steele,
/// Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
private struct Random {
    private var state: UInt64

    init(seed: Int, stream: Int) {
        // Mixed between, so that seed 1 in epoch 0 is not seed 0 in epoch 1.
        state = Mixing.mixed(UInt64(bitPattern: Int64(seed)) &+ Mixing.increment)
        state = Mixing.mixed(state &+ UInt64(bitPattern: Int64(stream)) &* 0xD1B5_4A32_D192_ED03)
    }

    mutating func next() -> UInt64 {
        state &+= Mixing.increment
        return Mixing.mixed(state)
    }

    /// A number in 0..<bound, all equally likely: Lemire, "Fast random integer generation in an interval" (2019).
    mutating func below(_ bound: UInt64) -> Int {
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let rest = (0 &- bound) % bound
            while product.low < rest { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }
}
