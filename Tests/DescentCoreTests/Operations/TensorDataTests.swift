import DescentCore
import Testing

@Suite("Tensors from Swift data")
struct TensorDataTests {
    @Test("arrays keep their type")
    func types() {
        #expect(Tensor([1.5] as [Float]).dtype == .float32)
        #expect(Tensor([1.5] as [Double]).dtype == .float64)
        #expect(Tensor([1] as [Int]).dtype == .int64)
        #expect(Tensor([1] as [Int64]).dtype == .int64)
        #expect(Tensor([1] as [UInt32]).dtype == .int64)
        #expect(Tensor([1] as [Int32]).dtype == .int32)
        #expect(Tensor([1] as [Int16]).dtype == .int32)
        #expect(Tensor([1] as [UInt16]).dtype == .int32)
        #expect(Tensor([1] as [Int8]).dtype == .int32)
        #expect(Tensor([1] as [UInt8]).dtype == .int32)
        #expect(Tensor([true] as [Bool]).dtype == .bool)
        #expect(Tensor([1.5] as [Double], dtype: .float32).dtype == .float32)
    }

    @Test("elements arrive in order, whatever the types")
    func elements() {
        let nested: [[[Int8]]] = [[[1, -2], [3, 4]], [[5, 6], [7, -8]]]
        for dtype in [DType.float32, .float64, .int32, .int64] {
            let tensor = Tensor(nested, dtype: dtype)
            #expect(tensor.shape == [2, 2, 2])
            #expect(tensor.scalars(as: Int.self) == [1, -2, 3, 4, 5, 6, 7, -8])
        }
        let doubles: [Double] = [0.1, 1e300, -.infinity]
        #expect(Tensor(doubles).scalars(as: Double.self) == doubles)
        #expect(
            Tensor(doubles, dtype: .float32).scalars(as: Double.self) == [
                Double(Float(0.1)), .infinity, -.infinity,
            ])
        #expect(Tensor([true, false] as [Bool]).scalars(as: Bool.self) == [true, false])
        let large: [Int] = [.max, .min, (1 << 53) + 1]
        #expect(Tensor(large).scalars(as: Int.self) == large)
    }

    @Test("a single number in a Swift variable adapts as a literal does")
    func single() {
        let tenth = 0.1
        #expect(Tensor(tenth).dtype == .float32)
        #expect(Double(Tensor([1] as [Double]) * Tensor(tenth)) == 0.1)
        #expect(Variable(tenth).dtype == .float32)
        #expect(Double(Variable(tenth, dtype: .float64)) == 0.1)
        #expect(Variable(3 as Int).dtype == .float32)
        #expect(Tensor(3 as Int, dtype: .int64).dtype == .int64)
        #expect(Tensor(true).dtype == .bool)
    }

    @Test("a flat array takes a shape")
    func shaped() throws {
        let data: [Float] = [1, 2, 3, 4, 5, 6]
        #expect(Tensor(data, shape: [2, 3])[1, 2].scalars(as: Int.self) == [6])
        #expect(Tensor([1, 2, 3, 4], shape: [2, 2]).dtype == .float32)
        #expect(Tensor([7] as [Double], shape: []).rank == 0)
        #expect(throws: DescentError.self) { try Tensor(data, shape: [4, 2]).evaluated() }
        #expect(
            Tensor(data, shape: [4, 2]).error?.message
                == "[Tensor] there must be as many numbers as the shape has elements. Received: 6 numbers, shape [4, 2]"
        )
        #expect(Tensor(data, shape: [-2, -3]).error != nil)
    }

    @Test("ragged rows are refused")
    func ragged() {
        let rows: [[Double]] = [[1, 2], [3]]
        let line: Int = #line + 1
        let error = Tensor(rows).error
        #expect(
            error?.message == "[Tensor] rows must have equal lengths. Received: rows of shapes [2] and [1]")
        #expect(error?.location?.line == line)
        #expect(Tensor([[1, 2], [3]]).error?.message == error?.message)
        #expect(Tensor([[[1], [2]], [[3]]] as [[[Int]]]).error != nil)
    }

    @Test("no data makes an empty tensor")
    func empty() {
        #expect(Tensor([] as [Double]).shape == [0])
        #expect(Tensor([[], []] as [[Int]]).shape == [2, 0])
        #expect(Tensor([] as [[Float]]).shape == [0, 0])
        let literal: Tensor = []
        #expect(literal.shape == [0])
    }
}
