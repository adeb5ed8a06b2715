import Descent

/// `descent` alone: the same as `descent fit`, on a table that comes with the program.
enum Demonstration {
    private static var grammar: Grammar<Settings> {
        Grammar(
            command: "descent",
            purpose: """
                Trains a small network on made-up cars, compares its error on unseen cars with two baselines, and writes a
                report to look at in a browser.

                  descent fit data.csv --target COLUMN        trains on your own table
                  descent predict model.safetensors new.csv   predicts with what was saved
                """,
            options: Settings.schedule(epochs: standard.epochs) + Settings.outcome + [
                .flag("no-report", "write no report") { $0.report = nil },
                .flag("version", "the version") { $0.wantsVersion = true },
            ],
            epilogue: "The report is descent-report.html. See also descent fit --help and descent predict --help.")
    }

    /// What the table and the network of the demonstration are.
    static var standard: Settings {
        var settings = Settings()
        settings.target = "mpg"
        settings.epochs = 60
        settings.report = "descent-report.html"
        return settings
    }

    static func run(_ arguments: [String], _ console: Console) throws {
        guard case .run(let settings, _) = try grammar.parse(arguments, standard) else {
            return try console.say(grammar.help)
        }
        if settings.wantsVersion { return try console.say("descent \(Command.version)") }
        if let report = settings.report { try File.requireWritable(report, notOneOf: []) }
        let training = try Training(try DataSet.cars(), from: "the cars", settings, console)
        try training.announce(console)
        let outcome = try training.run()
        try training.tell(outcome, console)
        if !settings.isQuiet { try console.say("Test RMSE in miles per gallon:\n") }
        for (name, score) in outcome.scores {
            try console.say("  \(padded(right: name, to: 26))\(fixed(score.rmse, 2))")
        }
        if let report = settings.report {
            try training.report(outcome, title: "How far a car goes", to: report)
            if !settings.isQuiet { try console.say("\nThe report is in \(report): a browser shows it.") }
        }
        if outcome.history.wasInterrupted {
            throw Failure("interrupted after \(counted(outcome.epoch, "epoch"))", status: 130)
        }
    }
}
