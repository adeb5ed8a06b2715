import DescentCore
import DescentFiles

/// Limited-memory BFGS: each step goes along an estimate of Newton's direction, made of the last few changes of the
/// gradient, as far as a line search says (Nocedal and Wright, Numerical Optimization, chapters 3 and 7).
///
/// ```
/// d = −H g,   H ≈ (second derivatives)⁻¹ from the last pairs s = Δw, y = Δg
/// w ← w + t d,   t by the strong Wolfe conditions
/// ```
///
/// For a loss without noise, over all data at once. Few steps then do what thousands do that follow the gradient alone.
///
/// ```swift
/// let w = Variable([-1.5, 2], dtype: .float64)
/// let rosenbrock = {
///     let (x, y) = (w.value[0], w.value[1])
///     return (1 - x) ** 2 + 100 * (y - x * x) ** 2
/// }
/// try LBFGS(maxIterations: 100).minimize(rosenbrock, [w])
/// print(rmse(w.value, Tensor([1, 1], dtype: .float64)) .< 1e-6)   // true
/// ```
///
/// Each call of `minimize` makes many evaluations of the loss. What has been learned of the curvature is kept for the next
/// call with the same variables. The arithmetic is in float64 whatever the type of the variables.
public final class LBFGS {
    /// How far to go along a direction.
    public enum LineSearch: String, Sendable {
        /// As far as the loss falls enough and its slope is much flatter there.
        case strongWolfe = "strong_wolfe"
        /// Always `learningRate` times the direction: one evaluation each, and no promise that the loss falls.
        case fixed
    }

    /// The first step to try along a direction; 1 is Newton's.
    public let learningRate: Double
    /// How many directions one call follows at most.
    public let maxIterations: Int
    /// How often one call evaluates the loss at most, but for the end of a line search.
    public let maxEvaluations: Int
    /// No element of the gradient is greater than this: done.
    public let toleranceGradient: Double
    /// Neither the loss nor any element of a variable changes by more than this: done.
    public let toleranceChange: Double
    /// How many pairs of changes are kept.
    public let historySize: Int
    /// How far to go along a direction.
    public let lineSearch: LineSearch

    /// Directions followed so far, by all calls.
    public private(set) var iterations = 0
    /// Evaluations of the loss so far, by all calls.
    public private(set) var evaluations = 0
    private var history: [Pair] = []
    private var known: [ObjectIdentifier] = []
    private let problem: DescentError?

    /// A change of the variables, the change of the gradient that came with it, and the inverse of their product.
    private struct Pair {
        let s: Tensor
        let y: Tensor
        let inverse: Double
    }

    /// An optimizer that has taken no step.
    ///
    /// - Parameters:
    ///   - learningRate: the first step to try along a direction; the default is 1, Newton's.
    ///   - maxIterations: how many directions one call follows at most; the default is 20.
    ///   - maxEvaluations: how often one call evaluates the loss at most, but for the end of a line
    ///     search; the default is 5/4 of `maxIterations`.
    ///   - toleranceGradient: done when no element of the gradient is greater; the default is 1e-7.
    ///   - toleranceChange: done when the loss or the variables change by no more; the default is 1e-9.
    ///   - historySize: how many pairs of changes are kept; the default is 10.
    ///   - lineSearch: how far to go along a direction; the default is `.strongWolfe`.
    public init(
        learningRate: Double = 1, maxIterations: Int = 20, maxEvaluations: Int? = nil,
        toleranceGradient: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 10,
        lineSearch: LineSearch = .strongWolfe, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.learningRate = learningRate
        self.maxIterations = maxIterations
        self.maxEvaluations = maxEvaluations ?? max(maxIterations * 5 / 4, 1)
        self.toleranceGradient = toleranceGradient
        self.toleranceChange = toleranceChange
        self.historySize = historySize
        self.lineSearch = lineSearch
        let location = SourceLocation(file, line)
        let lengths = [
            ("maxIterations", maxIterations), ("maxEvaluations", self.maxEvaluations), ("historySize", historySize),
        ]
        if let (name, length) = lengths.first(where: { $0.1 <= 0 }) {
            problem = refusal(ofLength: length, name, of: Self.className, at: location)
        } else if !(learningRate > 0 && learningRate.isFinite) {
            problem = DescentError(
                "LBFGS", "learningRate must be positive", received: "\(learningRate)", at: location)
        } else if !(toleranceGradient >= 0 && toleranceChange >= 0) {
            problem = DescentError(
                "LBFGS", "tolerances must not be negative", received: "\(toleranceGradient), \(toleranceChange)",
                at: location)
        } else {
            problem = nil
        }
    }

