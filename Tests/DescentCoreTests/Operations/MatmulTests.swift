import DescentCore
import DescentTestSupport
import Testing

@Suite("Matrix products")
struct MatmulTests {
    @Test("shapes and values against three loops")
    func byHand() throws {
        let shapes: [(Shape, Shape)] = [
            ([2, 3], [3, 4]), ([3], [3, 4]), ([2, 3], [3]), ([3], [3]), ([5, 2, 3], [3, 4]),
            ([5, 2, 3], [5, 3, 4]),
            ([5, 1, 2, 3], [6, 3, 4]), ([2, 3], [5, 3, 1]), ([3], [5, 3, 2]), ([5, 2, 3], [3]),
            ([1, 1], [1, 1]),
            ([2, 0], [0, 3]), ([0, 3], [3, 2]), ([4, 0, 3], [3, 2]),
        ]
        for (left, right) in shapes {
            let a = Tensor.randomNormal(left, seed: 1, dtype: .float64)
            let b = Tensor.randomNormal(right, seed: 2, dtype: .float64)
            // The same by broadcasting and summing.
            let rows = left.rank == 1 ? a.expandDims(0) : a
            let columns = right.rank == 1 ? b.expandDims(1) : b
            var want = (rows.expandDims(-1) * columns.expandDims(-3)).sum(axes: -2)
            if left.rank == 1 { want = want.squeeze(axes: [right.rank == 1 ? -2 : want.rank - 2]) }
            if right.rank == 1 { want = want.squeeze(axes: [-1]) }
            #expect(
                mismatch(matmul(a, b), want, .within(relative: 1e-13, absolute: 1e-13)) == nil,
                "\(left) \(right)")
        }
    }

    @Test("transposed operands, integers, variables")
    func forms() {
        let a: Tensor = [[1, 2], [3, 4]]
        #expect(a.transposed().matmul(a).scalars(as: Int.self) == [10, 14, 14, 20])
        #expect(matmul(a.cast(to: .int64), [1, 1]).scalars(as: Int.self) == [3, 7])
        #expect(matmul(Variable([[1, 2]]), Variable([[3], [4]])).scalars(as: Int.self) == [11])
        #expect(matmul(a, Tensor([1, 1] as [Double])).dtype == .float64)
    }

    @Test("what does not fit is refused")
    func refused() {
        let (a, b) = (Tensor.zeros([2, 3]), Tensor.zeros([4, 5]))
        #expect(
            matmul(a, b).error?.description.hasPrefix(
                "[matmul] inner dimensions must agree. Received: lhs [2, 3], rhs [4, 5] (") == true)
        #expect(matmul(a, b).error?.location?.line == #line)
        #expect(matmul(a, 2).error?.rule == "operands have at least one axis")
        #expect(
            matmul(Tensor.zeros([2, 1, 3]), Tensor.zeros([3, 3, 1])).error?.rule
                == "stacks of matrices must broadcast")
    }
}
