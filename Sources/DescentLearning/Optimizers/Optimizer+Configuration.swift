import DescentCore
import DescentFiles

extension Optimizer {
    /// The arguments by their documented names: those that all optimizers share, then those of the formula.
    ///
    /// A learning rate that follows a schedule is described as the schedule; one that is asked for, by its number now.
    public func getConfig() -> Configuration { sharedConfig }

    /// What `getConfig` says unless the type says otherwise.
    var sharedConfig: Configuration {
        let options = state.options
        let shared: Configuration = [
            "name": .string(options.name), "learning_rate": state.learningRateConfig,
            "weight_decay": .init(options.weightDecay), "clipnorm": .init(options.clipNorm),
            "global_clipnorm": .init(options.globalClipNorm), "clipvalue": .init(options.clipValue),
            "use_ema": .bool(options.useEMA), "ema_momentum": .number(options.emaMomentum),
            "ema_overwrite_frequency": .init(options.emaOverwriteFrequency),
            "loss_scale_factor": .init(state.dynamicScale == nil ? options.lossScaleFactor : nil),
            "gradient_accumulation_steps": .init(options.gradientAccumulationSteps),
        ]
        return shared.merging(options.lazy ? ["lazy": true] : [:]).merging(hyperparameters)
    }
}

extension OptimizerState {
    /// The learning rate as a configuration says it.
    var learningRateConfig: Configuration.Value {
        if let schedule = learningRateSource.schedule { return .object(schedule.serialized()) }
        return .number(learningRate)
    }

    /// This state, or what is wrong with its options.
    func checked() throws -> OptimizerState {
        if let problem { throw problem }
        return self
    }
}

extension ConfigurationReader {
    /// The arguments that all optimizers share.
    ///
    /// - Parameters:
    ///   - name: what the optimizer is called if nothing is said.
    ///   - learningRate: its learning rate if nothing is said; the default is 0.001.
    ///   - customObjects: schedules that may be named beside the built-in ones.
    public func options(
        name: String, learningRate standard: Double = 0.001, customObjects: CustomObjects
    ) throws -> OptimizerOptions {
        var options = OptimizerOptions(
            learningRate: try learningRate("learning_rate", customObjects) ?? Hyperparameter(standard),
            weightDecay: try number("weight_decay"), clipNorm: try number("clipnorm"),
            clipValue: try number("clipvalue"), globalClipNorm: try number("global_clipnorm"),
            useEMA: try bool("use_ema", default: false), emaMomentum: try number("ema_momentum", default: 0.99),
            emaOverwriteFrequency: try integer("ema_overwrite_frequency"),
            lossScaleFactor: try number("loss_scale_factor"),
            gradientAccumulationSteps: try integer("gradient_accumulation_steps"),
            lazy: try bool("lazy", default: false), name: name)
        options.name = try string("name") ?? name
        return options
    }

    /// A learning rate: a number with a point, or a schedule.
    func learningRate(_ key: String, _ customObjects: CustomObjects) throws -> Hyperparameter? {
        guard let value = value(key) else { return nil }
        switch value {
        case .number(let number): return Hyperparameter(number)
        case .object: return Hyperparameter(try Schedules.deserialize(value, customObjects: customObjects))
        default:
            throw DescentError(
                "fromConfig", "\(key) must be a number with a point, or a schedule", received: value.json)
        }
    }
}
