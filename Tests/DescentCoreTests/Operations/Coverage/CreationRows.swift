import DescentCore
import DescentTestSupport

/// What makes tensors of nothing, draws numbers, or is no operation on tensors in the sense of this table.
extension CoverageTable {
    mutating func addCreation() {
        let none = "made of nothing"
        let infinity = Double.infinity
        row(
            "zeros(dtype:)", noDerivative: none, awkward: [.gives([], 0) { _ in .zeros([], dtype: .float64) }],
            empty: [.empty(gives: [0, 3])]
        ) { _ in .zeros([0, 3]) }
        row(
            "ones(dtype:)", noDerivative: none, awkward: [.gives([], 1) { _ in .ones([], dtype: .float64) }],
            empty: [.empty(gives: [0, 3])]
        ) { _ in .ones([0, 3]) }
        row(
            "full(dtype:)", at: [([1], .real)],
            awkward: [
                .gives([-infinity], [.minusInfinity, .minusInfinity]), .gives([.nan], [.nan, .nan]),
                .gives([-0.0], [-0.0, -0.0], .bits),
            ],
            empty: [.empty([1], gives: [0, 3]) { Tensor.full([0, 3], $0[0].squeeze()) }]
        ) { Tensor.full([2], $0[0].squeeze()) }
        row(
            "zerosLike(dtype:)", noDerivative: none, awkward: [.gives([.nan, infinity], [0, 0])],
            empty: [.empty([0, 3], gives: [0, 3])]
        ) { .zerosLike($0[0]) }
        row(
            "onesLike(dtype:)", noDerivative: none, awkward: [.gives([.nan, infinity], [1, 1])],
            empty: [.empty([0, 3], gives: [0, 3])]
        ) { .onesLike($0[0]) }
        row(
            "arange(step:dtype:)", "arange(dtype:)", noDerivative: none,
            awkward: [
                .gives([], [1, 0.5]) { _ in .arange(1, 0, step: -0.5, dtype: .float64) },
                Trial([], .error("arange")) { _ in .arange(0, 1, step: 0) },
                Trial([], .error("arange")) { _ in .arange(0, infinity) },
            ], empty: [.empty(gives: [0]), .empty(gives: [0]) { _ in .arange(2, 1) }]
        ) { _ in .arange(0) }
        row(
            "linspace(count:dtype:)", noDerivative: none,
            awkward: [
                .gives([], [0, 0.5, 1]) { _ in .linspace(0, 1, count: 3, dtype: .float64) },
                .gives([], [4]) { _ in .linspace(4, 9, count: 1, dtype: .float64) },
            ],
            empty: [.empty(gives: [0])]
        ) { _ in .linspace(0, 1, count: 0) }
        row(
            "eye(columns:dtype:)", noDerivative: none,
            awkward: [.gives([], [[1, 0, 0]]) { _ in .eye(1, columns: 3, dtype: .float64) }],
            empty: [.empty(gives: [0, 0]), .empty(gives: [2, 0]) { _ in .eye(2, columns: 0) }]
        ) { _ in .eye(0) }
    }

