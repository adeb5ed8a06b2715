import DescentCore
import DescentTestSupport
import Testing

struct SplitMix64Tests {
    /// The first numbers for seed 0 as the generator's authors publish them.
    @Test func theSequenceIsTheKnownOne() {
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
        #expect(random.next() == 0x06C4_5D18_8009_454F)
    }

    @Test func sameSeedSameTensor() {
        var a = SplitMix64(seed: 3)
        var b = SplitMix64(seed: 3)
        var c = SplitMix64(seed: 4)
        let x = a.normal([4, 5])
        #expect(mismatch(x, b.normal([4, 5]), .bits) == nil)
        #expect(mismatch(x, c.normal([4, 5])) != nil)
        #expect(mismatch(a.normal([4, 5]), x) != nil)
    }

    @Test func normalNumbersHaveTheirMoments() {
        var random = SplitMix64(seed: 1)
        let n = 100_000
        let numbers = (0..<n).map { _ in random.gaussian() }
        let mean = numbers.reduce(0, +) / Double(n)
        let square = numbers.reduce(0) { $0 + $1 * $1 } / Double(n)
        let fourth = numbers.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(n)
        // Five standard errors.
        #expect(abs(mean) < 5 / Double(n).squareRoot())
        #expect(abs(square - 1) < 5 * (2 / Double(n)).squareRoot())
        #expect(abs(fourth - 3) < 5 * (96 / Double(n)).squareRoot())
    }

    @Test func uniformNumbersStayInside() throws {
        var random = SplitMix64(seed: 2)
        let numbers = try random.uniform([1000], in: -2..<3, dtype: .float64).evaluated().scalars(
            as: Double.self)
        #expect(numbers.allSatisfy { (-2..<3).contains($0) })
        #expect(numbers.min()! < -1.9 && numbers.max()! > 2.9)
    }
}
