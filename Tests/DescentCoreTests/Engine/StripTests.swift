import CDescent
import DescentCore
import DescentTestSupport
import Testing

/// Programs that hand on rows run strip by strip, and nobody can tell from the results.
struct StripTests {
    /// By parts so small that nothing runs in strips.
    private func inParts(
        _ inputs: [Tensor], rows: Int, _ formula: ([Tensor]) throws -> Tensor
    ) throws -> Tensor {
        var parts: [Tensor] = []
        for start in stride(from: 0, to: rows, by: 32) {
            let rows = start..<min(start + 32, rows)
            let part = try formula(inputs.map { try $0[rows].evaluated() })
            let plans = try tracePlans { try evaluate([part]) }
            #expect(plans.allSatisfy { !$0.description.contains("strips") })
            parts.append(part)
        }
        return try concat(parts, axis: 0).evaluated()
    }

    private func input(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Tensor {
        var random = SplitMix64(seed: seed)
        return try random.normal([rows, columns]).cast(to: .float32).evaluated()
    }

    @Test(arguments: [1024, 1000, 300, 2048, 3001])
    func softmaxAndItsGradientAreThoseOfTheRows(_ columns: Int) throws {
        let rows = 400_000 / columns + 3
        let (x, w) = (try input(rows, columns, seed: 1), try input(rows, columns, seed: 2))
        let gradient = { (inputs: [Tensor]) throws -> Tensor in
            let x = Variable(inputs[0])
            return try valueAndGradient([x]) { (inputs[1] * logSoftmax(x)).sum() }.gradients[0]!
        }
        let result = try gradient([x, w])
        let plans = try tracePlans { try evaluate([result]) }
        #expect(plans.contains { $0.description.contains("by strips of") }, "\(plans)")
        #expect(mismatch(result, try inParts([x, w], rows: rows, gradient), .bits) == nil)
    }

    @Test func aSumOverAllAddsAtTheSamePlaces() throws {
        let (x, w) = (try input(512, 1024, seed: 3), try input(512, 1024, seed: 4))
        let plans = try tracePlans {
            let fused = try (w * logSoftmax(x)).sum().evaluated()
            let product = try (w * logSoftmax(x)).evaluated()
            #expect(mismatch(fused, try product.sum().evaluated(), .bits) == nil)
        }
        #expect(plans[0].programCount == 4 && plans[0].stepCount == 1, "\(plans[0])")
        // A strip ends where a sum is cut; its steps do not.
        #expect(plans[0].description.contains("strips of 16 rows, 2 at a time"), "\(plans[0])")
    }

    @Test func whatIsHandedOnStaysInTheCache() throws {
        let (x, w) = (Variable(try input(512, 1024, seed: 5)), try input(512, 1024, seed: 6))
        let plan = try #require(
            try tracePlans {
                let (value, gradients) = try valueAndGradient([x]) { (w * logSoftmax(x)).sum() }
                try evaluate([value, gradients[0]!])
            }.last)
        let array = 512 * 1024 * 4
        // Two arrays are read, one is written; the rest are numbers of rows.
        #expect(plan.bytesMoved < 3 * array + array / 64, "\(plan)")
        #expect(plan.temporaryBytes < array / 64, "\(plan)")
    }

    @Test func normalizationsOfRowsAreThoseOfTheRows() throws {
        let x = try input(1000, 640, seed: 7)
        let scale = try Tensor.randomNormal([640], seed: 8).evaluated()
        let formula = { (inputs: [Tensor]) throws -> Tensor in
            let x = Variable(inputs[0])
            return try valueAndGradient([x]) {
                let centred = x - x.mean(axes: 1, keepDims: true)
                let normed = centred * rsqrt((centred * centred).mean(axes: 1, keepDims: true) + 1e-3)
                return tanh(normed * scale).sum()
            }.gradients[0]!
        }
        let result = try formula([x])
        let plans = try tracePlans { try evaluate([result]) }
        #expect(plans.contains { $0.description.contains("by strips of") }, "\(plans)")
        #expect(mismatch(result, try inParts([x], rows: 1000, formula), .bits) == nil)
    }

    @Test func threadsGiveTheSameBits() throws {
        var results: [Tensor] = []
        let x = try input(1503, 500, seed: 9)
        for threads in [1, 2, 3] {
            let outer = cd_threads()
            cd_set_threads(Int32(threads))
            defer { cd_set_threads(outer) }
            results.append(try (softmax(x) * x.max(axes: 1, keepDims: true)).evaluated())
        }
        for result in results.dropFirst() { #expect(mismatch(result, results[0], .bits) == nil) }
    }

    @Test func rowsAreWrittenOverOnlyWhereNobodyReadsThemLater() throws {
        let start = try input(1024, 512, seed: 10)
        let formulas: [(Tensor) -> Tensor] = [
            { $0 - softmax($0) },
            // Every strip reads a row that the first or the last strip would write over.
            { $0 - softmax($0 * $0[0]) },
            { $0 - softmax($0 * $0[1023]) },
            // Another order of the rows.
            { $0 - softmax($0 * $0.flip(axes: [0])) },
        ]
        for (number, formula) in formulas.enumerated() {
            let expected = try formula(start).evaluated()
            for _ in 0..<2 {
                let x = Variable(start + 0)
                let place = place(of: x)
                let changes = changes(x, formula)
                try Engine.update(consume changes)
                #expect(mismatch(x.value, expected, .bits) == nil, "formula \(number)")
                if number == 0 { #expect(self.place(of: x) == place) }
            }
        }
    }

    /// The next value of the variable; nobody else holds the one it has.
    private func changes(_ x: Variable, _ formula: (Tensor) -> Tensor) -> [(Variable, Tensor)] {
        [(x, formula(x.current))]
    }

    private func place(of x: Variable) -> UnsafeMutableRawPointer { x.leaf.storage.pointer }

    @Test func oneRowWithoutANumberSpoilsNoOther() throws {
        let x = try input(1500, 512, seed: 11)
        let poisoned = try x.at[1234, 5].set(.init(Float.nan)).evaluated()
        let (clean, result) = (try softmax(x).evaluated(), try softmax(poisoned).evaluated())
        #expect(mismatch(result[..<1234], clean[..<1234], .bits) == nil)
        #expect(mismatch(result[1235...], clean[1235...], .bits) == nil)
        #expect(Bool(result[1234].isNaN().all()))
    }
}
