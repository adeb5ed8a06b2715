import DescentCore
import DescentTestSupport
import Testing

@Suite("Slicing")
struct SlicingTests {
    let x = Tensor.arange(24).reshape(2, 3, 4)

    @Test("positions, ranges and names")
    func forms() {
        #expect(x[1].shape == [3, 4] && x[-1, 0].scalars(as: Int.self) == [12, 13, 14, 15])
        #expect(x[1, 2, 3].scalars(as: Int.self) == [23])
        #expect(x[0, 1..<3, 0].scalars(as: Int.self) == [4, 8])
        #expect(x[0, 0, 1...2].scalars(as: Int.self) == [1, 2])
        #expect(x[0, 0, 2...].scalars(as: Int.self) == [2, 3])
        #expect(x[0, 0, ..<2].scalars(as: Int.self) == [0, 1])
        #expect(x[0, 0, ...(-2)].scalars(as: Int.self) == [0, 1, 2])
        #expect(x[0, 0, (-2)...].scalars(as: Int.self) == [2, 3])
        #expect(x[.all, 0, 0].scalars(as: Int.self) == [0, 12])
        #expect(x[.ellipsis, 0].shape == [2, 3] && x[0, .ellipsis].shape == [3, 4])
        #expect(x[.newAxis, 0, .newAxis].shape == [1, 1, 3, 4])
        #expect(x[0, 0, .range(step: -1)].scalars(as: Int.self) == [3, 2, 1, 0])
        #expect(x[0, 0, .range(from: 3, to: 0, step: -2)].scalars(as: Int.self) == [3, 1])
        #expect(x[0, 0, (0...).step(3)].scalars(as: Int.self) == [0, 3])
        #expect(x[0, 0, (0..<4).step(2)].scalars(as: Int.self) == [0, 2])
        #expect(x[0, 0, 1..<1].shape == [0])
        #expect(Variable([1, 2, 3])[1...].scalars(as: Int.self) == [2, 3])
    }

    @Test("every start, stop and step equals picking by hand")
    func byHand() {
        let extent = 5
        let row = Tensor.arange(extent).reshape(1, extent)
        for step in [-3, -2, -1, 1, 2, 3] {
            for start in 0..<extent {
                for stop in (step > 0 ? start : -1)...(step > 0 ? extent : start) {
                    // −1 as a bound counts from the back; going back to the front is an open bound.
                    let slice: Slice = .range(from: start, to: stop < 0 ? nil : stop, step: step)
                    let want = Array(stride(from: start, to: stop, by: step))
                    #expect(row[0, slice].scalars(as: Int.self) == want)
                }
            }
        }
    }

    @Test("the gradient goes back to where the elements were", arguments: [-3, -2, -1, 1, 2, 3])
    func gradients(step: Int) throws {
        let v = Variable(Tensor.arange(14).reshape(2, 7))
        let weights = Tensor.arange(1, 15)
        let (_, gradients) = try valueAndGradient([v]) { () -> Tensor in
            let part = v[.all, .range(step: step)]
            return (part * weights[..<part.count].reshape(part.shape)).sum()
        }
        var want = [Int](repeating: 0, count: 14)
        let positions = Array(stride(from: step > 0 ? 0 : 6, to: step > 0 ? 7 : -1, by: step))
        for (index, (row, position)) in [0, 1].flatMap({ row in positions.map { (row, $0) } }).enumerated() {
            want[row * 7 + position] = index + 1
        }
        #expect(gradients[0]?.scalars(as: Int.self) == want)
    }

    @Test("what leaves the axis is refused")
    func refused() {
        let rule = "positions must lie on the axis, in the direction of the step"
        #expect(x[2].error?.message == "[subscript] \(rule). Received: 2 on axis 0 of shape [2, 3, 4]")
        #expect(
            x[0, 0..<4].error?.message == "[subscript] \(rule). Received: 0..<4 on axis 1 of shape [2, 3, 4]")
        for refused in [
            x[-3], x[0, 1...3], x[0, 4...], x[0, 0, .range(step: 0)], x[0, 0, .range(from: 2, to: 1)],
        ] {
            #expect(refused.error?.rule == rule)
        }
        #expect(x[0, 0, 0, 0].error?.rule == "a tensor takes one index for each axis, and one ellipsis")
        #expect(x[.ellipsis, .ellipsis].error != nil)
        #expect(x[9].error?.location?.line == #line)
    }

    @Test("flip")
    func flip() {
        #expect(DescentCore.flip(Tensor([1, 2, 3])).scalars(as: Int.self) == [3, 2, 1])
        #expect(x.flip(axes: [0, 2])[0, 0].scalars(as: Int.self) == [15, 14, 13, 12])
        #expect(x.flip(axes: [3]).error?.operation == "flip")
        #expect(Tensor.zeros([0]).flip().shape == [0])
    }
}
