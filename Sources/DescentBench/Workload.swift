import Descent

/// One thing to measure.
struct Workload: Sendable {
    let name: String
    let unit: Unit
    /// Makes inputs and state anew.
    let prepare: @Sendable () throws -> Prepared

    init(_ name: String, in unit: Unit = .microseconds, _ prepare: @escaping @Sendable () throws -> Prepared) {
        self.name = name
        self.unit = unit
        self.prepare = prepare
    }

    /// So many steps and everything that is made once is made.
    static let stepsToWarmUp = 5

    static let all: [Workload] =
        scalars + replays + regressions + networks + trainings + elementwise + updates + tables + metrics + products
}

/// What the time of a step becomes.
enum Unit: Sendable {
    case microseconds
    /// The steps of training in what is timed as one.
    case microsecondsEach(steps: Double)
    /// The operations of a step, of which a figure tells 10⁹ a second.
    case gigaflops(operations: Double)
    /// The operations of a step.
    case nanosecondsEach(operations: Double)

    var name: String {
        switch self {
        case .microseconds: "us"
        case .microsecondsEach: "us_per_step"
        case .gigaflops: "gflops"
        case .nanosecondsEach: "ns_per_op"
        }
    }

    func figure(seconds: Double) -> Double {
        switch self {
        case .microseconds: seconds * 1e6
        case .microsecondsEach(let steps): seconds * 1e6 / steps
        case .gigaflops(let operations): operations / seconds / 1e9
        case .nanosecondsEach(let operations): seconds * 1e9 / operations
        }
    }
}

/// A workload with inputs and state.
struct Prepared {
    typealias Probes = [(name: String, value: Double)]

    /// The timed work; returns when all its results are in memory.
    let step: () throws -> Void
    /// Some numbers that tell the state.
    let found: () throws -> Probes
    /// The same numbers after three steps, by plain loops in float64.
    let expected: () throws -> Probes

    static let checkedSteps = 3

    /// A number after three steps, and what it should be.
    struct Finding {
        let name: String
        let found: Double
        let expected: Double

        /// Loose enough for what is summed in float32, far too tight for a wrong formula.
        var isRight: Bool { (found - expected).magnitude <= 1e-3 * max(expected.magnitude, 1e-6) }
    }

    /// Takes three steps.
    func check() throws -> [Finding] {
        for _ in 0..<Prepared.checkedSteps { try step() }
        return zip(try found(), try expected()).map {
            Finding(name: $0.name, found: $0.value, expected: $1.value)
        }
    }
}

/// The number in `tensor`, for a probe.
func number(_ tensor: Tensor?) throws -> Double {
    guard let tensor else { return .nan }
    return Double(try tensor.evaluated())
}

/// All numbers of `tensor`, for a probe or a reference.
func numbers(_ tensor: Tensor?) throws -> [Double] {
    guard let tensor else { return [.nan] }
    return try tensor.evaluated().scalars(as: Double.self)
}

/// Σ |x|
func magnitude(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1.magnitude } }

/// Σ |x − y|
func distance(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + ($1.0 - $1.1).magnitude }
}
