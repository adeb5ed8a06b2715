/// What the arguments ask for.
struct Options {
    enum Form { case table, json, check }

    var form = Form.table
    /// The names of the workloads; empty for all.
    var only: [String] = []

    static let usage = """
        Usage: descent-bench [--json | --check] [--only NAME,NAME,...]
               descent-bench --cold-start

        Measures how long steps of differentiation and optimization take.

          --json        one JSON object a line instead of a table
          --check       three steps of each workload, compared with plain loops in float64
          --only NAMES  some workloads, separated by commas
          --cold-start  one step, its result on one line, then wait until standard input ends
          --help        this text

        Workloads: \(Workload.all.map(\.name).joined(separator: ", "))
        """

    func includes(_ name: String) -> Bool { only.isEmpty || only.contains(name) }

    enum Parsed {
        case run(Options)
        case coldStart
        case help
        case refuse(String)
    }

    static func parse(_ arguments: [String]) -> Parsed {
        // Before everything else: here the time until the result counts.
        if arguments == ["--cold-start"] { return .coldStart }
        var options = Options()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--json": options.form = .json
            case "--check": options.form = .check
            case "--only":
                guard let names = rest.popFirst() else { return .refuse("--only needs names of workloads") }
                options.only = names.split(separator: ",").map(String.init)
            default: return .refuse("unknown argument. Received: \(argument)")
            }
        }
        let known = Set(Workload.all.map(\.name))
        // A comparison names what any side may have; a person who names what there is not is mistaken.
        if options.form != .json, let unknown = options.only.first(where: { !known.contains($0) }) {
            return .refuse("no such workload. Received: \(unknown)")
        }
        return .run(options)
    }
}
