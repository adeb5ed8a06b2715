import DescentCore
import Testing

@Suite("Creation")
struct CreationTests {
    @Test("constants")
    func constants() {
        #expect(Tensor.zeros([2, 3]).scalars(as: Float.self) == [Float](repeating: 0, count: 6))
        #expect(Tensor.ones([2], dtype: .int64).scalars(as: Int.self) == [1, 1])
        #expect(Tensor.ones([2], dtype: .bool).scalars(as: Bool.self) == [true, true])
        #expect(Tensor.full([2], 0.1, dtype: .float64).scalars(as: Double.self) == [0.1, 0.1])
        #expect(Tensor.full([], 7).shape == [])
        let x = Tensor([1, 2] as [Double])
        #expect(Tensor.zerosLike(x).dtype == .float64 && Tensor.zerosLike(x).shape == [2])
        #expect(Tensor.onesLike(Variable([1, 2]), dtype: .int32).dtype == .int32)
    }

    @Test("sequences")
    func sequences() {
        #expect(Tensor.arange(4).scalars(as: Int.self) == [0, 1, 2, 3])
        #expect(Tensor.arange(4, dtype: .int64).dtype == .int64)
        #expect(Tensor.arange(5, 0, step: -2).scalars(as: Int.self) == [5, 3, 1])
        #expect(Tensor.arange(1, 2, step: 0.25).scalars(as: Double.self) == [1, 1.25, 1.5, 1.75])
        #expect(Tensor.arange(3, 3).shape == [0] && Tensor.arange(3, 0).shape == [0])
        #expect(Tensor.linspace(0, 1, count: 5).scalars(as: Double.self) == [0, 0.25, 0.5, 0.75, 1])
        #expect(Tensor.linspace(2, 9, count: 1).scalars(as: Double.self) == [2])
        #expect(Tensor.linspace(2, 9, count: 0).shape == [0])
        let ends = Tensor.linspace(0.1, 0.7, count: 100, dtype: .float64).scalars(as: Double.self)
        #expect(ends.first == 0.1 && ends.last == 0.7)
        #expect(Tensor.eye(2, columns: 3).scalars(as: Int.self) == [1, 0, 0, 0, 1, 0])
    }

    @Test("impossible requests are refused")
    func refused() {
        #expect(Tensor.zeros([2, -1]).error?.rule == "extents must not be negative")
        #expect(Tensor.ones([1, 1, 1, 1, 1, 1, 1, 1, 1]).error?.rule == "a tensor has at most 8 axes")
        #expect(Tensor.zeros([1 << 40, 1 << 40]).error?.rule == "a tensor must fit in memory")
        #expect(Tensor.arange(0, 1, step: 0).error?.operation == "arange")
        #expect(Tensor.arange(0, .nan).error?.operation == "arange")
        #expect(Tensor.linspace(0, 1, count: -1).error?.location?.line == #line)
        #expect(Tensor.eye(-1).error != nil)
    }
}
