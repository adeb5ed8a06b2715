import DescentCore
import DescentFiles

/// The optimizers that configurations may name.
///
/// ```swift
/// let opt = try Optimizers.deserialize(["class_name": "SGD", "config": ["learning_rate": 0.5, "momentum": 0.9]])
/// print(opt.learningRate)   // 0.5
/// print(try Optimizers.deserialize("rmsprop").learningRate)   // 0.001
/// ```
public enum Optimizers {
    private static var builtIn: [any (Optimizer & Configurable).Type] {
        [
            RMSprop.self, SGD.self, Adam.self, AdamW.self, Adamax.self, Nadam.self, Adagrad.self, Adadelta.self,
            Ftrl.self, Lion.self, Lamb.self, Adafactor.self, Muon.self, ScheduleFreeAdamW.self,
            LossScaleOptimizer.self,
        ]
    }

    /// The documented names, in small letters, of the optimizers that a name alone makes.
    ///
    /// ```swift
    /// print(Optimizers.names.prefix(3))   // ["rmsprop", "sgd", "adam"]
    /// ```
    public static var names: [String] {
        builtIn.filter { $0 != LossScaleOptimizer.self }.map { $0.className.lowercased() }
    }

    /// Makes the optimizer that an entry describes: a name, `"sgd"`, for an optimizer with the standard arguments, or
    /// `{"class_name": …, "config": …}`. The entries `module` and `registered_name` that Keras writes may be there too.
    ///
    /// - Parameters:
    ///   - value: the entry. Names of classes may be written in small letters.
    ///   - customObjects: optimizers and schedules that may be named beside the built-in ones; they come first.
    /// - Throws: an unknown class or key, a value of a wrong kind or out of range.
    public static func deserialize(
        _ value: Configuration.Value, customObjects: CustomObjects = [:]
    ) throws -> any Optimizer {
        var value = value
        if let name = value.string { value = ["class_name": .string(name), "config": [:]] }
        if var entry = value.object, let name = entry["class_name"]?.string, customObjects[name] == nil,
            let type = builtIn.first(where: { $0.className.lowercased() == name.lowercased() })
        {
            entry["class_name"] = .string(type.className)
            value = .object(entry)
        }
        let object = try SerializedObject(value, "an optimizer")
        let type = try object.type("an optimizer", of: builtIn, or: customObjects)
        guard let type = type as? any (Optimizer & Configurable).Type else {
            throw DescentError(
                "deserialize", "an optimizer must be an Optimizer", received: "\(object.className), a \(type)")
        }
        return try type.fromConfig(object.config, customObjects: customObjects)
    }
}

extension LossScaleOptimizer: Configurable {
    /// The documented name.
    public static var className: String { "LossScaleOptimizer" }

    /// The arguments; `inner` together with the name of its class.
    public func getConfig() -> Configuration {
        let inner =
            (inner as? any Configurable)?.serialized()
            ?? ["class_name": .string("\(type(of: inner))"), "config": .object(inner.getConfig())]
        return [
            "name": .string(name), "inner_optimizer": .object(inner),
            "initial_scale": .number(state.dynamicScale?.initialScale ?? 1),
            "dynamic_growth_steps": .integer(state.dynamicScale?.growthSteps ?? 0),
        ]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> LossScaleOptimizer {
        let read = ConfigurationReader(config, for: className)
        let inner = try read.required("inner_optimizer", read.value("inner_optimizer"))
        return try read.finished(
            LossScaleOptimizer(
                try Optimizers.deserialize(inner, customObjects: customObjects),
                initialScale: try read.number("initial_scale", default: 32768),
                dynamicGrowthSteps: try read.integer("dynamic_growth_steps") ?? 2000,
                name: try read.string("name") ?? "loss_scale_optimizer"))
    }
}
