import Descent

/// `descent predict`: what a saved model says of the rows of a CSV file.
enum Predict {
    private struct Choices {
        var output: String?
    }

    private static var grammar: Grammar<Choices> {
        Grammar(
            command: "descent predict",
            purpose: """
                Writes what a model, saved by descent fit, predicts for each row of a CSV file, in their order. If the file has
                the column that is predicted, the error is told on the standard error stream.
                """,
            operands: ["model.safetensors", "new.csv"],
            options: [
                .text("output", "FILE", "write the predictions there, not to the standard output") {
                    $0.output = $1 == "-" ? nil : $1
                }
            ],
            epilogue: "The predictions are a CSV file of one column, prediction.")
    }

    static func run(_ arguments: [String], _ console: Console) throws {
        guard case .run(let choices, let operands) = try grammar.parse(arguments, Choices()) else {
            return try console.say(grammar.help)
        }
        let (model, path) = (operands[0], operands[1])
        let regressor = try Regressor.load(model)
        try File.requireReadable(path)
        if let output = choices.output { try File.requireWritable(output, notOneOf: [model, path]) }
        let table = try read(path, regressor)
        let encoded: TableEncoder.Encoded
        do {
            encoded = try regressor.encoder.encode(table, withTarget: false)
        } catch {
            throw Failure("\(path): \(Failure(error).message)")
        }
        let predictions = try regressor.predict(encoded.x)
        if let output = choices.output {
            try CSV.write(Table([("prediction", .numbers(Tensor(predictions)))]), to: output)
        } else {
            try console.write("prediction\n" + predictions.map { "\($0)\n" }.joined())
        }
        for (column, count) in encoded.unknown.sorted(by: { $0.key < $1.key }) {
            console.complain(
                "note: \(counted(count, "text")) of column \(column.debugDescription) did not occur in training")
        }
        tell(table, predictions, regressor.encoder.target, console)
    }

    /// The table, its columns read as they were in training.
    private static func read(_ path: String, _ regressor: Regressor) throws -> Table {
        let kinds = regressor.encoder.kinds
        do {
            return try CSV.read(path, kinds: kinds, missing: regressor.missing)
        } catch {
            // What does not fit is told by row and column, if it is not the file that is broken.
            guard let table = try? CSV.read(path, missing: regressor.missing) else { throw error }
            let columns = regressor.encoder.columnNames.map { (name: $0, kind: kinds[$0]!) }
            throw Inspection(table: table, source: path).misfit(columns) ?? Failure(error)
        }
    }

    /// The error, as far as the truth is known.
    private static func tell(_ table: Table, _ predictions: [Double], _ target: String, _ console: Console) {
        guard case .numbers(let tensor) = table[target] else { return }
        let known = zip(tensor.scalars(as: Double.self), predictions).filter { $0.0.isFinite }
        guard let score = try? RegressionScore(truth: known.map(\.0), predicted: known.map(\.1)) else { return }
        let r2 = score.r2.isNaN ? "" : ", R² \(fixed(score.r2, 3))"
        console.complain(
            "\(target) of \(counted(known.count, "row")): RMSE \(brief(score.rmse)), MAE \(brief(score.mae))\(r2)")
    }
}
