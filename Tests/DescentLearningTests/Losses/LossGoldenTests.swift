import Descent
import DescentTestSupport
import Testing

/// Values and gradients that Keras has computed, for every loss it has.
@Suite struct LossGoldenTests {
    @Test func everyCaseOfThePeerHolds() throws {
        let files = try GoldenFiles.read("losses", format: "loss/1")
        var count = 0
        for file in files {
            let tolerance: Tolerance =
                file.dtype == .float64
                ? .within(relative: 1e-10, absolute: 1e-12) : .within(relative: 2e-5, absolute: 2e-6)
            for item in file.cases {
                try check(item, file.dtype, tolerance)
                count += 1
            }
        }
        #expect(count == 534)
        GoldenFiles.summarize("losses", cases: count, files: files.count)
    }

    private func check(_ item: Configuration, _ dtype: DType, _ standard: Tolerance) throws {
        let className = try #require(item["loss"]?.string)
        let loss = try Loss.fromConfig(try #require(item["config"]?.object), className: className)
        #expect(loss.className == className, "\(item.id)")
        var tolerance = standard
        if let own = item["tolerance"]?.object {
            tolerance = .within(relative: own["rtol"]?.number ?? 0, absolute: own["atol"]?.number ?? 0)
        }
        let yTrue = try #require(item["y_true"]).goldenTensor(dtype)
        let yPred = try #require(item["y_pred"]).goldenTensor(dtype)
        let weight = try item["sample_weight"].flatMap { $0 == .null ? nil : try $0.goldenTensor(dtype) }
        let tape = GradientTape()
        tape.watch(yPred)
        let value = tape.record { loss(yTrue, yPred, sampleWeight: weight) }
        guard item["error"] == nil else {
            #expect(throws: DescentError.self, "\(item.id)") { try value.evaluated() }
            return
        }
        let wanted = try #require(item["value"]).goldenTensor(dtype)
        #expect(mismatch(value, wanted, tolerance) == nil, "\(item.id): value")
        let gradient = try #require(try tape.gradient(value, [yPred])[0], "\(item.id)")
        let slope = try #require(item["grad_y_pred"]).goldenTensor(dtype)
        #expect(mismatch(gradient, slope, tolerance) == nil, "\(item.id): gradient")
    }
}
