import Testing

@testable import DescentCommand

@Suite struct BadInputTests {
    /// Rows of x and y below a header.
    private static func table(_ rows: Int) -> String {
        "x,y\n" + (0..<rows).map { "\($0),\($0 * 2 % 7)\n" }.joined()
    }

    @Test(arguments: [
        ("", "nothing in it"), ("x,y\n", "there is no row below the header"),
        ("x,y\n1,2\n", "there is 1 row, too few to learn from"),
        ("x,z\n1,2\n2,3\n", "there is no column \"y\" (there is x, z)"),
        ("x,yy\n1,2\n2,3\n", "there is no column \"y\"; did you mean \"yy\"? (there is x, yy)"),
        ("x,y\n1,2\n2,2\n3,2\n", "column \"y\" is 2 in every row: there is nothing to predict"),
        ("x,y\n1,a\n2,b\n3,c\n", "row 1, column \"y\": \"a\" is no number, and the target must be numbers"),
        ("x,y\n1,2\n2,3\n3,4x\n", "row 3, column \"y\": \"4x\" is no number, and the target must be numbers"),
        ("x,y\n1,2\n2,\n3,4\n", "row 2, column \"y\": the target is missing"),
        ("x,y\n1,2\n2,\n3,nan\n", "row 2, column \"y\": the target is missing, and in 1 other row"),
        ("x,y\n1,2\n2,inf\n3,4\n", "row 2, column \"y\": inf is not finite"),
        ("x,y\n1,2\n-inf,3\n3,4\n", "row 2, column \"x\": -inf is not finite"),
        ("x,y\n1,2\n2\n3,4\n", "a row must have 2 fields: 1 on line 3"),
        ("y\n1\n2\n3\n4\n5\n6\n7\n8\n", "there must be a column to predict \"y\" from: no other column"),
    ])
    func tablesThatCannotBeLearnedFrom(_ text: String, _ message: String) throws {
        let workshop = try Workshop()
        let path = try workshop.file("data.csv", text)
        let run = descent("fit", path, "--target", "y")
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("descent: ") && run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.contains("data.csv") && run.errors.split(separator: "\n").count == 1)
        #expect(run.output.isEmpty)
    }

    @Test(arguments: [
        (["--validation-split", "0.01"], "--validation-split 0.01 of 8 rows: no row is set apart"),
        (["--test-split", "0.99"], "--test-split 0.99 of 10 rows: no row is left"),
        (["--test-split", "0.5", "--validation-split", "0.8"], "of 10 rows 1 is left to learn from"),
        (["--learning-rate", "1e30", "--optimizer", "sgd"], "the loss is no finite number: a smaller --learning-rate"),
        (["--save", "/nowhere/at/all"], "/nowhere/at/all: No such file or directory"),
        (["--report", "/"], "/: Is a directory"),
        (["--save", "/dev/full"], "/dev/full: only a regular file can be written"),
    ])
    func settingsThatDoNotFit(_ arguments: [String], _ message: String) throws {
        let workshop = try Workshop()
        let path = try workshop.file("data.csv", Self.table(10))
        var run = Run()
        let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
        run.status = Command.run(["fit", path, "--target", "y", "--quiet", "--epochs", "3"] + arguments, console)
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func tooManyTermsAreRefused() throws {
        let workshop = try Workshop()
        let header = (0..<20).map { "c\($0)" }.joined(separator: ",") + ",y\n"
        let rows = (0..<20).map { row in (0...20).map { "\((row * 31 + $0 * $0) % 17)" }.joined(separator: ",") + "\n" }
        let path = try workshop.file("wide.csv", header + rows.joined())
        let run = descent("fit", path, "--target", "y", "--model", "polynomial", "--degree", "5")
        #expect(run.status == 1)
        #expect(run.errors.contains("--degree 5 of 20 features makes 53129 terms, more than 5000"), "\(run.errors)")
    }

    @Test func filesThatAreNone() throws {
        let workshop = try Workshop()
        let gone = descent("fit", workshop.path("gone.csv"), "--target", "y")
        #expect(gone.status == 1 && gone.errors == "descent: \(workshop.path("gone.csv")): No such file or directory\n")
        let folder = descent("fit", workshop.folder.path, "--target", "y")
        #expect(folder.status == 1 && folder.errors.hasSuffix(": Is a directory\n"))
        let device = descent("fit", "/dev/null", "--target", "y")
        #expect(device.status == 1 && device.errors.contains("only a regular file can be read"))
    }

    @Test func whatIsReadIsNotWrittenOver() throws {
        let workshop = try Workshop()
        let path = try workshop.file("data.csv", Self.table(10))
        for option in ["--save", "--report"] {
            let run = descent("fit", path, "--target", "y", option, workshop.folder.path + "/./data.csv")
            #expect(run.status == 2 && run.errors.contains("this file is read"))
        }
        #expect(try workshop.text("data.csv") == Self.table(10))
    }

    @Test(arguments: [
        (["fti"], "unknown command \"fti\": it is fit or predict; did you mean fit?"),
        (["--sede", "3"], "unknown option --sede; did you mean --seed?"),
        (["fit"], "data.csv is missing"), (["fit", "a.csv"], "--target is missing: the column to predict"),
        (["fit", "a.csv", "--target", "y", "--optimizer", "adm"], "did you mean adam?"),
        (
            ["fit", "a.csv", "--target", "y", "--model", "mpl"],
            "one of linear, mlp, polynomial, not \"mpl\"; did you mean mlp?"
        ),
        (["fit", "a.csv", "--target", "y", "--hidden", "64,,1"], "whole numbers from 1 to 65536 with commas between"),
        (["fit", "a.csv", "--target", "y", "--test-split", "1"], "a number from 0 to below 1"),
        (["fit", "a.csv", "--target", "y", "--batch-size", "0"], "a whole number, 1 or more"),
        (["predict"], "model.safetensors is missing"), (["predict", "m"], "new.csv is missing"),
    ])
    func wrongCalls(_ arguments: [String], _ message: String) {
        var run = Run()
        let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
        #expect(Command.run(arguments, console) == 2)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.hasPrefix("descent: ") && run.errors.hasSuffix("--help)\n") && run.output.isEmpty)
    }

    @Test func whatStandsInAFileDoesNotSteerTheTerminal() throws {
        let workshop = try Workshop()
        let path = try workshop.file("data.csv", "x,\"\u{1B}[2J\ny\"\n1,2\n2,3\n")
        let run = descent("fit", path, "--target", "z")
        #expect(run.status == 1 && run.errors.split(separator: "\n").count == 1 && !run.errors.contains("\u{1B}"))
    }
}
