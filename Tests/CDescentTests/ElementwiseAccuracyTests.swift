import CDescent
import Foundation
import Testing

extension KernelTests {
    /// The bounds that Docs/Accuracy.md promises: 2 units in the last place in float32, 1.5 in float64.
    @Suite struct ElementwiseAccuracyTests {
        static let functions: [(name: String, op: Int, f: @Sendable (Double) -> Double)] = [
            ("exp", CD_EXP, { exp($0) }),
            ("expm1", CD_EXPM1, { expm1($0) }),
            ("log", CD_LOG, { log($0) }),
            ("log1p", CD_LOG1P, { log1p($0) }),
            ("rsqrt", CD_RSQRT, { 1 / $0.squareRoot() }),
            ("sin", CD_SIN, { sin($0) }),
            ("cos", CD_COS, { cos($0) }),
            ("tan", CD_TAN, { tan($0) }),
            ("atan", CD_ATAN, { atan($0) }),
            ("tanh", CD_TANH, { tanh($0) }),
            ("sigmoid", CD_SIGMOID, { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
            ("softplus", CD_SOFTPLUS, { max($0, 0) + log1p(exp(-abs($0))) }),
            ("erf", CD_ERF, { erf($0) }),
        ]

        private func expectClose<X: KernelFloat>(
            _ x: [X], _ op: Int, _ name: String, within bound: Double, _ f: (Double) -> Double
        ) {
            let y: [X] = unary(op, x)
            var (worst, place) = (0.0, 0)
            for i in x.indices {
                let error = errorInULPs(y[i], exact: f(Double(x[i])))
                if !(error <= worst) { (worst, place) = (error, i) }
            }
            #expect(worst <= bound, "\(name)(\(x[place])) = \(y[place])")
        }

        @Test(arguments: availableInstructionSets) func randomArguments(instructionSet: Int32) {
            var numbers = Numbers(seed: 3)
            let narrow: [Float] = numbers.varied(4000), wide: [Double] = numbers.varied(4000)
            withKernels(instructionSet: instructionSet) {
                for function in Self.functions {
                    expectClose(narrow, function.op, function.name, within: 2, function.f)
                    // The reference may be a unit and a half away itself; literals hold the bound proper.
                    expectClose(wide, function.op, function.name, within: 3, function.f)
                }
            }
        }

        /// Where functions change from one piece to the next, and where numbers end.
        @Test(arguments: availableInstructionSets) func borders(instructionSet: Int32) {
            var x: [Float] = [.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 3e38, 2.6e38]
            for exponent in -126...127 {
                for border: Float in [1, 4 / 3, 1.5] {
                    let border = border * Float(sign: .plus, exponent: exponent, significand: 1)
                    x += [border.nextDown, border, border.nextUp]
                }
            }
            x += x.map { -$0 } + x.map { $0 - 1 }
            withKernels(instructionSet: instructionSet) {
                for function in Self.functions { expectClose(x, function.op, function.name, within: 2, function.f) }
            }
        }

        @Test(arguments: availableInstructionSets) func randomPairs(instructionSet: Int32) {
            var numbers = Numbers(seed: 4)
            let a: [Float] = numbers.varied(4000), b: [Float] = numbers.varied(4000)
            // Bases and exponents whose powers are neither 0 nor infinite.
            let bases = a.map { $0.magnitude }
            let exponents = zip(bases, b).map { base, x in
                let size = log(Double(base))
                return Float((Double(x).remainder(dividingBy: 1)) * 200 / (size == 0 ? 1 : size))
            }
            withKernels(instructionSet: instructionSet) {
                for (x, y, op) in [(a, b, CD_ATAN2), (a, b, CD_POW), (bases, exponents, CD_POW)] {
                    let result = binary(op, x, y, as: Float.self).values
                    for i in x.indices {
                        let (x, y) = (Double(x[i]), Double(y[i]))
                        let error = errorInULPs(result[i], exact: op == CD_POW ? pow(x, y) : atan2(x, y))
                        #expect(error <= 2, "operation \(op) of \(x), \(y) = \(result[i])")
                    }
                }
            }
        }

        @Test(arguments: availableInstructionSets) func literals(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for (op, cases) in unaryReferences {
                    let y: [Double] = unary(op, cases.map(\.x))
                    for (y, c) in zip(y, cases) {
                        let error = errorInULPs(y, exact: c.y, rest: c.rest)
                        #expect(error <= 1.5, "operation \(op) of \(c.x) = \(y), not \(c.y)")
                    }
                }
                for (op, cases) in binaryReferences {
                    let y: [Double] = binary(op, cases.map(\.a), cases.map(\.b)).values
                    for (y, c) in zip(y, cases) {
                        let error = errorInULPs(y, exact: c.y, rest: c.rest)
                        #expect(error <= 1.5, "operation \(op) of \(c.a), \(c.b) = \(y), not \(c.y)")
                    }
                }
            }
        }

        // MARK: - Special values

        private func special<X: KernelFloat>(_: X.Type) {
            let infinity = X.infinity
            func expectValues(_ op: Int, _ cases: [(X, X)]) {
                let y: [X] = unary(op, cases.map(\.0))
                for (y, c) in zip(y, cases) { #expect(isSame(y, c.1), "operation \(op) of \(c.0) = \(y)") }
            }
            let tiny = X.leastNonzeroMagnitude
            let odd: [(X, X)] = [(0, 0), (-0.0, -0.0), (tiny, tiny), (-tiny, -tiny), (.nan, .nan)]
            expectValues(
                CD_EXP, [(0, 1), (-0.0, 1), (infinity, infinity), (-infinity, 0), (.nan, .nan), (-1e30, 0)])
            expectValues(
                CD_EXPM1, odd + [(infinity, infinity), (-infinity, -1), (-1e30, -1), (1e30, infinity)])
            expectValues(
                CD_LOG, [(0, -infinity), (-0.0, -infinity), (1, 0), (infinity, infinity), (-1, .nan)])
            expectValues(CD_LOG, [(-infinity, .nan), (.nan, .nan), (-tiny, .nan)])
            expectValues(
                CD_LOG1P, odd + [(-1, -infinity), (infinity, infinity), (-2, .nan), (-infinity, .nan)])
            expectValues(CD_RSQRT, [(0, infinity), (-0.0, -infinity), (infinity, 0), (-1, .nan), (4, 0.5)])
            for op in [CD_SIN, CD_TAN] { expectValues(op, odd + [(infinity, .nan), (-infinity, .nan)]) }
            expectValues(CD_COS, [(0, 1), (-0.0, 1), (tiny, 1), (infinity, .nan), (.nan, .nan)])
            expectValues(CD_ATAN, odd + [(infinity, X(Double.pi / 2)), (-infinity, -X(Double.pi / 2))])
            for op in [CD_TANH, CD_ERF] {
                expectValues(op, odd + [(infinity, 1), (-infinity, -1), (50, 1), (-50, -1)])
            }
            expectValues(
                CD_SIGMOID, [(0, 0.5), (-0.0, 0.5), (infinity, 1), (-infinity, 0), (.nan, .nan), (800, 1)])
            expectValues(
                CD_SOFTPLUS, [(infinity, infinity), (-infinity, 0), (.nan, .nan), (1e9, 1e9), (-1e9, 0)])
        }

        private func specialPairs<X: KernelFloat>(
            _: X.Type, _ reference: (Double, Double) -> Double, _ op: Int
        ) {
            let values: [X] = [
                0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 4, 2.5, -2.5, .infinity, -.infinity, .nan, 8388607,
                -8388607,
                16777216, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
                -.leastNonzeroMagnitude, .leastNormalMagnitude,
            ]
            for b in values {
                let y = binary(op, values, [b], as: X.self).values
                for (a, y) in zip(values, y) {
                    let error = errorInULPs(y, exact: reference(Double(a), Double(b)))
                    #expect(error <= 2, "operation \(op) of \(a), \(b) = \(y)")
                }
            }
        }

        @Test(arguments: availableInstructionSets) func specialValues(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                special(Float.self)
                special(Double.self)
                specialPairs(Float.self, { pow($0, $1) }, CD_POW)
                specialPairs(Double.self, { pow($0, $1) }, CD_POW)
                specialPairs(Float.self, { atan2($0, $1) }, CD_ATAN2)
                specialPairs(Double.self, { atan2($0, $1) }, CD_ATAN2)
            }
        }
    }
}
