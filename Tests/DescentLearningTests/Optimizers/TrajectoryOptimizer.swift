import DescentCore
import DescentFiles
import DescentLearning

/// Which call of an optimizer this is: what recorded callables look at.
final class CallCounter {
    var index = 0
}

/// Makes the optimizers that recorded cases name.
struct TrajectoryOptimizer {
    typealias Known = any (Optimizer & Configurable).Type

    static var known: [String: Known] {
        [
            "RMSprop": RMSprop.self, "SGD": SGD.self, "Adam": Adam.self, "AdamW": AdamW.self, "Adamax": Adamax.self,
            "Nadam": Nadam.self, "Adagrad": Adagrad.self, "Adadelta": Adadelta.self, "Ftrl": Ftrl.self,
            "Lion": Lion.self, "Lamb": Lamb.self, "Adafactor": Adafactor.self, "Muon": Muon.self,
            "ScheduleFreeAdamW": ScheduleFreeAdamW.self,
        ]
    }

    let mode: String
    let calls: CallCounter

    func make(_ name: String, _ recorded: Configuration) throws -> any Optimizer {
        if name == "LossScaleOptimizer" { return try lossScaleOptimizer(recorded) }
        var config = recorded
        var callables: [String: Hyperparameter] = [:]
        for key in config.keys {
            guard let object = config[key]?.object else { continue }
            if object.keys == ["schedule", "config"] {
                config[key] = ["class_name": object["schedule"]!, "config": object["config"]!]
            } else if object.keys == ["callable_per_step"], let values = object["callable_per_step"]?.goldenNumbers {
                callables[key] = Hyperparameter { values[calls.index % values.count] }
                config[key] = nil
            } else {
                throw Unreadable("unknown value of \(key): \(object)")
            }
        }
        switch (mode, name) {
        case ("tf2", "RMSprop"):
            if callables.isEmpty { return try described(RMSprop.fromConfig(config, mode: .tensorFlow2)) }
            guard config == [:], Set(callables.keys).isSubset(of: ["learning_rate", "rho", "momentum"]) else {
                throw Unreadable("callables beside \(config)")
            }
            return RMSprop.tensorFlow2(
                learningRate: callables["learning_rate"] ?? 0.001, rho: callables["rho"] ?? 0.9,
                momentum: callables["momentum"] ?? 0)
        case ("tf1", "RMSprop"):
            guard callables.isEmpty else { throw Unreadable("callables") }
            return try described(RMSprop.fromConfig(config, mode: .tensorFlow1))
        case ("keras3", _):
            guard let type = Self.known[name] else { throw Unreadable("unknown optimizer \(name)") }
            let opt = try described(type.fromConfig(config))
            if let rate = callables.removeValue(forKey: "learning_rate") { opt.learningRateSource = rate }
            guard callables.isEmpty else { throw Unreadable("callables for \(callables.keys)") }
            return opt
        default: throw Unreadable("unknown mode \(mode) of \(name)")
        }
    }

    /// The same optimizer, made again from what it says of itself.
    private func described<Made: Optimizer & Configurable>(_ opt: Made) throws -> Made {
        let again = try Made.fromConfig(opt.getConfig())
        guard again.getConfig() == opt.getConfig() else {
            throw Unreadable("\(opt.getConfig()) came back as \(again.getConfig())")
        }
        return again
    }

    private func lossScaleOptimizer(_ config: Configuration) throws -> LossScaleOptimizer {
        guard Set(config.keys) == ["inner_optimizer", "initial_scale", "dynamic_growth_steps"] else {
            throw Unreadable("unknown configuration of LossScaleOptimizer: \(config)")
        }
        let inner = try Trajectory.object(config, "inner_optimizer")
        return LossScaleOptimizer(
            try make(try Trajectory.text(inner, "optimizer"), try Trajectory.object(inner, "config")),
            initialScale: config["initial_scale"]?.number ?? 0,
            dynamicGrowthSteps: config["dynamic_growth_steps"]?.integer ?? 0)
    }
}
