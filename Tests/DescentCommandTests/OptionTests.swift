import Testing

@testable import DescentCommand

@Suite struct OptionTests {
    private struct Answers: Equatable {
        var name = ""
        var count = 1
        var share = 0.5
        var isLoud = false
    }

    private let grammar = Grammar<Answers>(
        command: "tool", purpose: "Does it.", operands: ["in.txt"],
        options: [
            .text("name", "TEXT", "a name") { $0.name = $1 },
            .whole("count", "how many", in: 1...9) { $0.count = $1 },
            .number("share", "how much", "a number from 0 to 1", where: { 0 <= $0 && $0 <= 1 }) { $0.share = $1 },
            .choice("colour", "NAME", "which", of: ["red", "green"]) { $0.name = $1 },
            .flag("loud", "say more") { $0.isLoud = true },
        ])

    private func parsed(_ arguments: String...) throws -> (Answers, [String]) {
        guard case .run(let answers, let operands) = try grammar.parse(arguments, Answers()) else {
            throw Failure("help")
        }
        return (answers, operands)
    }

    private func refusal(_ arguments: String...) -> Failure? {
        do {
            _ = try grammar.parse(arguments, Answers())
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test func valuesStandBehindOrAfterAnEqualsSign() throws {
        let (answers, operands) = try parsed("--name", "a", "file", "--count=3", "--share", "0.25", "--loud")
        #expect(answers == Answers(name: "a", count: 3, share: 0.25, isLoud: true))
        #expect(operands == ["file"])
        #expect(try parsed("file", "--name=a=b").0.name == "a=b")
        #expect(try parsed("file", "--name=--x").0.name == "--x")
        #expect(try parsed("file", "--count", "2", "--count", "4").0.count == 4)
        #expect(try parsed("file", "--colour", "RED").0.name == "red")
    }

    @Test func afterTwoHyphensAllAreOperands() throws {
        #expect(try parsed("--loud", "--", "--name").1 == ["--name"])
        #expect(try parsed("-").1 == ["-"])
    }

    @Test func helpListsEveryOption() throws {
        for argument in ["-h", "--help"] {
            guard case .help = try grammar.parse(["--loud", argument], Answers()) else {
                Issue.record("no help for \(argument)")
                continue
            }
        }
        #expect(
            grammar.help == """
                Usage: tool in.txt [options]

                Does it.

                  --name TEXT    a name
                  --count N      how many
                  --share X      how much
                  --colour NAME  which
                  --loud         say more
                  -h, --help     this text
                """)
    }

    @Test(arguments: [
        (["file", "--nmae", "x"], "unknown option --nmae; did you mean --name?"),
        (["file", "--zzzzzz"], "unknown option --zzzzzz"),
        (["file", "-x"], "unknown option -x"),
        (["file", "--count", "0"], "--count must be a whole number, 1 to 9, not \"0\""),
        (["file", "--count", "1.5"], "--count must be a whole number, 1 to 9, not \"1.5\""),
        (
            ["file", "--count", "99999999999999999999"],
            "--count must be a whole number, 1 to 9, not \"99999999999999999999\""
        ),
        (["file", "--share", "nan"], "--share must be a number from 0 to 1, not \"nan\""),
        (["file", "--share", "-1"], "--share must be a number from 0 to 1, not \"-1\""),
        (["file", "--colour", "gren"], "--colour must be one of red, green, not \"gren\"; did you mean green?"),
        (["file", "--name"], "--name needs a value: TEXT"),
        (["file", "--name", "--loud"], "--name needs a value: TEXT"),
        (["file", "--name="], "--name must be a text that is not empty, not \"\""),
        (["file", "--loud=yes"], "--loud takes no value, but there is \"yes\""),
        (["--loud"], "in.txt is missing"),
        (["file", "other"], "there is \"other\" too much"),
    ])
    func wrongCallsAreExplained(_ arguments: [String], _ message: String) {
        var refusal: Failure?
        do { _ = try grammar.parse(arguments, Answers()) } catch { refusal = error as? Failure }
        #expect(refusal?.message == "\(message) (see tool --help)")
        #expect(refusal?.status == 2)
    }

    @Test func namesThatAreNearAreFound() {
        #expect(nearest("epohcs", in: ["epochs", "seed"]) == "epochs")
        #expect(nearest("Price", in: ["area", "price"]) == "price")
        #expect(nearest("fti", in: ["fit", "predict"]) == "fit")
        #expect(nearest("foo", in: ["fit", "predict"]) == nil)
        #expect(nearest("", in: ["fit"]) == nil)
        #expect(nearest("fit", in: []) == nil)
    }
}
