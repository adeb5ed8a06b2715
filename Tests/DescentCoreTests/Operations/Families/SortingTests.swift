import DescentCore
import DescentTestSupport
import Testing

@Suite("Sorting and searching")
struct SortingTests {
    let x = Tensor([[3, 1, 2], [-1, 5, -1]] as [[Double]])

    @Test func sorts() {
        #expect(mismatch(sort(x), [[1, 2, 3], [-1, -1, 5]]) == nil)
        #expect(mismatch(sort(x, axis: 0), [[-1, 1, -1], [3, 5, 2]]) == nil)
        #expect(mismatch(sort(x, descending: true), [[3, 2, 1], [5, -1, -1]]) == nil)
        #expect(argsort(x).scalars(as: Int.self) == [1, 2, 0, 0, 2, 1], "equals keep their order")
        #expect(argsort(x, descending: true).scalars(as: Int.self) == [0, 2, 1, 1, 0, 2])
        let y = Tensor([.nan, 1, -.infinity, .infinity, .nan] as [Double])
        #expect(mismatch(sort(y), numbers(-.infinity, 1, .infinity, .nan, .nan)) == nil)
        #expect(argsort(y).scalars(as: Int.self) == [2, 1, 3, 0, 4])
        #expect(sort(Tensor([3, -1, 2] as [Int32])).scalars(as: Int.self) == [-1, 2, 3])
        #expect(sort(Tensor([true, false] as [Bool])).scalars(as: Bool.self) == [false, true])
        #expect(mismatch(sort(x.transposed(), axis: 0), sort(x).transposed()) == nil)
        #expect(sort(Tensor.zeros([2, 0])).scalars(as: Float.self).isEmpty)
        #expect(sort(x, axis: 2).error?.operation == "sort" && argsort(Tensor(1)).error?.operation == "argsort")
    }

    @Test func best() {
        let (values, indices) = topK(x, 2)
        #expect(mismatch(values, [[3, 2], [5, -1]]) == nil && indices.scalars(as: Int.self) == [0, 2, 1, 0])
        let low = topK(x, 1, axis: 0, largest: false)
        #expect(mismatch(low.values, [[-1, 1, -1]]) == nil && low.indices.scalars(as: Int.self) == [1, 0, 1])
        #expect(topK(x, 0).values.shape == [2, 0])
        let line: Int = #line + 1
        let error = topK(x, 4).values.error
        #expect(error?.message == "[topK] there must be at least k elements. Received: k 4, axis -1, shape [2, 3]")
        #expect(error?.location?.line == line && topK(x, -1).indices.error != nil)
    }

    @Test func searches() {
        var random = SplitMix64(seed: 4)
        for extent in [1, 2, 3, 7, 8, 100] {
            let sorted = sort(random.integers([extent], in: 0..<20, dtype: .float64))
            let values = random.integers([30], in: -1..<22, dtype: .float64)
            let numbers = sorted.scalars(as: Double.self)
            let left = searchSorted(sorted, values).scalars(as: Int.self)
            let right = searchSorted(sorted, values, side: .right).scalars(as: Int.self)
            for (index, value) in values.scalars(as: Double.self).enumerated() {
                #expect(left[index] == numbers.filter { $0 < value }.count)
                #expect(right[index] == numbers.filter { $0 <= value }.count)
            }
        }
        let rows = Tensor([[1, 3, 5], [2, 4, .nan]] as [[Double]])
        #expect(searchSorted(rows, numbers(4, 0, 4, .nan).reshape(2, 2)).scalars(as: Int.self) == [2, 0, 1, 2])
        #expect(
            searchSorted(rows, numbers(4, 0, 4, .nan).reshape(2, 2), side: .right).scalars(as: Int.self) == [
                2, 0, 2, 3,
            ])
        #expect(searchSorted(Tensor.zeros([0]), [1, 2]).scalars(as: Int.self) == [0, 0])
        #expect(searchSorted(Tensor([1, 2] as [Int]), 2).scalars(as: Int.self) == [1])
        #expect(searchSorted(rows, [1, 2]).error?.operation == "searchSorted")
    }

    @Test func withoutRepetitions() {
        let found = unique(Tensor([[3, 1], [.nan, 3], [.nan, 0]] as [[Double]]))
        #expect(mismatch(found.values, numbers(0, 1, 3, .nan)) == nil)
        #expect(found.inverse.scalars(as: Int.self) == [2, 1, 3, 2, 3, 0] && found.inverse.shape == [3, 2])
        #expect(found.counts.scalars(as: Int.self) == [1, 1, 2, 2])
        #expect(unique(Tensor([true, true] as [Bool])).values.scalars(as: Bool.self) == [true])
        #expect(unique(Tensor(4)).inverse.shape == [] && unique(Tensor.zeros([0, 2])).values.count == 0)
        #expect(unique(Tensor([1, 2]).reshape(3)).values.error?.operation == "reshape")
    }
}
