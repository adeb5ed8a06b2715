import DescentCore
import DescentFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The arithmetic that `Adam`, `AdamW` and, for what is no matrix, `Muon` share; `Adam` shows the formula.
struct AdamRule {
    let beta1: Double
    let beta2: Double
    let epsilon: Double
    let amsgrad: Bool

    var slotNames: [String] { slotGroups.flatMap { $0 } }
    var slotGroups: [[String]] { [["momentum", "velocity"]] + (amsgrad ? [["velocity_hat"]] : []) }

    func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, rate: Double, step: Step) -> Tensor {
        let mean = slots.momentum + (1 - beta1) * (g - slots.momentum)
        var square = slots.velocity + (1 - beta2) * (g * g - slots.velocity)
        slots.momentum = mean
        slots.velocity = square
        if amsgrad {
            square = maximum(slots["velocity_hat"], square)
            slots["velocity_hat"] = square
        }
        // One number for the corrections of both averages, so that the plan stays the same.
        let rate = rate * filled(beta2, after: step.number).squareRoot() / filled(beta1, after: step.number)
        return w - rate * mean / (sqrt(square) + epsilon)
    }
}

// MARK: - What the formulas share

extension Step {
    /// The number of this update, from 1 on.
    var number: Int { iteration + 1 }
}

/// 1 − βᵗ: how much of a moving average that began with 0 is filled after t steps.
func filled(_ beta: Double, after t: Int) -> Double { 1 - power(beta, t) }

/// A power of a number.
func power(_ base: Double, _ exponent: Int) -> Double { pow(base, Double(exponent)) }

/// A power of a number.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

extension Slots {
    /// Whether there is a slot with that name.
    func contains(_ name: String) -> Bool { values.contains { $0.name == name } }
}

extension OptimizerState {
    /// Keeps in mind what is wrong with an argument, for the first step to throw, unless something was wrong before.
    func require(_ holds: Bool, _ optimizer: String, _ rule: String, received: Any) {
        if problem == nil, !holds { problem = DescentError(operation: optimizer, rule, received: "\(received)") }
    }

    /// The same for the arguments of two averages.
    func require(beta1: Double? = nil, beta2: Double, epsilon: Double, _ optimizer: String) {
        if let beta1 { require((0..<1).contains(beta1), optimizer, "beta1 must lie in 0..<1", received: beta1) }
        require((0..<1).contains(beta2), optimizer, "beta2 must lie in 0..<1", received: beta2)
        require(epsilon >= 0, optimizer, "epsilon must not be negative", received: epsilon)
    }
}

extension Configuration {
    /// The arguments of two averages by their documented names, and others.
    static func averages(
        _ beta1: Double, _ beta2: Double, _ epsilon: Double, and others: Configuration = [:]
    ) -> Configuration {
        var all: Configuration = ["beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon)]
        for name in others.keys { all[name] = others[name] }
        return all
    }
}

extension ConfigurationReader {
    /// The arguments of two averages.
    func averages(epsilon: Double = 1e-7) throws -> (beta1: Double, beta2: Double, epsilon: Double) {
        (
            try number("beta_1", default: 0.9), try number("beta_2", default: 0.999),
            try number("epsilon", default: epsilon)
        )
    }

    /// Ends the reading of an optimizer: nothing is left, and nothing wrong with it.
    func finished<Made: Optimizer>(_ optimizer: Made) throws -> Made {
        try finish()
        _ = try optimizer.state.checked()
        return optimizer
    }
}
