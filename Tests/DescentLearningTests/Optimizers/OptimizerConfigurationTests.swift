import Descent
import DescentTestSupport
import Testing

/// Names, order and standard values of arguments, and what is made again from them.
@Suite struct OptimizerConfigurationTests {
    /// What Keras 3.15 says of its optimizers without arguments, but for what all say alike.
    static let recorded = [
        "SGD": #"""
        {"name": "sgd", "learning_rate": 0.009999999776482582, "momentum": 0.0, "nesterov": false}
        """#,
        "Adam": #"""
        {"name": "adam", "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999,
        "epsilon": 1e-07, "amsgrad": false}
        """#,
        "AdamW": #"""
        {"name": "adam_w", "learning_rate": 0.0010000000474974513, "weight_decay": 0.004, "beta_1": 0.9,
        "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": false}
        """#,
        "Adamax": #"""
        {"name": "adamax", "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999,
        "epsilon": 1e-07}
        """#,
        "Nadam": #"""
        {"name": "nadam", "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999,
        "epsilon": 1e-07}
        """#,
        "Adagrad": #"""
        {"name": "adagrad", "learning_rate": 0.0010000000474974513, "initial_accumulator_value": 0.1,
        "epsilon": 1e-07}
        """#,
        "Adadelta": #"""
        {"name": "adadelta", "learning_rate": 0.0010000000474974513, "rho": 0.95, "epsilon": 1e-07}
        """#,
        "Ftrl": #"""
        {"name": "ftrl", "learning_rate": 0.0010000000474974513, "learning_rate_power": -0.5,
        "initial_accumulator_value": 0.1, "l1_regularization_strength": 0.0,
        "l2_regularization_strength": 0.0, "l2_shrinkage_regularization_strength": 0.0, "beta": 0.0}
        """#,
        "Lion": #"""
        {"name": "lion", "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.99}
        """#,
        "Lamb": #"""
        {"name": "lamb", "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999,
        "epsilon": 1e-07}
        """#,
        "Adafactor": #"""
        {"name": "adafactor", "learning_rate": 0.0010000000474974513, "beta_2_decay": -0.8, "epsilon_1":
        1e-30, "epsilon_2": 0.001, "clip_threshold": 1.0, "relative_step": true}
        """#,
        "Muon": #"""
        {"name": "muon", "learning_rate": 0.0010000000474974513, "weight_decay": 0.004, "adam_beta_1":
        0.9, "adam_beta_2": 0.999, "epsilon": 1e-07, "exclude_layers": [], "muon_a": 3.4445, "muon_b":
        -4.775, "muon_c": 2.0315, "adam_lr_ratio": 1, "momentum": 0.95, "ns_steps": 5, "nesterov": true,
        "exclude_embeddings": true, "adam_weight_decay": 0.004, "rms_rate": 0.2}
        """#,
        "ScheduleFreeAdamW": #"""
        {"name": "schedule_free_adam_w", "learning_rate": 0.0024999999441206455, "beta_1": 0.9,
        "beta_2": 0.999, "epsilon": 1e-08, "warmup_steps": 0}
        """#,
    ]

    static let shared: Configuration = [
        "weight_decay": nil, "clipnorm": nil, "global_clipnorm": nil, "clipvalue": nil, "use_ema": false,
        "ema_momentum": 0.99, "ema_overwrite_frequency": nil, "loss_scale_factor": nil,
        "gradient_accumulation_steps": nil,
    ]

    /// Without arguments, in the initializer that takes them one by one.
    static let standard: [String: @Sendable () -> any Optimizer] = [
        "SGD": { SGD() }, "Adam": { Adam() }, "AdamW": { AdamW() }, "Adamax": { Adamax() }, "Nadam": { Nadam() },
        "Adagrad": { Adagrad() }, "Adadelta": { Adadelta() }, "Ftrl": { Ftrl() }, "Lion": { Lion() },
        "Lamb": { Lamb() }, "Adafactor": { Adafactor() }, "Muon": { Muon() },
        "ScheduleFreeAdamW": { ScheduleFreeAdamW() },
    ]

    @Test(arguments: recorded.keys.sorted())
    func standardValues(name: String) throws {
        let own = try Configuration(json: Self.recorded[name]!)
        let recorded = Self.shared.merging(own)
        let make = try #require(Self.standard[name])
        let made = [
            make(), try Optimizers.deserialize(.string(name)), try Optimizers.deserialize(.string(name.lowercased())),
            // As Keras writes it.
            try Optimizers.deserialize([
                "module": "keras.optimizers", "class_name": .string(name), "config": .object(recorded),
                "registered_name": nil,
            ]),
        ]
        for opt in made {
            let config = opt.getConfig()
            #expect(Set(config.keys) == Set(recorded.keys))
            for key in config.keys {
                let (got, want) = (config[key]!, recorded[key]!)
                if let got = got.number, let want = want.number {
                    // The peer's learning rate is a float32.
                    #expect(key == "learning_rate" ? Float(got) == Float(want) : got == want, "\(key)")
                } else {
                    #expect(got == want, "\(key)")
                }
            }
            #expect("\(type(of: opt))" == name)
        }
    }

    /// Every argument changed: each must come back, by name and through files.
    @Test(arguments: recorded.keys.sorted())
    func changedValuesComeBack(name: String) throws {
        var config = Self.shared.merging(try Configuration(json: Self.recorded[name]!))
        for key in config.keys {
            switch (key, config[key]!) {
            case ("learning_rate", _):
                config[key] = [
                    "class_name": "CosineDecay",
                    "config": .object(
                        CosineDecay(initialLearningRate: 0.3, decaySteps: 7).getConfig()),
                ]
            case ("learning_rate_power", _): config[key] = -0.75
            case ("exclude_layers", _): config[key] = ["head.*", "^x"]
            case ("clipnorm", _), ("global_clipnorm", _): break
            case ("ema_overwrite_frequency", _), ("gradient_accumulation_steps", _): config[key] = 5
            case (_, .bool(let flag)): config[key] = .bool(!flag)
            case (_, .integer(let number)) where key != "adam_lr_ratio": config[key] = .integer(number + 2)
            case (_, .string): config[key] = "mine"
            case (_, let value): config[key] = .number(0.5 * (value.number ?? 0) + 0.25)
            }
        }
        let opt = try Optimizers.deserialize(["class_name": .string(name), "config": .object(config)])
        #expect(opt.getConfig() == config)
        let text = try #require(opt as? any Configurable).serialized().json
        let again = try Optimizers.deserialize(.object(Configuration(json: text)))
        #expect(again.getConfig() == config)
        for key in config.keys {
            var broken = config
            broken[key] = nil
            broken[key + "_"] = config[key]
            #expect(throws: DescentError.self, "\(key)") {
                try Optimizers.deserialize(["class_name": .string(name), "config": .object(broken)])
            }
        }
    }

    @Test(arguments: [
        ("SGD", "momentum", 1.5), ("SGD", "momentum", -0.1), ("SGD", "momentum", .nan), ("Adam", "beta_1", 1),
        ("Adam", "beta_2", -0.1), ("Adam", "epsilon", -1), ("Adamax", "beta_2", 1), ("Nadam", "beta_1", 1),
        ("Adagrad", "initial_accumulator_value", -1), ("Adadelta", "rho", 1.1), ("Ftrl", "learning_rate_power", 0.5),
        ("Ftrl", "initial_accumulator_value", -0.1), ("Ftrl", "l1_regularization_strength", -0.1),
        ("Ftrl", "l2_regularization_strength", -0.1), ("Ftrl", "l2_shrinkage_regularization_strength", -0.1),
        ("Lion", "beta_1", 0), ("Lion", "beta_1", 1.1), ("Lamb", "beta_2", 1), ("Adafactor", "clip_threshold", 0),
        ("Muon", "momentum", -1), ("Muon", "ns_steps", -1), ("ScheduleFreeAdamW", "beta_1", 0),
    ])
    func valuesOutOfRange(name: String, key: String, value: Double) throws {
        let entry: Configuration.Value = [
            "class_name": .string(name), "config": .object([key: .number(value)]),
        ]
        let error = #expect(throws: DescentError.self) { try Optimizers.deserialize(entry) }
        #expect(error?.operation == name)
    }

    @Test func refusals() throws {
        let cases: [(Configuration.Value, String)] = [
            ("momentum", "an optimizer is one of RMSprop, SGD"), (7, "an object with class_name and config"),
            (["class_name": "AdamW", "config": ["weight_decay": nil]], "weightDecay must be given"),
            (["class_name": "Muon", "config": ["exclude_layers": ["("]]], "must be regular expressions"),
            (["class_name": "Muon", "config": ["exclude_layers": [3]]], "must be a list of texts"),
            (["class_name": "SGD", "config": ["lr": 1.0]], "may have the keys"),
            (["class_name": "LossScaleOptimizer", "config": [:]], "must have inner_optimizer"),
        ]
        for (value, rule) in cases {
            let error = #expect(throws: DescentError.self) { try Optimizers.deserialize(value) }
            #expect(error?.rule.contains(rule) == true, "\(String(describing: error))")
        }
        // An initializer does not throw; the first step does, and changes nothing.
        let w = Variable(1.0)
        let error = #expect(throws: DescentError.self) { try SGD(momentum: 2).minimize({ w * w }, [w]) }
        #expect(error?.message == "[SGD] momentum must lie between 0 and 1. Received: 2.0")
        #expect(Float(w) == 1)
    }

    @Test func aScaledOptimizer() throws {
        let opt = LossScaleOptimizer(SGD(learningRate: 0.5, momentum: 0.25), initialScale: 16, dynamicGrowthSteps: 7)
        let again = try #require(try Optimizers.deserialize(.object(opt.serialized())) as? LossScaleOptimizer)
        #expect(again.getConfig() == opt.getConfig())
        #expect((again.inner as? SGD)?.momentum == 0.25 && again.dynamicScale == 16 && again.learningRate == 0.5)
        #expect(opt.getConfig()["name"] == "loss_scale_optimizer")
        // What is known as any optimizer says the same.
        let erased: any Optimizer = opt
        #expect(erased.getConfig() == opt.getConfig())
        let old: any Optimizer = RMSprop.tensorFlow1(lr: 0.5)
        #expect(old.getConfig().keys == ["lr", "rho", "decay", "epsilon"])
    }

    /// A user's optimizer with a configuration.
    private final class Descend: Optimizer, Configurable {
        static let className = "Descend"
        let state: OptimizerState
        init(_ options: OptimizerOptions) { state = OptimizerState(options) }
        func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
            w - step.learningRate * g
        }
        static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Descend {
            let read = ConfigurationReader(config, for: className)
            let opt = Descend(try read.options(name: "descend", customObjects: customObjects))
            try read.finish()
            return opt
        }
    }

    @Test func customObjects() throws {
        let entry = Configuration.Value.object(
            LossScaleOptimizer(Descend(OptimizerOptions(learningRate: 0.5))).serialized())
        #expect(throws: DescentError.self) { try Optimizers.deserialize(entry) }
        let opt = try Optimizers.deserialize(entry, customObjects: ["Descend": Descend.self])
        let w = Variable(4.0)
        try opt.minimize({ w * w }, [w])
        #expect(Float(w) == 0)
    }
}
