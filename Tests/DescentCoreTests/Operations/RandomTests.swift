import DescentCore
import DescentTestSupport
import Testing

@Suite("Random numbers")
struct RandomTests {
    @Test("the same seed gives the same numbers, another one others")
    func seeds() {
        let x = Tensor.randomUniform([100], seed: 1)
        #expect(mismatch(x, Tensor.randomUniform([100], seed: 1), .bits) == nil)
        #expect(mismatch(x, Tensor.randomUniform([100], seed: 2)) != nil)
        #expect(mismatch(x, Tensor.randomUniform([200], seed: 1)[..<100], .bits) == nil, "by position alone")
        #expect(mismatch(Tensor.randomPermutation(50, seed: 3), Tensor.randomPermutation(50, seed: 3)) == nil)
    }

    @Test("ranges, moments and types")
    func distributions() {
        for dtype in [DType.float32, .float64] {
            let uniform = Tensor.randomUniform([100_000], in: -2..<6, seed: 5, dtype: dtype)
            #expect(uniform.dtype == dtype)
            #expect(Bool(uniform.min() .>= -2) && Bool(uniform.max() .< 6))
            #expect(abs(Double(uniform.mean()) - 2) < 0.05)
            let normal = Tensor.randomNormal([100_000], mean: 3, standardDeviation: 2, seed: 6, dtype: dtype)
            #expect(abs(Double(normal.mean()) - 3) < 0.05)
            #expect(abs(Double(((normal - 3) ** 2).mean()) - 4) < 0.1)
        }
        #expect(
            Tensor.randomNormal([2], seed: 1, dtype: .int32).error?.rule
                == "random numbers are float32 or float64")
    }

    @Test("a permutation holds every number once, and the first is anyone")
    func permutations() {
        #expect(Tensor.randomPermutation(100, seed: 1).scalars(as: Int.self).sorted() == Array(0..<100))
        let first = (0..<600).map { Int(Tensor.randomPermutation(3, seed: $0)[0]) }
        for value in 0..<3 { #expect((150..<250).contains(first.filter { $0 == value }.count)) }
        #expect(Tensor.randomPermutation(0, seed: 1).shape == [0])
        #expect(Tensor.randomPermutation(-1, seed: 1).error != nil)
    }
}
