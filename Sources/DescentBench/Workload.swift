import Descent

/// One thing to measure.
struct Workload: Sendable {
    let name: String
    let unit: Unit
    /// Makes inputs and state anew.
    let prepare: @Sendable () -> Prepared

    init(_ name: String, in unit: Unit = .microseconds, _ prepare: @escaping @Sendable () -> Prepared) {
        self.name = name
        self.unit = unit
        self.prepare = prepare
    }

    static let all: [Workload] =
        scalars + regressions + networks + elementwise + updates + products
}

/// What the time of a step becomes.
enum Unit: Sendable {
    case microseconds
    /// The operations of a step, of which a figure tells 10⁹ a second.
    case gigaflops(operations: Double)
    /// The operations of a step.
    case nanosecondsEach(operations: Double)

    var name: String {
        switch self {
        case .microseconds: "us"
        case .gigaflops: "gflops"
        case .nanosecondsEach: "ns_per_op"
        }
    }

    func figure(seconds: Double) -> Double {
        switch self {
        case .microseconds: seconds * 1e6
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
    let expected: () -> Probes

    static let checkedSteps = 3

    /// Takes three steps; says what is not as expected.
    func check() throws -> [String] {
        for _ in 0..<Prepared.checkedSteps { try step() }
        return zip(try found(), expected()).compactMap { found, expected in
            // Loose enough for what is summed in float32, far too tight for a wrong formula.
            let allowed = 1e-3 * max(expected.value.magnitude, 1e-6)
            return (found.value - expected.value).magnitude <= allowed
                ? nil : "\(found.name) is \(found.value), should be \(expected.value)"
        }
    }
}

/// Returns when all of `tensors` are in memory; they are computed together.
func complete(_ tensors: Tensor...) throws { try evaluate(tensors) }

/// Everything that a probe needs of a tensor.
func numbers(_ tensor: Tensor) throws -> [Float] { try tensor.evaluated().scalars(as: Float.self) }

func number(_ tensor: Tensor?) throws -> Double {
    guard let tensor else { return .nan }
    return Double(try tensor.evaluated())
}

/// Σ |x|
func magnitude(_ numbers: some Sequence<Float>) -> Double { numbers.reduce(0) { $0 + Double($1.magnitude) } }

/// Σ |x − y|
func distance(_ x: [Float], _ y: [Float]) -> Double {
    zip(x, y).reduce(0) { $0 + (Double($1.0) - Double($1.1)).magnitude }
}