    mutating func addRandomNumbers() {
        let none = "a draw"
        row(
            "randomUniform(in:seed:dtype:)", noDerivative: none,
            awkward: [.gives([], [1, 1]) { _ in .randomUniform([2], in: 1..<1.0.nextUp, seed: 1, dtype: .float64) }],
            empty: [.empty(gives: [0, 3])]
        ) { _ in .randomUniform([0, 3], seed: 1) }
        row(
            "randomNormal(mean:standardDeviation:seed:dtype:)", noDerivative: none,
            awkward: [
                .gives([], [3, 3]) { _ in .randomNormal([2], mean: 3, standardDeviation: 0, seed: 1, dtype: .float64) }
            ], empty: [.empty(gives: [0, 3])]
        ) { _ in .randomNormal([0, 3], seed: 1) }
        row(
            "randomPermutation(seed:)", noDerivative: none,
            awkward: [.gives([], [0]) { _ in .randomPermutation(1, seed: 1) }], empty: [.empty(gives: [0])]
        ) { _ in .randomPermutation(0, seed: 1) }
        row(
            "randomTruncatedNormal(mean:standardDeviation:from:to:seed:dtype:)", at: [([3], .real), ([3], .positive)],
            awkward: [
                .gives([3], [3, 3]) {
                    .randomTruncatedNormal(
                        [2], mean: $0[0].squeeze(), standardDeviation: 0, from: 2.5, to: 3.5, seed: 1, dtype: .float64)
                }
            ],
            empty: [.empty(gives: [0, 3]) { _ in .randomTruncatedNormal([0, 3], seed: 1) }]
        ) {
            .randomTruncatedNormal(
                [3], mean: $0[0], standardDeviation: $0[1], from: -9, to: 9, seed: 1, dtype: .float64)
        }
        row(
            "randomExponential(rate:seed:dtype:)", at: [([3], .positive)],
            awkward: [
                .gives([Double.infinity], [0, 0]) { .randomExponential([2], rate: $0[0], seed: 1, dtype: .float64) }
            ],
            empty: [.empty(gives: [0, 3]) { _ in .randomExponential([0, 3], seed: 1) }]
        ) { .randomExponential([3], rate: $0[0], seed: 1, dtype: .float64) }
        row(
            "randomLaplace(location:scale:seed:dtype:)", at: [([3], .real), ([3], .positive)],
            awkward: [
                .gives([3], [3, 3]) { .randomLaplace([2], location: $0[0], scale: 0, seed: 1, dtype: .float64) }
            ], empty: [.empty(gives: [0, 3]) { _ in .randomLaplace([0, 3], seed: 1) }]
        ) { .randomLaplace([3], location: $0[0], scale: $0[1], seed: 1, dtype: .float64) }
        row(
            "randomGumbel(location:scale:seed:dtype:)", at: [([3], .real), ([3], .positive)],
            awkward: [.gives([3], [3, 3]) { .randomGumbel([2], location: $0[0], scale: 0, seed: 1, dtype: .float64) }],
            empty: [.empty(gives: [0, 3]) { _ in .randomGumbel([0, 3], seed: 1) }]
        ) { .randomGumbel([3], location: $0[0], scale: $0[1], seed: 1, dtype: .float64) }
        let implicit = "implicit, good to seven digits, of first order alone: DistributionTests"
        row(
            "randomGamma(concentration:rate:seed:dtype:)", noDerivative: implicit,
            awkward: [
                .gives([1e-300], [true]) {
                    Tensor.randomGamma([1], concentration: $0[0], seed: 1, dtype: .float64) .>= 0
                }
            ], empty: [.empty(gives: [0, 3])]
        ) { _ in .randomGamma([0, 3], concentration: 2, seed: 1) }
        row(
            "randomBeta(seed:dtype:)", noDerivative: implicit,
            awkward: [
                .gives([0.01], [true]) { x in
                    let y = Tensor.randomBeta([1], x[0], x[0], seed: 1, dtype: .float64)
                    return (y .>= 0) .& (y .<= 1)
                }
            ], empty: [.empty(gives: [0, 3])]
        ) { _ in .randomBeta([0, 3], 1, 2, seed: 1) }
        row(
            "randomDirichlet(concentration:seed:dtype:)", noDerivative: implicit,
            awkward: [
                .gives([0.01, 0.01], 1, .within(relative: 1e-12)) {
                    Tensor.randomDirichlet([2], concentration: $0[0], seed: 1, dtype: .float64).sum()
                }
            ], empty: [.empty(gives: [0, 2])]
        ) { _ in .randomDirichlet([0, 2], concentration: [1, 2], seed: 1) }
        row(
            "randomPoisson(rate:seed:dtype:)", noDerivative: none,
            awkward: [.gives([0], [0, 0]) { .randomPoisson([2], rate: $0[0], seed: 1, dtype: .float64) }],
            empty: [.empty(gives: [0, 3])]
        ) { _ in .randomPoisson([0, 3], rate: 2, seed: 1) }
        row(
            "randomBernoulli(probability:seed:dtype:)", noDerivative: none,
            awkward: [.gives([0, 1], [false, true]) { .randomBernoulli([2], probability: $0[0], seed: 1) }],
            empty: [.empty(gives: [0, 3])]
        ) { _ in .randomBernoulli([0, 3], seed: 1) }
        row(
            "randomCategorical(logits:seed:)", noDerivative: none,
            awkward: [.gives([-Double.infinity, 0], [1, 1, 1]) { .randomCategorical([3], logits: $0[0], seed: 1) }],
            empty: [
                .empty(gives: [0]),
                .empty(fails: "randomCategorical") { _ in .randomCategorical([2], logits: .zeros([0]), seed: 1) },
            ]
        ) { _ in .randomCategorical([0], logits: [0, 1], seed: 1) }
        row(
            "randomChoice(withReplacement:weights:seed:)", at: [([4], .real)],
            awkward: [.gives([.nan, 7], [7, 7]) { $0[0].randomChoice(2, weights: [0, 1], seed: 1) }],
            empty: [
                .empty([4, 2], gives: [0, 2]) { $0[0].randomChoice(0, seed: 1) }, .empty([0], fails: "randomChoice"),
            ]
        ) { $0[0].randomChoice(3, seed: 1) }
    }

    mutating func addUntried() {
        let ofFunctions = "takes a function; Tests/DescentCoreTests/Gradients"
        untried("valueAndGradient", "valueAndGradient(of:)", "gradient(of:)", because: ofFunctions)
        untried("vjp(of:)", "jvp(of:)", "hvp(of:)", because: ofFunctions)
        untried("jacobian(of:)", "jacobian", "hessian(of:)", "hessian", because: ofFunctions)
        untried("customGradient", because: ofFunctions)
        let transform = "takes a function; Tests/DescentCoreTests/Transforms"
        untried("vmap(axis:)", "vmap(axes:)", "checkpoint", "checkNumerics", because: transform)
        untried(
            "fixedPoint(of:from:parameters:tolerance:maxIterations:)",
            "root(of:from:parameters:tolerance:maxIterations:)", because: transform)
        untried("tracePlans", because: "tells what the engine does; Engine/PlanDescriptionTests.swift")
        untried("evaluate", "evaluated", "scalars(as:)", because: "reads what there is; Operations/ReadingTests.swift")
        untried("assign", "assignAdd", "assignSub", because: "changes a variable; Graph/VariableTests.swift")
    }
}
