import DescentCore
import Testing

@Suite("Comparison, logic and choice")
struct SelectionTests {
    @Test("comparisons, NaN included")
    func comparisons() {
        let x = Tensor([1, 2, .nan] as [Double])
        let two = 2
        #expect((x .== two).scalars(as: Bool.self) == [false, true, false])
        #expect((x .!= 2).scalars(as: Bool.self) == [true, false, true])
        #expect((x .< 2).scalars(as: Bool.self) == [true, false, false])
        #expect((x .<= 2.0).scalars(as: Bool.self) == [true, true, false])
        #expect((x .> 1).scalars(as: Bool.self) == [false, true, false])
        #expect((1 .>= x).scalars(as: Bool.self) == [true, false, false])
        #expect((Variable([1, 2]) .< Variable([2, 1])).scalars(as: Bool.self) == [true, false])
        #expect((Tensor([true] as [Bool]) .== Tensor([true] as [Bool])).scalars(as: Bool.self) == [true])
    }

    @Test("logic")
    func logic() {
        let a: Tensor = [true, true, false, false]
        let b: Tensor = [true, false, true, false]
        #expect((a .& b).scalars(as: Bool.self) == [true, false, false, false])
        #expect((a .| b).scalars(as: Bool.self) == [true, true, true, false])
        #expect((.!a).scalars(as: Bool.self) == [false, false, true, true])
        #expect(logicalAnd(Tensor([2, 0]), Tensor([1, 1])).scalars(as: Bool.self) == [true, false])
        #expect(logicalOr(a, b).dtype == .bool && logicalNot(a).dtype == .bool)
    }

    @Test("where chooses, and broadcasts all three")
    func choice() {
        let x = Tensor([-4, 4])
        #expect(Tensor.where(x .> 0, sqrt(x), 0).scalars(as: Float.self) == [0, 2])
        #expect(Tensor.where([[true], [false]], [1, 2], 7).scalars(as: Int.self) == [1, 2, 7, 7])
        #expect(Tensor.where(true, Variable(1), Variable(2)).scalars(as: Int.self) == [1])
        #expect(Tensor.where(x .> 0, Variable(1), 0).scalars(as: Int.self) == [0, 1])
        #expect(Tensor.where(x .> 0, [1, 2] as Tensor, Tensor([0.1] as [Double])).dtype == .float64)
        let error = Tensor.where([true, false], Tensor.zeros([3]), 0).error
        #expect(error?.message == "[where] shapes must broadcast. Received: condition [2], [3] and []")
    }

    @Test("larger and smaller; NaN wins")
    func extremes() {
        let v = Variable([-1, 2])
        #expect(maximum(v, 0).scalars(as: Int.self) == [0, 2])
        #expect(minimum(0, v.value).scalars(as: Int.self) == [-1, 0])
        #expect(v.maximum(1).scalars(as: Int.self) == [1, 2])
        #expect(maximum(Tensor([Float.nan]), 1).scalars(as: Float.self)[0].isNaN)
        #expect(minimum(1, Tensor([Float.nan])).scalars(as: Float.self)[0].isNaN)
    }

    @Test("casts cut fractions off and saturate")
    func casts() {
        let x = Tensor([1.9, -1.9, .nan, 1e20, -.infinity] as [Double])
        #expect(x.cast(to: .int32).scalars(as: Int32.self) == [1, -1, 0, .max, .min])
        #expect(x.cast(to: .bool).scalars(as: Bool.self) == [true, true, true, true, true])
        #expect(Tensor([2] as [Int]).cast(to: .float32).scalars(as: Float.self) == [2])
        #expect(Tensor([0.1]).cast(to: .float32).dtype == .float32)
    }
}
