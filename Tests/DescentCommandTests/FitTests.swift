import Descent
import Testing

@testable import DescentCommand

@Suite struct FitTests {
    @Test func aTableBecomesARegressor() throws {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        let run = descent(
            "fit", houses, "--target", "price", "--epochs", "30", "--save", workshop.path("m.safetensors"), "--report",
            workshop.path("r.html"))
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.lines[0] == "120 rows: 77 to learn from, 19 for validation, 24 to be judged by.")
        #expect(run.lines[1] == "6 features of 3 columns; a 6-64-64-1 network learns price by rmsprop.")
        #expect(run.output.contains("epoch  1   loss "))
        #expect(run.output.contains("price, 24 test rows"))
        for name in ["mean of the training set", "linear least squares", "the network"] {
            #expect(run.output.contains(name))
        }
        #expect(!run.output.contains("\u{1B}") && !run.output.contains("\r"))
        let saved = try SafeTensors.read(workshop.path("m.safetensors"))
        #expect(saved.names.count == 6 && saved.metadata["descent.regressor"] != nil)
        let report = try workshop.text("r.html")
        #expect(report.contains("price of houses.csv") && report.contains("Predictions of 24 test rows"))
        #expect(!report.contains("http"))
    }

    private func houses(in workshop: Workshop) throws -> String {
        _ = try workshop.houses()
        return try workshop.text("houses.csv")
    }

    /// The figures in the last lines.
    private func result(_ arguments: String...) throws -> String {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        var run = Run()
        let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
        run.status = Command.run(["fit", houses, "--target", "price", "--quiet", "--epochs", "4"] + arguments, console)
        try #require(run.status == 0, "\(run.errors)")
        return run.lines.dropLast().last ?? ""
    }

    @Test func theSameSeedGivesTheSameModel() throws {
        #expect(try result("--seed", "3") == result("--seed", "3"))
        #expect(try result("--seed", "3") != result("--seed", "4"))
    }

    @Test(arguments: [
        ["--hidden", "8"], ["--hidden=8,4,2"], ["--optimizer", "adam"], ["--learning-rate", "0.01"],
        ["--epochs", "9"], ["--batch-size", "7"], ["--validation-split", "0.4"], ["--test-split", "0.4"],
        ["--validation-split", "0"], ["--model", "linear"], ["--model", "polynomial"],
        ["--model", "polynomial", "--degree", "3"], ["--leave-out", "town"], ["--test-split", "0"],
        ["--test-split", "0", "--validation-split", "0"],
    ])
    func everyOptionCounts(_ arguments: [String]) throws {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        func run(_ more: [String]) throws -> String {
            var run = Run()
            let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
            let all = ["fit", houses, "--target", "price", "--quiet", "--epochs", "4"] + more
            try #require(Command.run(all, console) == 0, "\(run.errors)")
            return run.output
        }
        #expect(try run(arguments) != run([]))
    }

    @Test func otherTextsMayStandForMissingNumbers() throws {
        let workshop = try Workshop()
        let text = try houses(in: workshop)
        let marked = try workshop.file("marked.csv", text.replacing("\n,", with: "\n?,"))
        let plain = descent("fit", workshop.path("houses.csv"), "--target", "price", "--quiet", "--epochs", "2")
        func run(_ more: String...) -> Run {
            var run = Run()
            let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
            let model = ["--save", workshop.path("m.safetensors")]
            run.status = Command.run(
                ["fit", marked, "--target", "price", "--quiet", "--epochs", "2"] + model + more, console)
            return run
        }
        #expect(run().output != plain.output)
        #expect(run("--missing", "?").output == plain.output)
        // The model remembers what stands for a missing number.
        #expect(
            descent("predict", workshop.path("m.safetensors"), marked).output
                == descent("predict", workshop.path("m.safetensors"), workshop.path("houses.csv")).output)
    }

    @Test func trainingStopsWhenNothingGetsBetter() throws {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        let patient = descent(
            "fit", houses, "--target", "price", "--epochs", "25", "--patience", "0", "--optimizer", "adam",
            "--learning-rate", "0.1")
        let hasty = descent(
            "fit", houses, "--target", "price", "--epochs", "25", "--patience", "1", "--optimizer", "adam",
            "--learning-rate", "0.1")
        #expect(patient.output.contains("epoch 25 "))
        #expect(!hasty.output.contains("epoch 25 "))
        #expect(hasty.output.contains("the best one"))
    }

    @Test func polynomialsFindWhatLinesDoNot() throws {
        let workshop = try Workshop()
        var text = "a,b,y\n"
        for row in 0..<100 {
            let (a, b) = (Double(row % 10) - 4.5, Double(row / 10) - 4.5)
            text += "\(a),\(b),\(a * b + a * a)\n"
        }
        let data = try workshop.file("data.csv", text)
        func rSquared(_ model: String) throws -> Double {
            let run = descent("fit", data, "--target", "y", "--model", model, "--quiet", "--epochs", "150")
            return try #require(Double(run.output.split(whereSeparator: \.isWhitespace).last ?? ""), "\(run.errors)")
        }
        #expect(try rSquared("polynomial") > 0.98)
        #expect(try rSquared("linear") < 0.5)
    }

    @Test func terminalsGetALineThatMoves() throws {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        let run = descent("fit", houses, "--target", "price", "--epochs", "4", isTerminal: true, hasColors: true)
        #expect(run.output.contains("\u{1B}["))
        #expect(descent("fit", houses, "--target", "price", "--epochs", "4").output.allSatisfy { $0 != "\u{1B}" })
    }

    @Test func theCommandAloneBeatsItsBaselines() throws {
        let workshop = try Workshop()
        let run = descent("--report", workshop.path("report.html"))
        #expect(run.status == 0)
        let errors = ["mean of the training set", "linear least squares", "the network"].map { name in
            run.lines.first { $0.contains(name) }.flatMap { Double($0.split(separator: " ").last ?? "") } ?? .nan
        }
        #expect(errors[2] < 0.9 * errors[1] && errors[1] < errors[0])
        #expect(run.lines.count { $0.contains("epoch") && $0.contains("loss") } >= 5)
        #expect(try workshop.text("report.html").contains("How far a car goes"))
        let quiet = descent("--no-report", "--quiet", "--epochs", "2", "--seed", "5")
        #expect(quiet.status == 0 && quiet.lines.count == 4)
    }

    @Test func helpAndVersion() {
        for arguments in [["--help"], ["fit", "--help"], ["fit", "-h"], ["predict", "--help"]] {
            var run = Run()
            let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
            #expect(Command.run(arguments, console) == 0)
            #expect(run.output.hasPrefix("Usage: descent") && run.errors.isEmpty)
            for option in run.lines { #expect(option.count <= 120) }
        }
        #expect(descent("--version").output == "descent \(Command.version)\n")
    }
}
