import DescentCore
import DescentTestSupport
import Testing

struct DTypeTests {
    /// Row and column meet in the entry; bool, int32, int64, float32, float64 from left to right and top to bottom.
    static let order: [DType] = [.bool, .int32, .int64, .float32, .float64]
    static let table: [[DType]] = [
        [.bool, .int32, .int64, .float32, .float64],
        [.int32, .int32, .int64, .float32, .float64],
        [.int64, .int64, .int64, .float32, .float64],
        [.float32, .float32, .float32, .float32, .float64],
        [.float64, .float64, .float64, .float64, .float64],
    ]

    @Test func theTableOfPromotion() throws {
        for (row, left) in Self.order.enumerated() {
            for (column, right) in Self.order.enumerated() {
                let want = Self.table[row][column]
                #expect(left.promoted(with: right) == want)
                let (a, b) = (Tensor.ones([2], dtype: left), Tensor.ones([2], dtype: right))
                // Numbers are what arithmetic is about: truths become int32.
                let number = want == .bool ? .int32 : want
                #expect((a + b).dtype == number, "\(left) + \(right)")
                #expect((a - b).dtype == number && (a * b).dtype == number && maximum(a, b).dtype == number)
                #expect((a / b).dtype == (want == .float64 ? .float64 : .float32), "\(left) / \(right)")
                #expect((a .< b).dtype == .bool && (a .== b).dtype == .bool)
                #expect(Tensor.where(a .> 0, a, b).dtype == want)
                #expect(concat([a, b]).dtype == want)
                #expect(stack([a, b]).dtype == want)
                #expect(try mismatch((a + b).evaluated(), Tensor([2, 2], dtype: number)) == nil)
            }
        }
    }

    @Test func whatANumberInTheSourceBecomes() {
        for dtype in Self.order {
            let x = Tensor.ones([2], dtype: dtype)
            let integer = dtype == .bool ? .int32 : dtype
            let fraction = dtype.isFloatingPoint ? dtype : .float32
            #expect((x + 1).dtype == integer && (1 + x).dtype == integer, "\(dtype)")
            #expect((x + 0.5).dtype == fraction && (0.5 + x).dtype == fraction, "\(dtype)")
            let (n, d, f) = (3, 0.5, Float(0.5))
            #expect((x * n).dtype == integer && (n * x).dtype == integer)
            #expect((x * d).dtype == fraction && (f * x).dtype == fraction)
            #expect((x + [1, 2]).dtype == integer)
            #expect((x + [1.5, 2]).dtype == fraction)
        }
        #expect((Tensor(1) + 2).dtype == .float32)
    }

    @Test func nothingIsLostOnTheWay() throws {
        let x = Tensor([1.0] as [Double])
        #expect(Double(x * 0.1) == 0.1)
        #expect(Double(0.1 * x + 0.2) == 0.1 + 0.2)
        #expect(Double(x * (0.1 * 3)) == 0.1 * 3)
        let big = Int(1) << 53 + 1
        #expect(Int(Tensor([big] as [Int]) + 1) == big + 1)
        #expect(Int(Tensor([1] as [Int]) * Tensor(big, dtype: .int64)) == big)
        #expect((Tensor([1] as [Int32]) + (1 << 40)).error?.operation == "literal")
    }

    @Test func conversionWithoutBeingToldGoesUpwardsOnly() {
        for (row, source) in Self.order.enumerated() {
            for (column, target) in Self.order.enumerated() {
                #expect(source.converts(to: target) == (row <= column), "\(source) to \(target)")
            }
        }
    }

    @Test(arguments: [
        (DType.float32, 4, true, false), (.float64, 8, true, false), (.int32, 4, false, true),
        (.int64, 8, false, true), (.bool, 1, false, false),
    ]) func properties(_ dtype: DType, _ bytes: Int, _ isFloat: Bool, _ isInteger: Bool) {
        #expect(dtype.byteCount == bytes)
        #expect(dtype.isFloatingPoint == isFloat)
        #expect(dtype.isInteger == isInteger)
    }

    @Test func names() {
        #expect(DType.allCases.map { "\($0)" } == ["float32", "float64", "int32", "int64", "bool"])
    }
}
