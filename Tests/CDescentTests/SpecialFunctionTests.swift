import CDescent
import Testing

extension KernelTests {
    /// The bounds that Docs/Accuracy.md promises for the functions that are computed in float64 for float32 too: 4 units in
    /// the last place in float64, hardly more than rounding in float32.
    @Suite struct SpecialFunctionTests {
        @Test(arguments: availableInstructionSets) func literals(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for (op, cases) in specialReferences {
                    let y: [Double] = unary(op, cases.map(\.x))
                    for (y, c) in zip(y, cases) {
                        let error = errorInULPs(y, exact: c.y, rest: c.rest)
                        #expect(error <= 4, "operation \(op) of \(c.x) = \(y), not \(c.y)")
                    }
                }
                for (op, cases) in specialPairReferences {
                    let y: [Double] = binary(op, cases.map(\.a), cases.map(\.b)).values
                    for (y, c) in zip(y, cases) {
                        let error = errorInULPs(y, exact: c.y, rest: c.rest)
                        #expect(error <= 4, "operation \(op) of \(c.a), \(c.b) = \(y), not \(c.y)")
                    }
                }
            }
        }

        @Test(arguments: availableInstructionSets) func float32IsRoundedFloat64(instructionSet: Int32) {
            var numbers = Numbers(seed: 8)
            let x: [Float] = numbers.varied(2000), other: [Float] = numbers.varied(2000)
            withKernels(instructionSet: instructionSet) {
                for op in specialReferences.map(\.op) {
                    let narrow: [Float] = unary(op, x), wide: [Double] = unary(op, x.map(Double.init))
                    for i in x.indices {
                        let error = errorInULPs(narrow[i], exact: wide[i])
                        #expect(error <= 0.5, "operation \(op) of \(x[i]) = \(narrow[i]), not \(wide[i])")
                    }
                }
                for op in specialPairReferences.map(\.op) {
                    let narrow: [Float] = binary(op, x, other).values
                    let wide: [Double] = binary(op, x.map(Double.init), other.map(Double.init)).values
                    for i in x.indices {
                        let error = errorInULPs(narrow[i], exact: wide[i])
                        #expect(error <= 0.5, "operation \(op) of \(x[i]), \(other[i]) = \(narrow[i])")
                    }
                }
            }
        }

        // MARK: - Special values

        private func special<X: KernelFloat>(_: X.Type) {
            let infinity = X.infinity, nan = X.nan, tiny = X.leastNonzeroMagnitude, huge = X.greatestFiniteMagnitude
            func expectValues(_ op: Int, _ cases: [(X, X)]) {
                let y: [X] = unary(op, cases.map(\.0))
                for (y, c) in zip(y, cases) { #expect(isSame(y, c.1), "operation \(op) of \(c.0) = \(y)") }
            }
            let odd: [(X, X)] = [(0, 0), (-0.0, -0.0), (tiny, tiny), (-tiny, -tiny), (nan, nan)]
            let outside: [(X, X)] = [(2, nan), (-2, nan), (infinity, nan), (-infinity, nan), (huge, nan)]
            expectValues(CD_ASIN, odd + outside)
            expectValues(CD_ACOS, outside + [(1, 0), (nan, nan)])
            for op in [CD_SINH, CD_ASINH] { expectValues(op, odd + [(infinity, infinity), (-infinity, -infinity)]) }
            expectValues(CD_COSH, [(0, 1), (-0.0, 1), (infinity, infinity), (-infinity, infinity), (nan, nan)])
            expectValues(CD_ACOSH, [(1, 0), (0, nan), (-1, nan), (infinity, infinity), (-infinity, nan), (nan, nan)])
            expectValues(CD_ATANH, odd + outside + [(1, infinity), (-1, -infinity)])
            for op in [CD_LOG2, CD_LOG10] {
                expectValues(
                    op, [(0, -infinity), (-0.0, -infinity), (1, 0), (infinity, infinity), (-1, nan), (nan, nan)])
            }
            expectValues(CD_LOG2, [(8, 3), (0.25, -2), (tiny, X(tiny.exponent))])
            expectValues(CD_LOG10, [(1000, 3), (10, 1), (100_000, 5)])
            expectValues(CD_EXP2, [(0, 1), (-0.0, 1), (10, 1024), (-3, 0.125), (infinity, infinity), (-infinity, 0)])
            expectValues(CD_EXP2, [(nan, nan), (5000, infinity), (-5000, 0)])
            expectValues(
                CD_CBRT, [(0, 0), (-0.0, -0.0), (27, 3), (-8, -2), (infinity, infinity), (-infinity, -infinity)])
            expectValues(
                CD_LGAMMA, [(0, infinity), (-0.0, infinity), (1, 0), (2, 0), (-1, infinity), (-huge, infinity)])
            expectValues(CD_LGAMMA, [(infinity, infinity), (-infinity, infinity), (nan, nan)])
            expectValues(
                CD_DIGAMMA, [(0, -infinity), (-0.0, infinity), (-1, nan), (-infinity, nan), (infinity, infinity)])
            for op in [CD_I0, CD_I0E] { expectValues(op, [(0, 1), (-0.0, 1), (nan, nan)]) }
            for op in [CD_I1, CD_I1E] { expectValues(op, [(0, 0), (-0.0, -0.0), (nan, nan)]) }
            expectValues(CD_I0, [(infinity, infinity), (-infinity, infinity), (huge, infinity)])
            expectValues(CD_I1, [(infinity, infinity), (-infinity, -infinity), (-huge, -infinity)])
            expectValues(CD_I0E, [(infinity, 0), (-infinity, 0)])
            expectValues(CD_ERFC, [(0, 1), (-0.0, 1), (infinity, 0), (-infinity, 2), (nan, nan), (100, 0), (-100, 2)])
            expectValues(CD_ERFINV, odd.filter { $0.0.magnitude != tiny } + outside + [(1, infinity), (-1, -infinity)])
            func expectPairs(_ op: Int, _ cases: [(X, X, X)]) {
                let y: [X] = binary(op, cases.map(\.0), cases.map(\.1)).values
                for (y, c) in zip(y, cases) { #expect(isSame(y, c.2), "operation \(op) of \(c.0), \(c.1) = \(y)") }
            }
            expectPairs(CD_HYPOT, [(3, -4, 5), (0, 0, 0), (infinity, nan, infinity), (nan, -infinity, infinity)])
            expectPairs(CD_HYPOT, [(nan, 1, nan), (huge, huge, infinity), (tiny, 0, tiny)])
            expectPairs(CD_LOGADDEXP, [(-infinity, -infinity, -infinity), (infinity, -infinity, infinity)])
            expectPairs(
                CD_LOGADDEXP, [(infinity, infinity, infinity), (-infinity, 5, 5), (nan, 1, nan), (1, nan, nan)])
            expectPairs(CD_LOGADDEXP, [(huge, -huge, huge)])
            expectPairs(CD_ZETA, [(1, 1, infinity), (0.5, 1, nan), (2, 0, infinity), (2, -1, nan), (2, infinity, 0)])
            expectPairs(CD_ZETA, [(nan, 1, nan), (2, nan, nan), (infinity, 2, 0)])
        }

        @Test(arguments: availableInstructionSets) func specialValues(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                special(Float.self)
                special(Double.self)
            }
        }
    }
}
