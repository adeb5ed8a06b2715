import Descent

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@main
struct Bench {
    static func main() throws {
        switch Options.parse(Array(CommandLine.arguments.dropFirst())) {
        case .help: print(Options.usage)
        case .refuse(let message):
            complain("\(message)\n\n\(Options.usage)")
            exit(2)
        case .coldStart: try coldStart()
        case .machine: try Machine.measured().rows.forEach { print($0) }
        case .curves(let folder, let names): try Curves.draw(names, into: folder)
        case .run(let options): exit(run(options) ? 0 : 1)
        }
    }

    /// One whole life of a program: a step, its result, and then waiting, so that its memory can be looked at.
    private static func coldStart() throws {
        let v = Variable(10.0)
        try RMSprop(learningRate: 0.1).minimize({ v * v / 2 }, [v])
        print(v)
        fflush(nil)
        while getchar() != EOF {}
    }

    private static func run(_ options: Options) -> Bool {
        var succeeded = true
        // The floors of a table need it.
        let machine = options.form == .table ? try? Machine.measured() : nil
        if let machine {
            machine.rows.forEach { print($0) }
            print()
            print(Report.header)
        }
        for workload in Workload.all where options.includes(workload.name) {
            do {
                let prepared = try workload.prepare()
                switch options.form {
                case .check:
                    let findings = try prepared.check()
                    if !findings.allSatisfy(\.isRight) { succeeded = false }
                    print(Report.check(workload.name, findings))
                case .steps(let count):
                    for _ in 0..<Workload.stepsToWarmUp + count { try prepared.step() }
                case .json: print(Report.json(workload, try measure(workload, prepared.step)))
                case .table:
                    print(Report.row(workload, try measure(workload, prepared.step), on: machine))
                }
                fflush(nil)
            } catch {
                complain("\(workload.name): \(error)")
                succeeded = false
            }
        }
        return succeeded
    }

    private static func complain(_ message: String) {
        var text = "descent-bench: \(message)\n"
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
