import DescentCore
import DescentTestSupport
import Testing

@Suite("Interpolation")
struct InterpolationTests {
    let xp = Tensor([0, 1, 3, 3.5] as [Double])
    let fp = Tensor([5, -1, 7, 0] as [Double])

    @Test("at points, between them, outside")
    func values() throws {
        let x = Tensor([-1, 0, 0.25, 1, 2, 3, 3.25, 3.5, 9] as [Double])
        #expect(interp(x, xp, fp).scalars(as: Double.self) == [5, 5, 3.5, -1, 3, 7, 3.5, 0, 0])
        let bounded = interp(x, xp, fp, left: Tensor(-100), right: Tensor(100)).scalars(as: Double.self)
        #expect(bounded.first == -100 && bounded.last == 100 && bounded[1] == 5 && bounded[7] == 0)
        #expect(interp(Tensor([[0, 1], [2, 3]]), [0, 10], [0, 1]).shape == [2, 2])
        #expect(interp(Tensor(0.5), [0, 1], [2, 4]).scalars(as: Double.self) == [3])
        #expect(interp(Tensor([-1, 2, 7]), [2], [9]).scalars(as: Double.self) == [9, 9, 9])
        #expect(interp(Tensor([Double.nan] as [Double]), xp, fp).scalars(as: Double.self)[0].isNaN)
        // Points themselves are met to the last bit.
        var random = SplitMix64(seed: 1)
        let points = cumulative((0..<50).map { _ in random.unit() + 0.01 })
        let heights = random.normal([50])
        #expect(
            mismatch(interp(Tensor(points).cast(to: .float32), Tensor(points).cast(to: .float32), heights), heights)
                == nil)
    }

    private func cumulative(_ steps: [Double]) -> [Double] {
        var sum = 0.0
        return steps.map {
            sum += $0
            return sum
        }
    }

    @Test("first and second derivatives with respect to everything")
    func derivatives() throws {
        let x = Tensor([-1, 0.25, 0.6, 2, 3.25, 9] as [Double])
        for order in 1...2 {
            let report = try checkGradient(of: { interp($0[0], $0[1], $0[2]) }, at: [x, xp, fp], order: order)
            #expect(report.failure == nil)
        }
    }

    @Test("refused at once")
    func refused() {
        for poison in [interp(xp, [], []), interp(xp, [1, 2], [1, 2, 3]), interp(xp, [[1, 2]], [[1, 2]])] {
            #expect(poison.error?.operation == "interp" && poison.error?.location != nil)
        }
    }
}
