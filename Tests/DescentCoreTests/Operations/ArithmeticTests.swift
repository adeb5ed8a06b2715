import DescentCore
import DescentTestSupport
import Testing

@Suite("Arithmetic")
struct ArithmeticTests {
    @Test("every pairing of tensors, variables and Swift numbers")
    func pairings() {
        let t = Tensor([6])
        let v = Variable([3])
        let (d, f, n) = (2.0, Float(2), 2)
        #expect(Float(t + v) == 9 && Float(v + t) == 9 && Float(v + v) == 6 && Float(t + t) == 12)
        #expect(Float(t - d) == 4 && Float(d - t) == -4 && Float(v - f) == 1 && Float(f - v) == -1)
        #expect(Float(t * n) == 12 && Float(n * v) == 6 && Float(v * 2) == 6 && Float(2 * t) == 12)
        #expect(Float(t / n) == 3 && Float(d / v) == 2.0 / 3 && Float(v / t) == 0.5)
        #expect(Float(t ** d) == 36 && Float(d ** v) == 8 && Float(t ** v) == 216 && Float(v ** 2) == 9)
        #expect(Float(t % 4) == 2 && Float(v % t) == 3 && Float(7 % v) == 1)
        #expect(Float(-t) == -6 && Float(-v) == -3)
        var sum = t
        sum += 1
        sum -= d
        sum *= v
        sum /= n
        sum %= 4
        #expect(Float(sum) == 3.5)
    }

    @Test("power binds tighter than the product, and from the right")
    func precedence() {
        let x = Tensor([3])
        #expect(Float(2 * x ** 2) == 18)
        #expect(Float(2 ** x ** 2) == 512)
        #expect(Float(-x ** 2) == 9)
        #expect(Float(0 - x ** 2) == -9)
    }

    @Test("the type in which two meet", arguments: DType.allCases)
    func promotion(left: DType) {
        let order: [DType] = [.bool, .int32, .int64, .float32, .float64]
        for right in order {
            let (a, b) = (Tensor.ones([2], dtype: left), Tensor.ones([2], dtype: right))
            let meets = order[max(order.firstIndex(of: left)!, order.firstIndex(of: right)!)]
            let number = meets == .bool ? .int32 : meets
            #expect((a + b).dtype == number && (a - b).dtype == number && (a * b).dtype == number)
            #expect((a % b).dtype == number && (a ** b).dtype == number && a.maximum(b).dtype == number)
            #expect((a / b).dtype == (meets == .float64 ? .float64 : .float32))
            #expect((a .< b).dtype == .bool && (a .== b).dtype == .bool && (a .& b).dtype == .bool)
            #expect((a + b).scalars(as: Int.self) == [2, 2])
            #expect((a + 1).dtype == (left == .bool ? .int32 : left))
            #expect((a + 0.5).dtype == (left.isFloatingPoint ? left : .float32))
        }
    }

    @Test("the remainder has the sign of the divisor")
    func remainder() {
        let x = Tensor([-7, 7, -7, 7])
        let y = Tensor([3, 3, -3, -3])
        #expect((x % y).scalars(as: Int.self) == [2, 1, -1, -2])
        #expect((x.cast(to: .int32) % y.cast(to: .int32)).scalars(as: Int.self) == [2, 1, -1, -2])
        #expect(throws: DescentError.self) { try (Tensor([1] as [Int]) % Tensor([0] as [Int])).evaluated() }
        #expect(throws: DescentError.self) { try (Tensor([1, 2] as [Int]) % 0).evaluated() }
        #expect((Tensor([1]) % 0).scalars(as: Float.self)[0].isNaN)
    }

    @Test("powers")
    func powers() {
        let x = Tensor([-2, 0, 3])
        #expect((x ** 2).scalars(as: Int.self) == [4, 0, 9])
        #expect((x ** 3).scalars(as: Int.self) == [-8, 0, 27])
        #expect((x ** 0).scalars(as: Int.self) == [1, 1, 1])
        #expect((x ** 1).scalars(as: Int.self) == [-2, 0, 3])
        #expect((x ** -1).scalars(as: Float.self) == [-0.5, .infinity, 1.0 / 3])
        #expect((Tensor([2, 3] as [Int]) ** 10).scalars(as: Int.self) == [1024, 59049])
        #expect(throws: DescentError.self) { try (Tensor([2] as [Int]) ** -1).evaluated() }
        #expect(pow(Tensor([2]), 5).scalars(as: Int.self) == [32])
        #expect(Float(pow(Variable(2), Variable(3))) == 8)
    }

    @Test("integers wrap, fractions of them are floats")
    func integers() {
        #expect((Tensor([Int32.max]) + 1).scalars(as: Int32.self) == [.min])
        #expect((Tensor([1, 3] as [Int]) / 2).scalars(as: Float.self) == [0.5, 1.5])
        #expect(abs(Tensor([-3] as [Int])).dtype == .int64)
        #expect(sqrt(Tensor([9] as [Int])).scalars(as: Float.self) == [3])
    }

    @Test("shapes that do not broadcast are refused, by every operation")
    func mismatch() {
        let (a, b) = (Tensor.zeros([2, 3]), Tensor.zeros([4, 3]))
        let refusals: [(String, Tensor)] = [
            ("add", a + b), ("subtract", a - b), ("multiply", a * b), ("divide", a / b), ("mod", a % b),
            ("pow", a ** b), ("equal", a .== b), ("less", a .< b), ("and", a .& b), ("or", a .| b),
            ("minimum", minimum(a, b)), ("maximum", maximum(a, b)), ("atan2", atan2(a, b)),
        ]
        for (name, refused) in refusals {
            let message = "[\(name)] shapes must broadcast. Received: lhs [2, 3], rhs [4, 3]"
            #expect(refused.error?.message == message)
            #expect((refused + 1).error?.message == message, "an error stays the same downstream")
        }
        #expect(maximum(a, b).error?.location?.line == #line)
    }

    @Test("broadcasting equals stretching by hand")
    func broadcasting() {
        let a = Tensor.arange(3).reshape(3, 1)
        let b = Tensor.arange(2) * 10
        #expect((a + b).scalars(as: Int.self) == [0, 10, 1, 11, 2, 12])
        #expect((a + b).shape == [3, 2])
        #expect((Tensor.zeros([0, 1]) + b).shape == [0, 2])
        #expect((Tensor.zeros([1, 0]) + a).shape == [3, 0])
    }
}
