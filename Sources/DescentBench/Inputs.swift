import Descent

/// Inputs drawn from seeds: only shapes and distributions matter for timing, only sameness for checking.
struct Inputs {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func uniform(_ count: Int, in range: Range<Float> = 0..<1) -> [Float] {
        (0..<count).map { _ in
            range.lowerBound + Float(bits() >> 40) * 0x1p-24 * (range.upperBound - range.lowerBound)
        }
    }

    /// Standard normal.
    mutating func normal(_ count: Int) -> [Float] {
        (0..<count).map { _ in gaussian() }
    }

    mutating func integers(_ count: Int, below limit: Int) -> [Int] {
        (0..<count).map { _ in Int(bits() % UInt64(limit)) }
    }

    private mutating func gaussian() -> Float {
        // Marsaglia's polar method.
        while true {
            let word = bits()
            let u = Float(word >> 40) * 0x1p-23 - 1
            let v = Float(word & 0xFF_FFFF) * 0x1p-23 - 1
            let s = u * u + v * v
            if s > 0, s < 1 { return u * Float(-2 * logarithm(Double(s)) / Double(s)).squareRoot() }
        }
    }
}
