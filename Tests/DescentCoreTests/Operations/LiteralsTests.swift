import DescentCore
import Testing

@Suite("Literals")
struct LiteralsTests {
    @Test("numbers and nested arrays are float32 by themselves")
    func alone() {
        let number: Tensor = 3
        let matrix: Tensor = [[1, 2], [3, 4]]
        let truths: Tensor = [true, false]
        #expect(number.dtype == .float32 && matrix.dtype == .float32 && truths.dtype == .bool)
        #expect(matrix.shape == [2, 2])
        #expect(Tensor([1, 2, 3]).dtype == .float32)
        #expect(Variable([[1, 2], [3, 4]]).dtype == .float32)
        #expect(Variable(10.0).shape == [])
        #expect(matrix.scalars(as: Int.self) == [1, 2, 3, 4])
        #expect(([1, 2.5] as Tensor).scalars(as: Double.self) == [1, 2.5])
        #expect(([[1, 2], [0.5, 4]] as Tensor).scalars(as: Double.self) == [1, 2, 0.5, 4])
    }

    @Test("they take the type of the tensor they meet, in full precision")
    func adapt() {
        let doubles = Tensor([1, 2] as [Double])
        #expect((doubles * 0.1).scalars(as: Double.self) == [0.1, 0.2])
        #expect((doubles * [0.1, 0.1]).scalars(as: Double.self) == [0.1, 0.2])
        #expect((0.1 + doubles).dtype == .float64)
        #expect(Variable([0.1], dtype: .float64).value.scalars(as: Double.self) == [0.1])
        #expect(Tensor([0.1], dtype: .float64).scalars(as: Double.self) == [0.1])
        let integers = Tensor([1, 2] as [Int32])
        #expect((integers * 3).dtype == .int32)
        #expect((integers * [3, 4]).dtype == .int32)
        #expect((integers * 0.5).dtype == .float32)
        #expect((integers * [0.5, 1]).dtype == .float32)
        #expect((Tensor([true] as [Bool]) + 1).dtype == .int32)
    }

    @Test("two of them compute in double precision before they meet a tensor")
    func together() {
        let doubles = Tensor([1] as [Double])
        let third: Tensor = 1 / 3
        #expect(Double(doubles * third) == 1.0 / 3)
        #expect(Double(doubles * (1 / 3)) == 1.0 / 3)
        #expect(Double(1 / 3 * doubles) == 1.0 / 3)
        #expect(Double(-0.1 * doubles) == -0.1)
    }

    @Test("whole numbers divide into fractions, wherever they stand")
    func fractions() {
        let x = Tensor([4])
        let v = Variable([4])
        #expect(Float(x ** (1 / 2)) == 2)
        #expect(Float(v ** (1 / 2)) == 2)
        #expect(Float(1 / 2 * x * x) == 8)
        #expect(Float((1 / 2) * v) == 2)
        #expect(Float(v - 1 / 2) == 3.5)
        #expect(Float(exp(0 * x) * (1 / 2)) == 0.5)
        #expect(Float(x * v ** (1 / 2) / (1 / 2)) == 16)
        #expect(Bool((v * 0 + 0.5) .== 1 / 2))
        var sum = x
        sum += 1 / 2
        #expect(Float(sum) == 4.5)
    }

    @Test("a number that the tensor's type cannot hold is refused")
    func misfit() {
        let integers = Tensor([1] as [Int32])
        #expect((integers + 5_000_000_000).error?.operation == "literal")
        #expect((integers + [5_000_000_000]).error?.operation == "literal")
    }

    @Test("array literals may hold expressions")
    func expressions() throws {
        let w = Variable(3)
        let row: Tensor = [w.value * 2, 1, Tensor([5] as [Double]).sum()]
        #expect(row.dtype == .float64)
        #expect(row.scalars(as: Double.self) == [6, 1, 5])
        let (_, gradients) = try valueAndGradient([w]) { ([w * w, w * 1, 7] as Tensor).sum() }
        #expect(gradients[0].map { Float($0) } == 7)
    }
}
