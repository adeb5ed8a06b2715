import Descent

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@main
struct Command {
    static let usage = """
        Usage: descent [--epochs N] [--seed N] [--help]

        Trains a 9-64-64-1 network with RMSprop on a built-in data set of 400 cars and
        compares its error on unseen cars with two baselines.

          --epochs N   passes over the training set (default 60)
          --seed N     of the first weights and of the order of the cars (default 1)
          --help       this text
        """

    var epochs = 60
    var seed = 1

    static func main() throws {
        switch parse(Array(CommandLine.arguments.dropFirst())) {
        case .run(let command): try command.run()
        case .help: print(usage)
        case .refuse(let message):
            complain("descent: \(message)\n\n\(usage)")
            exit(2)
        }
    }

    func run() throws {
        let data = try DataSet.cars()
        print("\(data.trainCount) cars to learn from, \(data.testCount) to be judged by; 9 features each.")
        print("A 9-64-64-1 network learns by RMSprop, 32 cars a step:\n")

        let network = Network(sizes: [9, 64, 64, 1], seed: seed)
        var losses: [Double] = []
        try network.train(on: data, epochs: epochs, seed: seed) { epoch, loss in
            losses.append(loss)
            if epoch == 1 || epoch == epochs || epoch % max(epochs / 6, 1) == 0 {
                print("  epoch \(padded("\(epoch)", to: 4))   loss \(fixed(loss, 4))")
            }
        }
        print("\nThe loss by epoch, on a logarithmic scale:\n")
        print(curve(losses, width: 60, height: 6))

        print("\nTest RMSE in miles per gallon:\n")
        print("  mean of the training set  \(fixed(try data.testError(of: .zeros([data.testCount, 1])), 2))")
        print(
            "  linear least squares      \(fixed(try data.testError(of: LinearFit(data)(data.testFeatures)), 2))"
        )
        print("  the network               \(fixed(try data.testError(of: network(data.testFeatures)), 2))")
    }
}

// MARK: - Arguments

extension Command {
    enum Parsed {
        case run(Command)
        case help
        case refuse(String)
    }

    static func parse(_ arguments: [String]) -> Parsed {
        var command = Command()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--epochs", "--seed":
                guard let text = rest.popFirst() else { return .refuse("\(argument) needs a number") }
                if argument == "--epochs", let epochs = Int(text), epochs > 0 {
                    command.epochs = epochs
                } else if argument == "--seed", let seed = Int(text), seed >= 0 {
                    command.seed = seed
                } else {
                    return .refuse("\(argument) needs a positive whole number. Received: \(text)")
                }
            default: return .refuse("unknown argument. Received: \(argument)")
            }
        }
        return .run(command)
    }

    private static func complain(_ message: String) {
        var text = message + "\n"
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
