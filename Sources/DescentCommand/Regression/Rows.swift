import Descent

/// The rows of a table for training, for validation and for the test, drawn at random.
struct Rows {
    let training: Table
    let validation: Table?
    let test: Table?

    init(_ table: Table, _ settings: Settings) throws {
        let (rest, test) = try Rows.part(table, settings.testSplit, seed: settings.seed, "test-split")
        self.test = test
        (training, validation) = try Rows.part(
            rest, settings.validationSplit, seed: settings.seed, "validation-split")
        guard training.rowCount > 1 else {
            throw Failure(
                "of \(counted(table.rowCount, "row")) 1 is left to learn from, which is too few: "
                    + "make --test-split or --validation-split smaller")
        }
    }

    private static func part(
        _ table: Table, _ share: Double, seed: Int, _ option: String
    ) throws -> (rest: Table, part: Table?) {
        guard share > 0 else { return (table, nil) }
        let count = Int((Double(table.rowCount) * share).rounded())
        guard count > 0, count < table.rowCount else {
            let lack = count == 0 ? "no row is set apart" : "no row is left"
            throw Failure(
                "--\(option) \(share) of \(counted(table.rowCount, "row")): \(lack); give another share, or 0 for none")
        }
        let (rest, part) = try trainTestSplit(table, testSize: share, seed: seed)
        return (rest, part)
    }

    /// The rows that the model is judged by, and what they are called: those that it has learned least from.
    var judged: (rows: Table, name: String) {
        if let test { return (test, counted(test.rowCount, "test row")) }
        if let validation { return (validation, counted(validation.rowCount, "validation row")) }
        return (training, counted(training.rowCount, "training row"))
    }
}
