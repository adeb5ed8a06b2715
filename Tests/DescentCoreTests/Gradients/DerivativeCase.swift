import DescentCore
import DescentTestSupport
import Testing

/// A function to differentiate, with where to do that.
struct DerivativeCase: Sendable, CustomTestStringConvertible {
    /// Numbers from which inputs are drawn: away from the places where a function has a kink or a pole.
    enum Domain: Sendable {
        case real
        case positive
        /// Of either sign, at least 0.6 away from 0.
        case nonzero
        /// Between -0.8 and 0.8.
        case small
        /// At least 0.2 away from whole numbers and halves of odd ones.
        case fraction
        /// A permutation of numbers 0.5 apart: no two are nearly equal.
        case distinct
        /// Whole numbers below the bound, as int64; not differentiated.
        case index(below: Int)

        func sample(_ shape: Shape, _ random: inout SplitMix64) -> Tensor {
            switch self {
            case .real: return random.uniform(shape, in: -2..<2, dtype: .float64)
            case .positive: return random.uniform(shape, in: 0.5..<3, dtype: .float64)
            case .nonzero:
                let size = random.uniform(shape, in: 0.6..<2, dtype: .float64)
                let signs = random.integers(shape, in: 0..<2, dtype: .float64)
                return size * (2 * signs - 1)
            case .small: return random.uniform(shape, in: -0.8..<0.8, dtype: .float64)
            case .fraction:
                let whole = random.integers(shape, in: -3..<3, dtype: .float64)
                return whole + random.uniform(shape, in: 0.22..<0.28, dtype: .float64)
            case .distinct:
                let order = (0..<shape.count).shuffled(using: &random)
                return Tensor(order.map { 0.5 * Double($0) - 1.1 }, shape: shape)
            case .index(let bound): return random.integers(shape, in: 0..<bound, dtype: .int64)
            }
        }
    }

    let name: String
    let inputs: [(Shape, Domain)]
    var step = 0.02
    var tolerance = 1e-7
    let function: @Sendable ([Tensor]) throws -> Tensor

    var testDescription: String { "\(name) \(inputs.map { "\($0.0)" }.joined(separator: " "))" }

    /// Compares the gradient, and the gradient of the gradient, with differences.
    func check() throws {
        var random = SplitMix64(seed: UInt64(inputs.count + inputs.reduce(0) { $0 + $1.0.count }))
        let values = inputs.map { $0.1.sample($0.0, &random) }
        for order in 1...2 {
            let report = try checkGradient(
                of: function, at: values, seed: UInt64(order), order: order, step: step, tolerance: tolerance)
            #expect(report.failure == nil, "\(testDescription)")
        }
    }

    /// The same function of one tensor on many shapes.
    static func unary(
        _ name: String, _ domain: Domain = .real, step: Double = 0.02, shapes: [Shape] = DerivativeCase.shapes,
        _ function: @escaping @Sendable (Tensor) throws -> Tensor
    ) -> [DerivativeCase] {
        shapes.map { shape in
            DerivativeCase(name: name, inputs: [(shape, domain)], step: step) { try function($0[0]) }
        }
    }

    /// The same function of two tensors on many pairs of shapes.
    static func binary(
        _ name: String, _ left: Domain = .real, _ right: Domain = .real, step: Double = 0.02,
        pairs: [(Shape, Shape)] = DerivativeCase.pairs,
        _ function: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
    ) -> [DerivativeCase] {
        pairs.map { a, b in
            DerivativeCase(name: name, inputs: [(a, left), (b, right)], step: step) { try function($0[0], $0[1]) }
        }
    }

    static let shapes: [Shape] = [[], [3], [2, 3], [2, 3, 2], [0], [2, 0, 3]]

    /// Shapes that broadcast in every way there is.
    static let pairs: [(Shape, Shape)] = [
        ([], []), ([3], [3]), ([2, 3], []), ([], [3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 1], [1, 3]),
        ([2, 3, 2], [3, 1]), ([1, 3], [2, 1, 1]), ([0], [1]), ([0, 3], [3]), ([2, 0], [2, 1]),
    ]
}
