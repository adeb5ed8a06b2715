import Descent

/// `descent fit`: from a CSV file to a trained, explained, saved model.
enum Fit {
    static var grammar: Grammar<Settings> {
        Grammar(
            command: "descent fit",
            purpose: """
                Trains a model that predicts a column of a CSV file from the others, and says how good it is beside two
                baselines. Texts become a feature for each text, numbers are scaled, missing values are marked.
                """,
            operands: ["data.csv"], options: Settings.options,
            epilogue: """
                Example: descent fit houses.csv --target price --save price.safetensors --report price.html
                Ctrl-C ends the training; the best epoch so far is kept.
                """)
    }

    static func run(_ arguments: [String], _ console: Console) throws {
        guard case .run(let settings, let operands) = try grammar.parse(arguments, Settings()) else {
            return try console.say(grammar.help)
        }
        let path = operands[0]
        guard !settings.target.isEmpty else {
            throw Failure.usage("--target is missing: the column to predict", grammar.command)
        }
        try File.requireReadable(path)
        for output in [settings.save, settings.report].compactMap({ $0 }) {
            try File.requireWritable(output, notOneOf: [path])
        }
        let training = try Training(try CSV.read(path, missing: settings.missing), from: path, settings, console)
        try training.announce(console)
        let outcome = try training.run()
        try training.tell(outcome, console)
        try console.say(outcome.table.description)
        if let save = settings.save {
            try training.regressor.save(save)
            if !settings.isQuiet { try console.say("\nThe model is in \(save).") }
        }
        if let report = settings.report {
            try training.report(
                outcome, title: "\(settings.target) of \(path.split(separator: "/").last ?? "")", to: report)
            if !settings.isQuiet { try console.say("\(settings.save == nil ? "\n" : "")The report is in \(report).") }
        }
        if outcome.history.wasInterrupted {
            throw Failure("interrupted after \(counted(outcome.epoch, "epoch"))", status: 130)
        }
    }
}
