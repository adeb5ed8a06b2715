import DescentCore
import DescentTestSupport
import Testing

struct MismatchTests {
    let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])

    @Test func equalTensorsMatch() {
        #expect(mismatch(x, x) == nil)
        #expect(mismatch(x, x, .bits) == nil)
    }

    @Test func shapesAreComparedFirst() throws {
        let found = try #require(mismatch(x, Tensor([9, 9] as [Float], shape: [2])))
        #expect(found.description == "shapes differ: got [2, 3], want [2]")
        #expect(found.position == nil)
    }

    @Test func typesAreCompared() throws {
        let found = try #require(mismatch(x, x.cast(to: .float64)))
        #expect(found.description == "types differ: got float32, want float64")
    }

    @Test func thePositionIsReported() throws {
        let other = Tensor([1, 2, 3, 4, 5.5, 8] as [Float], shape: [2, 3])
        let found = try #require(mismatch(x, other))
        #expect(found.position == [1, 1])
        #expect(found.description.contains("2 of 6 elements differ; first at [1, 1]: got 5.0, want 5.5"))
        #expect(found.description.contains("furthest at [1, 2]: got 6.0, want 8.0"))
    }

    @Test func tolerancesAreLimits() {
        let other = Tensor([1, 2, 3, 4, 5, 6.5] as [Float], shape: [2, 3])
        #expect(mismatch(x, other, .within(absolute: 0.5)) == nil)
        #expect(mismatch(x, other, .within(absolute: 0.49)) != nil)
        #expect(mismatch(x, other, .within(relative: 0.08)) == nil)
        #expect(mismatch(x, other, .within(relative: 0.07)) != nil)
    }

    @Test func ulpsCount() {
        let one = Tensor([1] as [Float])
        let next = Tensor([Float(1).nextUp.nextUp])
        #expect(mismatch(one, next, .ulps(2)) == nil)
        #expect(mismatch(one, next, .ulps(1)) != nil)
    }

    @Test func nanAndInfinityMatchThemselvesAlone() {
        let odd = Tensor([.nan, .infinity, -.infinity] as [Double])
        #expect(mismatch(odd, odd, .within(absolute: 1)) == nil)
        #expect(
            mismatch(odd, Tensor([.nan, -.infinity, -.infinity] as [Double]), .within(relative: 1)) != nil)
        #expect(mismatch(odd, Tensor([0, .infinity, -.infinity] as [Double]), .within(absolute: 1)) != nil)
        #expect(mismatch(Tensor([1e300]), Tensor([Double.infinity]), .within(relative: 1)) != nil)
    }

    @Test func bitsSeeTheSignOfZero() {
        #expect(mismatch(Tensor([0] as [Float]), Tensor([-0.0] as [Float])) == nil)
        #expect(mismatch(Tensor([0] as [Float]), Tensor([-0.0] as [Float]), .bits) != nil)
    }

    @Test func anErrorIsAMismatch() throws {
        let found = try #require(mismatch(x + Tensor([1, 2] as [Float], shape: [2]), x))
        #expect(found.description.hasPrefix("cannot be computed: ["))
    }
}