    /// Makes `loss` smaller by changing `variables`, until it is done or `maxIterations` directions have been followed.
    ///
    /// - Parameters:
    ///   - loss: what to make smaller; it runs many times and must give the same value for the same variables. The
    ///     sum of its elements counts.
    ///   - variables: what to change.
    /// - Returns: the loss at the end.
    /// - Throws: what `loss` throws; an error in the expression; a loss that is not finite to begin with. Nothing is
    ///   changed then.
    @discardableResult
    public func minimize(
        _ loss: () throws -> Tensor, _ variables: [Variable], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Double {
        do {
            if let problem { throw problem }
            var landscape = try Landscape(variables)
            let identities = variables.map { ObjectIdentifier($0) }
            do {
                var history = identities == known ? history : []
                let (iterations, end) = try descend(&landscape, loss, &history)
                try landscape.move(to: end.position)
                self.history = history
                self.known = identities
                self.iterations += iterations
                self.evaluations += landscape.evaluations
                return end.value
            } catch {
                landscape.restore()
                throw error
            }
        } catch let error as DescentError {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// Forgets what has been learned of the curvature.
    public func reset() { history = [] }

    private func descend(
        _ landscape: inout Landscape, _ loss: () throws -> Tensor, _ history: inout [Pair]
    ) throws -> (iterations: Int, end: Landscape.Place) {
        var here = try landscape.look(loss)
        guard here.value.isFinite else {
            throw DescentError("LBFGS", "the loss must be finite", received: "\(here.value)")
        }
        var iterations = 0
        while iterations < maxIterations, iterations == 0 || landscape.evaluations < maxEvaluations {
            if try number(abs(here.gradient).max()) <= toleranceGradient { break }
            iterations += 1
            var direction = try downhill(from: here.gradient, history)
            var slope = try scalarProduct(direction, here.gradient)
            if !(slope < 0) {
                // Rounding has spoiled what was known of the curvature.
                history = []
                direction = try downhill(from: here.gradient, history)
                slope = try scalarProduct(direction, here.gradient)
            }
            guard slope < 0, slope.isFinite else { break }
            let first = history.isEmpty ? min(1, 1 / (try number(abs(here.gradient).sum()))) : 1
            guard
                let there = try go(
                    from: here, along: direction, slope: slope, first: first * learningRate, &landscape, loss)
            else { break }
            let (s, y) = (there.position - here.position, there.gradient - here.gradient)
            let (product, square) = (try scalarProduct(s, y), try scalarProduct(y, y))
            // A pair that says nothing of the curvature, or that it is negative, would spoil the estimate.
            if product > .ulpOfOne * square {
                history.append(Pair(s: s, y: y, inverse: 1 / product))
                if history.count > historySize { history.removeFirst() }
            }
            let gain = abs(there.value - here.value)
            let change = try number(abs(s).max())
            here = there
            if change <= toleranceChange || gain < toleranceChange { break }
        }
        return (iterations, here)
    }

    /// −H g, by the two loops of Nocedal (1980).
    private func downhill(from gradient: Tensor, _ history: [Pair]) throws -> Tensor {
        var q = -gradient
        var shares: [Double] = []
        for pair in history.reversed() {
            let share = pair.inverse * (try scalarProduct(pair.s, q))
            q = q - share * pair.y
            shares.append(share)
        }
        if let last = history.last { q = q / (last.inverse * (try scalarProduct(last.y, last.y))) }
        for (pair, share) in zip(history, shares.reversed()) {
            let other = pair.inverse * (try scalarProduct(pair.y, q))
            q = q + (share - other) * pair.s
        }
        return q
    }

    /// The place that the line search finds; nil if it finds none that is better.
    private func go(
        from here: Landscape.Place, along direction: Tensor, slope: Double, first: Double,
        _ landscape: inout Landscape, _ loss: () throws -> Tensor
    ) throws -> Landscape.Place? {
        if lineSearch == .fixed {
            try landscape.move(to: here.position + first * direction)
            let there = try landscape.look(loss)
            return there.value.isFinite ? there : nil
        }
        let search = WolfeSearch(
            start: .init(step: 0, value: here.value, slope: slope, place: here),
            noise: 4 * landscape.precision * abs(here.value),
            shortest: toleranceChange / max(try number(abs(direction).max()), .leastNormalMagnitude))
        let found = try search.run(first: first) { step in
            try landscape.move(to: here.position + step * direction)
            let there = try landscape.look(loss)
            return .init(
                step: step, value: there.value, slope: try scalarProduct(direction, there.gradient), place: there)
        }
        return found.step > 0 ? found.place : nil
    }
}

// MARK: - Numbers of tensors

private func number(_ tensor: Tensor) throws -> Double { Double(try tensor.evaluated()) }

private func scalarProduct(_ a: Tensor, _ b: Tensor) throws -> Double { try number((a * b).sum()) }

// MARK: - Configuration

extension LBFGS: Configurable {
    /// The name that configurations use.
    public static var className: String { "LBFGS" }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "learning_rate": .number(learningRate), "max_iterations": .integer(maxIterations),
            "max_evaluations": .integer(maxEvaluations), "tolerance_gradient": .number(toleranceGradient),
            "tolerance_change": .number(toleranceChange), "history_size": .integer(historySize),
            "line_search": .string(lineSearch.rawValue),
        ]
    }

    /// The optimizer that the arguments describe.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> LBFGS {
        let reader = ConfigurationReader(config, for: className)
        let search = try reader.string("line_search") ?? LineSearch.strongWolfe.rawValue
        guard let lineSearch = LineSearch(rawValue: search) else {
            throw DescentError("fromConfig", "line_search must be strong_wolfe or fixed", received: search)
        }
        let made = LBFGS(
            learningRate: try reader.number("learning_rate", default: 1),
            maxIterations: try reader.integer("max_iterations") ?? 20,
            maxEvaluations: try reader.integer("max_evaluations"),
            toleranceGradient: try reader.number("tolerance_gradient", default: 1e-7),
            toleranceChange: try reader.number("tolerance_change", default: 1e-9),
            historySize: try reader.integer("history_size") ?? 10, lineSearch: lineSearch)
        try reader.finish()
        if let problem = made.problem { throw problem }
        return made
    }
}
