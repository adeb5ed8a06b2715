import DescentCore
import DescentTestSupport
import Testing

/// A public operation, and what it is tried with: a derivative, awkward values, empty tensors.
struct CoverageRow: Sendable, CustomTestStringConvertible {
    enum Derivative: Sendable {
        case checked(DerivativeCase)
        /// There is none, for this reason.
        case none(String)
    }

    /// As `PublicOperation.key` has them: the name, and the labels of the arguments if there are any. Several if they are
    /// forms of one operation.
    let names: [String]
    let function: Trial.Function
    let derivative: Derivative
    let awkward: [Trial]
    let empty: [Trial]
    /// Why nothing is tried here, and where it is; nil for most.
    var exemption: String?

    var testDescription: String { names[0] }

    var isDifferentiable: Bool {
        if case .checked = derivative { true } else { false }
    }
}

/// Collects the rows; each is a statement of its own, which the compiler checks quickly.
struct CoverageTable {
    private(set) var rows: [CoverageRow] = []

    static let all: [CoverageRow] = {
        var table = CoverageTable()
        table.addArithmetic()
        table.addElementaryFunctions()
        table.addComparisons()
        table.addActivations()
        table.addFolds()
        table.addStatistics()
        table.addScans()
        table.addSorting()
        table.addShapes()
        table.addPositions()
        table.addWritings()
        table.addMatrixProducts()
        table.addFactorizations()
        table.addWindows()
        table.addSignals()
        table.addCreation()
        table.addRandomNumbers()
        table.addUntried()
        return table.rows
    }()

    /// An operation that is differentiated at samples of these shapes.
    mutating func row(
        _ names: String..., at inputs: [(Shape, DerivativeCase.Domain)], step: Double = 0.02, awkward: [Trial],
        empty: [Trial], _ function: @escaping Trial.Function
    ) {
        add(names, inputs, step, nil, awkward: awkward, empty: empty, function)
    }

    /// An operation that has no derivative.
    mutating func row(
        _ names: String..., noDerivative reason: String, awkward: [Trial], empty: [Trial],
        _ function: @escaping Trial.Function
    ) {
        add(names, [], 0, reason, awkward: awkward, empty: empty, function)
    }

    /// What is no operation in the sense of this table.
    mutating func untried(_ names: String..., because reason: String) {
        rows.append(
            CoverageRow(
                names: names, function: { $0[0] }, derivative: .none(reason), awkward: [], empty: [], exemption: reason)
        )
    }

    /// A function of each element: everything awkward, in both precisions.
    mutating func elementwise(
        _ names: String..., domain: DerivativeCase.Domain = .real, step: Double = 0.02, noDerivative: String? = nil,
        tolerance: Tolerance = .within(relative: 1e-6, absolute: 1e-37),
        _ f: @escaping @Sendable (Tensor) -> Tensor
    ) {
        add(
            names, [([2, 3], domain)], step, noDerivative,
            awkward: [
                Trial([Tensor(AwkwardValues.float32)], .follows(tolerance), elementwise: true),
                Trial([Tensor(AwkwardValues.float64)], .anything, elementwise: true),
            ],
            empty: [Trial([.zeros([0])], .shape([0])), Trial([.zeros([2, 0, 3])], .shape([2, 0, 3]))]
        ) { f($0[0]) }
    }

    /// A function of the elements of two tensors: every awkward number beside every other up to the largest. Where kinks are
    /// everywhere, `derivative` keeps away from them.
    mutating func pairwise(
        _ names: String..., left: DerivativeCase.Domain = .real, right: DerivativeCase.Domain = .real,
        step: Double = 0.02, largest: Float = .infinity, noDerivative: String? = nil,
        tolerance: Tolerance = .within(relative: 1e-6, absolute: 1e-37),
        derivative: (@Sendable (Tensor, Tensor) -> Tensor)? = nil, _ f: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) {
        let numbers = Tensor(AwkwardValues.float32.filter { !($0.magnitude > largest && $0.isFinite) })
        add(
            names, [([2, 3], left), ([3], right)], step, noDerivative,
            awkward: [
                Trial(Trial.pairs(numbers), .follows(tolerance), elementwise: true),
                Trial(Trial.pairs(Tensor(AwkwardValues.float64)), .anything, elementwise: true),
            ],
            empty: [
                Trial([.zeros([0]), .zeros([1])], .shape([0])), Trial([.zeros([0, 3]), .zeros([3])], .shape([0, 3])),
                Trial([.zeros([2, 1]), .zeros([2, 0])], .shape([2, 0])),
            ], derivative: { (derivative ?? f)($0[0], $0[1]) }
        ) { f($0[0], $0[1]) }
    }

    /// What only carries elements elsewhere, some perhaps beside zeros: every bit of every number must arrive.
    mutating func moves(
        _ names: String..., shape: Shape, empty: [(Shape, Shape)], _ f: @escaping @Sendable (Tensor) -> Tensor
    ) {
        let empty = empty.map { Trial([.zeros($0.0)], .shape($0.1)) }
        add(names, [(shape, .real)], 0.02, nil, awkward: [.moving(shape)], empty: empty) { f($0[0]) }
    }

    private mutating func add(
        _ names: [String], _ inputs: [(Shape, DerivativeCase.Domain)], _ step: Double, _ noDerivative: String?,
        awkward: [Trial], empty: [Trial], derivative differentiated: Trial.Function? = nil,
        _ function: @escaping Trial.Function
    ) {
        let differentiated = differentiated ?? function
        var derivative = CoverageRow.Derivative.none(noDerivative ?? "")
        if noDerivative == nil {
            // Of a linear function alone the second derivative would say nothing.
            derivative = .checked(
                DerivativeCase(name: names[0], inputs: inputs, step: step) {
                    let y = try differentiated($0)
                    return y * y + y
                })
        }
        rows.append(
            CoverageRow(names: names, function: function, derivative: derivative, awkward: awkward, empty: empty))
    }
}
