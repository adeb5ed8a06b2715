/// What the arguments ask for.
struct Options {
    enum Form: Equatable {
        case table, json, check
        /// So many steps, and no word about them.
        case steps(Int)
    }

    var form = Form.table
    /// The names of the workloads; empty for all.
    var only: [String] = []

    static let usage = """
        Usage: descent-bench [--json | --check] [--only NAME,NAME,...]
               descent-bench --steps N --only NAME
               descent-bench --machine | --curves FOLDER [NAME,NAME,...] | --cold-start

        Measures how long steps of differentiation and optimization take.

          --json        one JSON object a line instead of a table
          --check       three steps of each workload, compared with plain loops in float64
          --only NAMES  some workloads, separated by commas
          --steps N     that many steps after a few to warm up, and not a word: for tools that count what a step does
          --machine     the limits of this machine: memory, arithmetic, and the cost of a node
          --curves DIR  cost against size, as pictures (SVG) in that folder; all, or those of \(Curves.names)
          --cold-start  one step, its result on one line, then wait until standard input ends
          --help        this text

        Workloads: \(Workload.all.map(\.name).joined(separator: ", "))
        """

    func includes(_ name: String) -> Bool { only.isEmpty || only.contains(name) }

    enum Parsed {
        case run(Options)
        case coldStart
        case machine
        case curves(folder: String, names: [String])
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
            case "--machine": return .machine
            case "--curves":
                guard let folder = rest.popFirst() else { return .refuse("--curves needs a folder") }
                return .curves(folder: folder, names: rest.first?.split(separator: ",").map(String.init) ?? [])
            case "--steps":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else {
                    return .refuse("--steps needs a positive number")
                }
                options.form = .steps(count)
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
        if case .steps = options.form, options.only.count != 1 {
            return .refuse("--steps needs --only with the name of one workload")
        }
        return .run(options)
    }
}
