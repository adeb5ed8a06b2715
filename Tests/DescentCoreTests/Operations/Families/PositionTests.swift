import DescentCore
import DescentTestSupport
import Testing

@Suite("Positions")
struct PositionTests {
    let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Double]])

    @Test func alongAxes() throws {
        #expect(mismatch(takeAlongAxis(x, [[2, 0], [1, 1]]), [[3, 1], [5, 5]]) == nil)
        #expect(mismatch(takeAlongAxis(x, [[1, 0, 1]], axis: 0), [[4, 2, 6]]) == nil)
        #expect(mismatch(takeAlongAxis(x, [[1]], axis: 1), [[2], [5]]) == nil, "an extent of 1 stretches")
        #expect(mismatch(takeAlongAxis(x, argsort(x, descending: true)), sort(x, descending: true)) == nil)
        #expect(takeAlongAxis(x, Tensor.zeros([2, 0], dtype: .int32)).shape == [2, 0])
        let wrong = takeAlongAxis(x, [[3], [0]])
        #expect(throws: DescentError.self) { try wrong.evaluated() }
        #expect(throws: DescentError.self) { try takeAlongAxis(x, [[-1], [0]]).evaluated() }
        #expect(takeAlongAxis(x, [1, 0]).error?.operation == "takeAlongAxis")
        #expect(takeAlongAxis(x, [[0.5], [1]]).error?.rule == "indices are int32 or int64")
    }

    @Test func masks() {
        #expect(mismatch(booleanMask(x, x .> 2.5), [3, 4, 5, 6]) == nil)
        #expect(mismatch(booleanMask(x, Tensor([false, true] as [Bool])), [[4, 5, 6]]) == nil)
        #expect(booleanMask(x, x .> 9).shape == [0])
        #expect(nonZero(x .> 4).scalars(as: Int.self) == [1, 1, 1, 2] && nonZero(x .> 9).shape == [0, 2])
        #expect(booleanMask(x, Tensor([true] as [Bool])).error?.operation == "booleanMask")
        #expect(booleanMask(x, Tensor([1, 2]).reshape(3)).error?.operation == "reshape")
    }

    @Test func writesToRanges() {
        #expect(mismatch(x.at[0].set(9), [[9, 9, 9], [4, 5, 6]]) == nil)
        #expect(mismatch(x.at[.all, -1].set([7, 8]), [[1, 2, 7], [4, 5, 8]]) == nil)
        #expect(mismatch(x.at[1, 1...].add(10), [[1, 2, 3], [4, 15, 16]]) == nil)
        #expect(mismatch(x.at[.all, .range(step: -2)].multiply([10, 100]), [[100, 2, 30], [400, 5, 60]]) == nil)
        #expect(mismatch(x.at[0].min(2), [[1, 2, 2], [4, 5, 6]]) == nil)
        #expect(mismatch(x.at[.ellipsis].max(4), [[4, 4, 4], [4, 5, 6]]) == nil)
        #expect(mismatch(x.at[0..<0].set(9), x) == nil)
        #expect(mismatch(x.at[0, 0].set(-0.0)[0, 0], Tensor([-0.0] as [Double])[0], .bits) == nil)
        #expect(Tensor([true, true] as [Bool]).at[0].set(false).scalars(as: Bool.self) == [false, true])
        #expect(x.at[5].set(1).error?.operation == "subscript")
        #expect(x.at[0].set([1, 2]).error?.operation == "at.set")
        #expect(x.at[0].add([1, 2]).error?.operation == "at.add")
    }

    @Test func writesAtIndices() {
        let y = Tensor([1, 2, 3] as [Double])
        #expect(mismatch(y.at[[2, 0, 2], axis: 0].set([7, 8, 9]), [8, 2, 9]) == nil, "the last one stays")
        #expect(mismatch(y.at[[2, 0, 2], axis: 0].add([7, 8, 9]), [9, 2, 19]) == nil)
        #expect(mismatch(y.at[[2, 0, 2], axis: 0].multiply([7, 8, 9]), [8, 2, 189]) == nil)
        #expect(mismatch(y.at[[2, 0, 2], axis: 0].min([7, -8, 2]), [-8, 2, 2]) == nil)
        #expect(mismatch(y.at[[2, 0, 2], axis: 0].max(numbers(7, .nan, 2)), numbers(.nan, 2, 7)) == nil)
        #expect(mismatch(x.at[[0, 2], axis: 1].set([[7, 8], [9, 0]]), [[7, 2, 8], [9, 5, 0]]) == nil)
        #expect(Tensor([1, 2] as [Int]).at[[1], axis: 0].multiply(5).scalars(as: Int.self) == [1, 10])
        #expect(throws: DescentError.self) { try y.at[[3], axis: 0].set(1).evaluated() }
        #expect(y.at[[0], axis: 1].max(1).error?.operation == "at.max")
        #expect(y.at[[0.5], axis: 0].min(1).error?.operation == "at.min")
    }

    @Test func diagonals() {
        #expect(mismatch(diagonal(x), [1, 5]) == nil && mismatch(diagonal(x, offset: 1), [2, 6]) == nil)
        #expect(mismatch(diagonal(x, offset: -1), [4]) == nil && diagonal(x, offset: 9).shape == [0])
        #expect(diagonal(Tensor.zeros([5, 2, 3])).shape == [5, 2] && diagonal(Tensor.zeros([0, 3])).shape == [0])
        for offset in -2...2 {
            let vector = Tensor([1, 2, 3] as [Double])
            let matrix = diag(vector, offset: offset)
            #expect(matrix.shape == [3 + abs(offset), 3 + abs(offset)])
            #expect(mismatch(diag(matrix, offset: offset), vector) == nil && Double(matrix.sum()) == 6)
        }
        #expect(diag(Tensor.zeros([0]), offset: 2).shape == [2, 2])
        #expect(
            mismatch(tril(x), [[1, 0, 0], [4, 5, 0]]) == nil
                && mismatch(triu(x, offset: 1), [[0, 2, 3], [0, 0, 6]]) == nil)
        #expect(
            mismatch(tril(x, offset: -5), x * 0) == nil
                && mismatch(tril(x * Double.infinity)[0], numbers(.infinity, 0, 0)) == nil)
        #expect(tril(Tensor([1, 2])).error?.operation == "tril" && triu(Tensor(1)).error?.operation == "triu")
        #expect(diagonal(Tensor([1, 2])).error?.operation == "diagonal" && diag(Tensor(1)).error?.operation == "diag")
    }

    @Test func repetitions() {
        let y = Tensor([1, 2, 3] as [Double])
        #expect(mismatch(roll(y, 1), [3, 1, 2]) == nil && mismatch(roll(y, -4), [2, 3, 1]) == nil)
        #expect(mismatch(roll(x, 1), [[6, 1, 2], [3, 4, 5]]) == nil)
        #expect(mismatch(roll(x, 1, axis: 1), [[3, 1, 2], [6, 4, 5]]) == nil)
        #expect(mismatch(tile(y, [2]), [1, 2, 3, 1, 2, 3]) == nil && tile(x, [2, 1, 2]).shape == [2, 2, 6])
        #expect(mismatch(tile(x, [2])[1], [4, 5, 6, 4, 5, 6]) == nil && tile(x, [0, 1]).shape == [0, 3])
        #expect(tile(Tensor.zeros([1, 1, 1, 1, 1, 1, 1, 2]), [1, 3]).shape == [1, 1, 1, 1, 1, 1, 1, 6])
        #expect(mismatch(repeated(y, 2), [1, 1, 2, 2, 3, 3]) == nil && repeated(x, 2).shape == [12])
        #expect(mismatch(repeated(x, 2, axis: 0)[1], [1, 2, 3]) == nil && repeated(x, 0, axis: 0).shape == [0, 3])
        let grid = meshgrid([y, Tensor([5, 6])], indexing: .xy)
        #expect(grid[0].shape == [2, 3] && mismatch(grid[1][1], [6, 6, 6] as Tensor) == nil)
        #expect(roll(x, 1, axis: 2).error?.operation == "roll" && tile(x, [-1]).error?.operation == "tile")
        #expect(repeated(x, -1).error?.operation == "repeated" && meshgrid([x])[0].error?.operation == "meshgrid")
    }

    @Test func borders() {
        let y = Tensor([1, 2, 3] as [Double])
        #expect(mismatch(y.pad([(4, 3)], mode: .reflect), [1, 2, 3, 2, 1, 2, 3, 2, 1, 2]) == nil)
        #expect(mismatch(y.pad([(2, 4)], mode: .symmetric), [2, 1, 1, 2, 3, 3, 2, 1, 1]) == nil)
        #expect(mismatch(y.pad([(2, 4)], mode: .wrap), [2, 3, 1, 2, 3, 1, 2, 3, 1]) == nil)
        #expect(mismatch(y.pad([(2, 1)], mode: .edge), [1, 1, 1, 2, 3, 3]) == nil)
        #expect(mismatch(Tensor([7]).pad([(1, 1)], mode: .reflect), [7, 7, 7]) == nil)
        #expect(y.pad([(1, -1)], mode: .wrap).error?.operation == "pad")
        #expect(Tensor.zeros([0]).pad([(1, 0)], mode: .edge).error?.operation == "pad")
        #expect(mismatch(segmentSum(x, [1, 1], count: 3), [[0, 0, 0], [5, 7, 9], [0, 0, 0]]) == nil)
        #expect(segmentSum(x, [1], count: 3).error?.operation == "segmentSum")
        #expect(throws: DescentError.self) { try segmentSum(x, [1, 3], count: 3).evaluated() }
    }
}
