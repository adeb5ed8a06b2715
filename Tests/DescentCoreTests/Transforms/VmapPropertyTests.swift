import DescentCore
import DescentTestSupport
import Testing

/// A batched function is the stack of the function of every slice, and so are its derivatives: for every operation.
struct VmapPropertyTests {
    static let close = Tolerance.within(relative: 1e-10, absolute: 1e-10)

    @Test("of functions with several arguments", arguments: DerivativeTests.elementwise + DerivativeTests.structural)
    func several(sample: DerivativeTests.Case) throws {
        try check(sample.function, sample.inputs.map { $0.cast(to: .float64) })
    }

    private static let many: [DerivativeCase] =
        ElementwiseDerivativeTests.unary + ElementwiseDerivativeTests.binary + StructuralDerivativeTests.reductions
        + StructuralDerivativeTests.movements + StructuralDerivativeTests.joins + StructuralDerivativeTests.products

    private static let families: [DerivativeCase] =
        FunctionDerivativeTests.elementary + FunctionDerivativeTests.activations + FunctionDerivativeTests.binary
        + FoldDerivativeTests.folds + FoldDerivativeTests.scans + FoldDerivativeTests.movements
        + FoldDerivativeTests.writings + LinearAlgebraDerivativeTests.cases + LinearAlgebraDerivativeTests.pairs

    @Test("of functions on many shapes", arguments: many + families)
    func shapes(sample: DerivativeCase) throws {
        var random = SplitMix64(seed: 3)
        let inputs = sample.inputs.map { $0.1.sample($0.0, &random) }
        try check({ try! sample.function($0) }, inputs)
    }

    /// Every argument batched, and only the first.
    private func check(_ f: @escaping ([Tensor]) -> Tensor, _ inputs: [Tensor]) throws {
        var random = SplitMix64(seed: 9)
        for shared in Set([false, inputs.count > 1]) {
            let rows = inputs.enumerated().map { index, input -> Tensor in
                if shared, index > 0 { return input }
                if !input.dtype.isFloatingPoint { return stack([input, input.flip(), input]) }
                return stack(
                    (0..<3).map { _ in input + random.uniform(input.shape, in: -0.01..<0.01, dtype: .float64) })
            }
            let axes = inputs.indices.map { shared && $0 > 0 ? nil : 0 }
            func slice(_ x: [Tensor], _ index: Int) -> [Tensor] {
                zip(x, axes).map { $1 == nil ? $0 : $0[index] }
            }
            func agree(_ name: String, _ g: @escaping ([Tensor]) -> [Tensor]) throws {
                let got = vmap(g, axes: axes)(rows)
                let want = (0..<3).map { g(slice(rows, $0)) }
                try #require(got.count == want[0].count)
                for index in got.indices {
                    let stacked = stack(want.map { $0[index] })
                    #expect(mismatch(got[index], stacked, Self.close) == nil, "\(name), \(shared)")
                }
            }
            let weights = random.normal(f(inputs).shape, dtype: .float64)
            let isReal = inputs.map { $0.dtype.isFloatingPoint }
            let real = inputs.indices.filter { isReal[$0] }
            /// The weighed value as a function of the floating-point inputs.
            func loss(_ x: [Tensor]) -> ([Tensor]) -> Tensor {
                { parts in
                    var all = x
                    for (place, part) in zip(real, parts) { all[place] = part }
                    return (f(all) * weights).sum()
                }
            }
            try agree("value") { [f($0)] }
            try agree("gradient") { x in gradient(of: loss(x))(real.map { x[$0] }) }
            try agree("second derivative") { x in
                let points = real.map { x[$0] }
                return hvp(of: loss(x))(points, points.map { sin($0) })
            }
            // Differentiating what is batched, once and twice, is batching what is differentiated.
            func total(_ x: [Tensor]) -> Tensor {
                (vmap({ [f($0)] }, axes: axes)(x)[0] * weights).sum()
            }
            func slices(_ x: [Tensor]) -> Tensor {
                (0..<3).map { (f(slice(x, $0)) * weights).sum() }.reduce(Tensor.zeros([], dtype: .float64), +)
            }
            let places = real.filter { axes[$0] != nil || isReal[$0] }
            func only(_ g: @escaping ([Tensor]) -> Tensor) -> ([Tensor]) -> Tensor {
                { parts in
                    var all = rows
                    for (place, part) in zip(places, parts) { all[place] = part }
                    return g(all)
                }
            }
            let points = places.map { rows[$0] }
            for (got, want) in zip(gradient(of: only(total))(points), gradient(of: only(slices))(points)) {
                #expect(mismatch(got, want, Self.close) == nil, "gradient of the batch, \(shared)")
            }
            let along = points.map { cos($0) }
            for (got, want) in zip(hvp(of: only(total))(points, along), hvp(of: only(slices))(points, along)) {
                #expect(mismatch(got, want, Self.close) == nil, "second derivative of the batch, \(shared)")
            }
        }
    }
}
