import DescentCore
import DescentData
import DescentTestSupport
import Testing

@Suite("rows of a tensor")
struct RowsTests {
    @Test("every type and many widths, with repeated rows, as gather gives them", arguments: DType.allCases)
    func asGather(dtype: DType) throws {
        var random = SplitMix64(seed: 1)
        for width in [1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 64, 65, 200] {
            let x = random.integers([11, width], in: 0..<100, dtype: dtype)
            let indices = (0..<17).map { _ in Int.random(in: 0..<11, using: &random) }
            let got = try x.rows(at: indices)
            #expect(mismatch(got, x.gather(Tensor(indices)), .bits) == nil, "width \(width)")
            #expect(mismatch(try x.rows(3..<9), x.gather(Tensor([3, 4, 5, 6, 7, 8])), .bits) == nil, "width \(width)")
        }
    }

    @Test("shapes: one axis, four axes, no rows, no elements")
    func shapes() throws {
        #expect(try numbers(Tensor([1, 2, 3]).rows(at: [2, 2, 0])) == [3, 3, 1])
        let x = Tensor.arange(3 * 2 * 5 * 4).reshape(3, 2, 5, 4)
        #expect(try x.rows(at: [1]).shape == [1, 2, 5, 4])
        #expect(try numbers(x.rows(at: [1])).first == 40)
        #expect(try x.rows(at: []).shape == [0, 2, 5, 4])
        #expect(try x.rows(3..<3).shape == [0, 2, 5, 4])
        #expect(try Tensor.zeros([4, 0]).rows(at: [3, 1]).shape == [2, 0])
        #expect(try numbers(Tensor.full([1], 7).rows(at: [0, 0])) == [7, 7])
        #expect(try numbers(Tensor.ones([5, 3]).rows(1..<3)) == [1, 1, 1, 1, 1, 1])
    }

    @Test("expressions are computed, literals keep their type, and copies stay as they are")
    func eager() throws {
        let x: Tensor = [[1, 2], [3, 4]]
        #expect(try (x * 2).rows(at: [1]).dtype == .float32)
        #expect(try numbers((x * 2).rows(at: [1])) == [6, 8])
        let w = Variable([[1, 2], [3, 4]])
        let row = try w.tensor.rows(0..<1)
        for _ in 0..<3 { w.assign(w * 2) }
        #expect(try numbers(row) == [1, 2])
    }

    @Test("rows that are not there")
    func refusals() {
        let x: Tensor = [[1, 2], [3, 4]]
        expectRefusal("rows", "0..<2", "row 2", "[2, 2]") { try x.rows(at: [0, 2]) }
        expectRefusal("row -1") { try x.rows(at: [-1]) }
        expectRefusal("row \(Int.min)") { try x.rows(at: [Int.min]) }
        expectRefusal("rows 1..<3") { try x.rows(1..<3) }
        expectRefusal("rows -1..<1") { try x.rows(-1..<1) }
        expectRefusal("axis of rows", "[]") { try Tensor(1).rows(at: []) }
        expectRefusal("matmul") { try matmul(x, Tensor([1, 2, 3])).rows(at: [0]) }
    }
}
