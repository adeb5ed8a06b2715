import DescentCore
import Testing

@Suite("Gather and scatter")
struct IndexingTests {
    let x = Tensor.arange(12).reshape(3, 4)

    @Test("gather along any axis, by indices of any shape")
    func gather() {
        #expect(x.gather([2, 0]).scalars(as: Int.self) == [8, 9, 10, 11, 0, 1, 2, 3])
        #expect(x.gather([3, 3], axis: 1).scalars(as: Int.self) == [3, 3, 7, 7, 11, 11])
        #expect(x.gather([[0, 1], [2, 0]], axis: -1).shape == [3, 2, 2])
        #expect(x.gather(1).scalars(as: Int.self) == [4, 5, 6, 7])
        #expect(x.gather(Tensor([1] as [Int32])).shape == [1, 4])
        #expect(x.gather(Tensor([] as [Int])).shape == [0, 4])
        #expect(Tensor([true, false] as [Bool]).gather([1, 0]).scalars(as: Bool.self) == [false, true])
    }

    @Test("scatterAdd adds repeated indices up")
    func scatter() {
        #expect(Tensor.zeros([3]).scatterAdd([2, 0, 2], [1, 2, 3]).scalars(as: Int.self) == [2, 0, 4])
        #expect(Tensor.ones([2, 2]).scatterAdd([1], [[5, 6]], axis: 1).error != nil)
        #expect(
            Tensor.ones([2, 2]).scatterAdd([1], [[5], [6]], axis: 1).scalars(as: Int.self) == [1, 6, 1, 7])
        #expect(Tensor.zeros([3]).scatterAdd([0, 1], 5).scalars(as: Int.self) == [5, 5, 0])
        #expect(
            Tensor.zeros([2], dtype: .int32).scatterAdd([0, 0], [1, 2]).scalars(as: Int.self) == [3, 0])
    }

    @Test("indices are checked when the expression runs")
    func refused() {
        for bad in [3, -1] {
            let line: Int = #line + 1
            let gathered = x.gather(Tensor([0, bad] as [Int]))
            let error = #expect(throws: DescentError.self) { try gathered.evaluated() }
            #expect(error?.operation == "gather" && error?.location?.line == line)
            #expect(throws: DescentError.self) {
                try Tensor.zeros([3]).scatterAdd(Tensor([bad] as [Int]), [1]).evaluated()
            }
        }
        #expect(
            x.gather([0.5]).error?.message
                == "[gather] indices are int32 or int64. Received: indices of float32")
        #expect(x.gather([0], axis: 2).error?.operation == "gather")
        #expect(Tensor(1).gather([0]).error != nil)
    }

    @Test("oneHot")
    func oneHot() {
        let rows = Tensor([1, 0, 5] as [Int32]).oneHot(depth: 2)
        #expect(rows.shape == [3, 2] && rows.dtype == .float32)
        #expect(rows.scalars(as: Int.self) == [0, 1, 1, 0, 0, 0])
        #expect(DescentCore.oneHot([0], depth: 1, dtype: .bool).dtype == .bool)
        #expect(DescentCore.oneHot([0.5], depth: 1).error?.operation == "oneHot")
        #expect(Tensor([1] as [Int]).oneHot(depth: -1).error != nil)
    }
}
