import Descent

/// What a training is told.
struct Settings {
    enum Kind: String, CaseIterable { case linear, mlp, polynomial }

    var target = ""
    var leftOut: [String] = []
    var missing: Set<String> = ["", "NA", "N/A", "null"]
    var kind = Kind.mlp
    var hidden = [64, 64]
    var degree = 2
    var optimizer = "rmsprop"
    /// nil is the standard one of model and optimizer.
    var learningRate: Double?
    var epochs = 100
    var batchSize = 32
    var validationSplit = 0.2
    var testSplit = 0.2
    /// 0 never stops early.
    var patience = 10
    var seed = 1
    var save: String?
    var report: String?
    var isQuiet = false
    var wantsVersion = false
}

extension Settings {
    /// What `descent fit` takes.
    static var options: [Option<Settings>] {
        data + model + training + schedule(epochs: Settings().epochs)
            + [.text("save", "FILE", "write the model, for descent predict") { $0.save = $1 }] + outcome
    }

    private static var data: [Option<Settings>] {
        [
            .text("target", "COLUMN", "the column to predict, one of numbers (needed)") { $0.target = $1 },
            .text("leave-out", "COLUMN", "a column not to use; may be given several times") { $0.leftOut.append($1) },
            .text("missing", "TEXT", "what stands for a missing number, besides nothing, NA, N/A and null") {
                $0.missing.insert($1)
            },
            share("test-split", "rows set apart to judge the model by (0.2)") { $0.testSplit = $1 },
            share("validation-split", "rows, of those left, that tell when to stop (0.2)") { $0.validationSplit = $1 },
        ]
    }

    private static var model: [Option<Settings>] {
        [
            .choice("model", "NAME", "linear, mlp or polynomial (mlp)", of: Kind.allCases.map(\.rawValue)) {
                $0.kind = Kind(rawValue: $1) ?? $0.kind
            },
            Option(name: "hidden", value: "N,N", help: "mlp: units of the hidden layers (64,64)") {
                settings, text throws(Option<Settings>.Needed) in
                let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
                guard sizes.allSatisfy({ (1...65536).contains($0) }) else {
                    throw Option.Needed(rule: "whole numbers from 1 to 65536 with commas between")
                }
                settings.hidden = sizes
            },
            .whole("degree", "polynomial: the highest degree of its terms (2)", in: 1...10) { $0.degree = $1 },
        ]
    }

    /// What the command without arguments takes, too; so many epochs are standard.
    static func schedule(epochs: Int) -> [Option<Settings>] {
        [
            .whole("epochs", "passes over the training rows, at most (\(epochs))", in: 1...1_000_000_000) {
                $0.epochs = $1
            },
            .whole("seed", "of split, first weights and order of rows (1)", in: 0...Int.max) { $0.seed = $1 },
        ]
    }

    /// What the command without arguments takes, too.
    static var outcome: [Option<Settings>] {
        [
            .text("report", "FILE", "write a report to look at in a browser") { $0.report = $1 },
            .flag("quiet", "print nothing but the result") { $0.isQuiet = true },
        ]
    }

    private static var training: [Option<Settings>] {
        [
            .choice(
                "optimizer", "NAME", "\(Optimizers.names.prefix(3).joined(separator: ", ")), … (rmsprop)",
                of: Optimizers.names
            ) {
                $0.optimizer = $1
            },
            .number(
                "learning-rate", "by default the optimizer's own; 0.01 for linear and polynomial", "a number above 0",
                where: { $0 > 0 }
            ) { $0.learningRate = $1 },
            .whole("batch-size", "rows of a step (32)", in: 1...Int.max) { $0.batchSize = $1 },
            .whole("patience", "epochs without a better one before training stops (10); 0 never stops", in: 0...Int.max)
            {
                $0.patience = $1
            },
        ]
    }

    private static func share(
        _ name: String, _ help: String, _ set: @escaping (inout Settings, Double) -> Void
    ) -> Option<Settings> {
        .number(name, "the share of " + help, "a number from 0 to below 1", where: { 0 <= $0 && $0 < 1 }, set)
    }
}

extension Settings {
    /// The model, without variables.
    func makeModel() -> Sequential {
        switch kind {
        case .linear: Sequential(Dense(1))
        case .mlp: Sequential(hidden.map { Dense($0, activation: .relu) } + [Dense(1)])
        case .polynomial: Sequential(Monomials(degree: degree), Normalization(), Dense(1))
        }
    }

    func makeOptimizer() throws -> any Optimizer {
        var config: Configuration = [:]
        config["learning_rate"] = (learningRate ?? (kind == .mlp ? nil : 0.01)).map { .number($0) }
        return try Optimizers.deserialize(["class_name": .string(optimizer), "config": .object(config)])
    }

    /// The model in words.
    var modelName: String {
        switch kind {
        case .linear: "linear model"
        case .mlp: "network"
        case .polynomial: "polynomial of degree \(degree)"
        }
    }
}
