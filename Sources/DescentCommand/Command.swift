import Descent

/// The program: finds out what is asked for, does it, and answers as programs of Unix do.
@main
struct Command {
    static let version = "0.1.0"

    static func main() {
        let console = Console.standard
        exit(run(Array(CommandLine.arguments.dropFirst()), console))
    }

    /// Does what the arguments ask for; the status to end with.
    static func run(_ arguments: [String], _ console: Console) -> Int32 {
        do {
            switch arguments.first {
            case "fit": try Fit.run(Array(arguments.dropFirst()), console)
            case "predict": try Predict.run(Array(arguments.dropFirst()), console)
            case let word? where !word.hasPrefix("-"):
                let hint = nearest(word, in: ["fit", "predict"]).map { "; did you mean \($0)?" } ?? ""
                throw Failure.usage("unknown command \(word.debugDescription): it is fit or predict\(hint)", "descent")
            default: try Demonstration.run(arguments, console)
            }
            return 0
        } catch {
            let failure = Failure(error)
            if !failure.message.isEmpty { console.complain(failure.message) }
            return failure.status
        }
    }
}
