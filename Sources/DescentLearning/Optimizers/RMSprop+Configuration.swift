import DescentCore
import DescentFiles

extension RMSprop: Configurable {
    /// The documented name.
    public static let className = "RMSprop"

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        [
            "rho": .number(rho), "momentum": .number(momentum), "epsilon": .number(epsilon),
            "centered": .bool(centered),
        ]
    }

    /// The arguments by their names in the documents of the mode.
    public func getConfig() -> Configuration {
        let options = state.options
        var clips = Configuration()
        if let clip = options.clipNorm { clips["clipnorm"] = .number(clip) }
        if let clip = options.clipValue { clips["clipvalue"] = .number(clip) }
        switch mode {
        case .keras3: return sharedConfig
        case .tensorFlow2:
            let head: Configuration = ["name": .string(name)]
            return head.merging(clips)
                .merging(["learning_rate": state.learningRateConfig, "decay": .number(options.decay)])
                .merging(hyperparameters)
        case .tensorFlow1:
            return clips.merging([
                "lr": state.learningRateConfig, "rho": .number(rho), "decay": .number(options.decay),
                "epsilon": .number(epsilon),
            ])
        case .pyTorch:
            return [
                "lr": state.learningRateConfig, "alpha": .number(rho), "eps": .number(epsilon),
                "weight_decay": .number(options.weightDecay ?? 0), "momentum": .number(momentum),
                "centered": .bool(centered),
            ]
        }
    }

    /// Makes what the configuration describes, in the mode whose complete keys it has; Keras 3 if in doubt.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> RMSprop {
        let keys = Set(config.keys)
        let mode: Mode =
            if keys.isSuperset(of: ["lr", "alpha", "eps"]) {
                .pyTorch
            } else if keys.isSuperset(of: ["lr", "rho", "decay", "epsilon"]), !keys.contains("momentum") {
                .tensorFlow1
            } else if keys.isSuperset(of: ["learning_rate", "decay", "momentum", "centered"]) {
                .tensorFlow2
            } else {
                .keras3
            }
        return try fromConfig(config, mode: mode, customObjects: customObjects)
    }

    /// Makes what the configuration describes, read as that mode says it.
    ///
    /// ```swift
    /// let opt = try RMSprop.fromConfig(["lr": 0.25, "decay": 0.5], mode: .tensorFlow1)
    /// print(opt.getConfig())   // {"lr": 0.25, "rho": 0.9, "decay": 0.5, "epsilon": 1e-08}
    /// ```
    public static func fromConfig(
        _ config: Configuration, mode: Mode, customObjects: CustomObjects = [:]
    ) throws -> RMSprop {
        let read = ConfigurationReader(config, for: className)
        func number(_ key: String, _ standard: Double) throws -> Double { try read.number(key, default: standard) }
        let opt: RMSprop
        switch mode {
        case .keras3:
            if let decay = config["decay"], decay != .null {
                throw DescentError(
                    "fromConfig", "RMSprop has no decay any more (give learning_rate an InverseTimeDecay)",
                    received: "decay: \(decay)")
            }
            opt = RMSprop(
                try read.options(name: "rmsprop", customObjects: customObjects), rho: try number("rho", 0.9),
                momentum: try number("momentum", 0), epsilon: try number("epsilon", 1e-7),
                centered: try read.bool("centered", default: false))
        case .tensorFlow2:
            let rate = try read.learningRate("learning_rate", customObjects) ?? 0.001
            opt = tensorFlow2(
                learningRate: rate, rho: try number("rho", 0.9), momentum: try number("momentum", 0),
                epsilon: try read.number("epsilon"), centered: try read.bool("centered", default: false),
                decay: try number("decay", 0), clipNorm: try read.number("clipnorm"),
                clipValue: try read.number("clipvalue"), lr: try read.number("lr"),
                name: config["name"] == nil ? "RMSprop" : try read.string("name"))
        case .tensorFlow1:
            opt = tensorFlow1(
                lr: try read.learningRate("lr", customObjects) ?? 0.001, rho: try number("rho", 0.9),
                epsilon: try number("epsilon", 1e-8), decay: try number("decay", 0),
                clipNorm: try read.number("clipnorm"), clipValue: try read.number("clipvalue"))
        case .pyTorch:
            opt = pyTorch(
                lr: try read.learningRate("lr", customObjects) ?? 0.01, alpha: try number("alpha", 0.99),
                eps: try number("eps", 1e-8), weightDecay: try number("weight_decay", 0),
                momentum: try number("momentum", 0), centered: try read.bool("centered", default: false))
        }
        try read.finish()
        _ = try opt.state.checked()
        return opt
    }
}
