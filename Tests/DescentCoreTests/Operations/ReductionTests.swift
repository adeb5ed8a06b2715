import DescentCore
import Testing

@Suite("Reductions")
struct ReductionTests {
    let x: Tensor = [[1, 5, 3], [4, 2, 6]]

    @Test("over all axes, some, and none")
    func axes() {
        #expect(Float(x.sum()) == 21 && Float(sum(x)) == 21)
        #expect(x.sum(axes: 0).scalars(as: Int.self) == [5, 7, 9])
        #expect(x.sum(axes: -1).scalars(as: Int.self) == [9, 12])
        #expect(x.sum(axes: 0, 1).shape == [] && x.sum(axes: [1, 0], keepDims: true).shape == [1, 1])
        #expect(x.sum(keepDims: true).shape == [1, 1])
        #expect(x.sum(axes: []).scalars(as: Int.self) == [1, 5, 3, 4, 2, 6])
        #expect(x.mean(axes: 1).scalars(as: Float.self) == [3, 4])
        #expect(x.prod(axes: 0).scalars(as: Int.self) == [4, 10, 18])
        #expect(x.max(axes: 1, keepDims: true).scalars(as: Int.self) == [5, 6])
        #expect(min(x, axes: [0]).scalars(as: Int.self) == [1, 2, 3])
        #expect(max(x).scalars(as: Int.self) == [6] && min(x).scalars(as: Int.self) == [1])
        #expect(Float(mean(Variable(3))) == 3)
    }

    @Test("every choice of axes equals the sum by hand")
    func byHand() {
        let y = Tensor.arange(24, dtype: .int64).reshape(2, 3, 4)
        let numbers = y.scalars(as: Int.self)
        for mask in 0..<8 {
            let axes = (0..<3).filter { mask >> $0 & 1 == 1 }
            var want: [[Int]: Int] = [:]
            for i in 0..<2 {
                for j in 0..<3 {
                    for k in 0..<4 {
                        let key = [i, j, k].enumerated().map { axes.contains($0.offset) ? 0 : $0.element }
                        want[key, default: 0] += numbers[i * 12 + j * 4 + k]
                    }
                }
            }
            let sorted = want.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { want[$0]! }
            #expect(y.sum(axes: axes).scalars(as: Int.self) == sorted)
        }
    }

    @Test("types")
    func types() {
        let truths: Tensor = [true, true, false]
        #expect(truths.sum().dtype == .int64 && Int(truths.sum()) == 2)
        #expect(Tensor([1, 2] as [Int32]).sum().dtype == .int32)
        #expect(Tensor([1, 2] as [Int32]).mean().dtype == .float32)
        #expect(Float(Tensor([1, 2] as [Int32]).mean()) == 1.5)
        #expect(Tensor([1, 2] as [Double]).mean().dtype == .float64)
        #expect(Bool(truths.any()) && !Bool(truths.all()) && Bool(all(x .> 0)) && !Bool(any(x .> 6)))
        #expect(truths.max().dtype == .bool)
    }

    @Test("positions of extremes: the first of equals")
    func positions() {
        let y: Tensor = [[1, 5, 5], [7, 0, 7]]
        #expect(y.argmax(axis: 1).scalars(as: Int.self) == [1, 0])
        #expect(argmin(y, axis: -1).scalars(as: Int.self) == [0, 1])
        #expect(y.argmax(axis: 0, keepDims: true).shape == [1, 3])
        #expect(y.argmax().dtype == .int64)
        #expect(Int(Tensor([1, .nan, 9] as [Double]).argmax()) == 1)
        #expect(Int(Tensor([true, false] as [Bool]).argmin()) == 1)
    }

    @Test("of nothing")
    func empty() throws {
        let nothing = Tensor.zeros([0, 3])
        #expect(Float(nothing.sum()) == 0 && Float(nothing.prod()) == 1)
        #expect(nothing.sum(axes: 0).scalars(as: Int.self) == [0, 0, 0])
        #expect(Float(nothing.mean()).isNaN)
        #expect(!Bool(nothing.any()) && Bool(nothing.all()))
        #expect(nothing.max(axes: 1).shape == [0])
        #expect(try nothing.max(axes: 1).evaluated().shape == [0])
        #expect(
            nothing.max().error?.message
                == "[max] of no elements there is no extreme. Received: shape [0, 3], axes [0, 1]")
        #expect(nothing.argmin(axis: 0).error?.operation == "argmin")
    }

    @Test("NaN goes through")
    func nan() {
        let y = Tensor([1, .nan, 3] as [Double])
        for value in [y.sum(), y.mean(), y.prod(), y.max(), y.min()] { #expect(Double(value).isNaN) }
    }

    @Test("bad axes are refused")
    func refused() {
        #expect(
            x.sum(axes: 2).error?.message
                == "[sum] axes lie in -2..<2 for rank 2. Received: axis 2, shape [2, 3]")
        #expect(
            x.mean(axes: 1, -1).error?.message
                == "[mean] an axis may be named once only. Received: axes [1, -1], shape [2, 3]")
        #expect(x.all(axes: -3).error?.operation == "all")
        #expect(x.prod(axes: 5).error?.location?.line == #line)
        #expect(argmax(x, axis: 2).error?.operation == "argmax")
    }
}
