/// How a command is called.
struct Grammar<Settings> {
    /// As it is typed: "descent fit".
    let command: String
    /// What it does.
    let purpose: String
    /// What stands on the line besides options, all of it needed: "data.csv".
    var operands: [String] = []
    let options: [Option<Settings>]
    /// What follows the options in the help.
    var epilogue = ""

    enum Parsed {
        case help
        case run(Settings, operands: [String])
    }

    /// Changes settings by arguments: `--name value`, `--name=value`, operands anywhere, all after `--` operands.
    func parse(_ arguments: [String], _ standard: Settings) throws -> Parsed {
        var settings = standard
        var given: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                given += rest
                break
            }
            if argument == "--help" || argument == "-h" { return .help }
            // A hyphen alone names the standard input or output.
            guard argument.hasPrefix("-"), argument != "-" else {
                given.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let option = options.first(where: { "--\($0.name)" == parts[0] }) else {
                throw Failure.usage("unknown option \(parts[0])\(hint(parts[0]))", command)
            }
            try take(option, parts.count == 2 ? parts[1] : nil, &rest, &settings)
        }
        guard given.count == operands.count else {
            let missing = operands.dropFirst(given.count).first
            let reason =
                missing.map { "\($0) is missing" } ?? "there is \(given[operands.count].debugDescription) too much"
            throw Failure.usage(reason, command)
        }
        return .run(settings, operands: given)
    }

    private func take(
        _ option: Option<Settings>, _ attached: String?, _ rest: inout ArraySlice<String>, _ settings: inout Settings
    ) throws {
        let name = "--\(option.name)"
        guard let placeholder = option.value else {
            if let attached {
                throw Failure.usage("\(name) takes no value, but there is \(attached.debugDescription)", command)
            }
            return try take("", of: option, &settings)
        }
        if let attached { return try take(attached, of: option, &settings) }
        // What looks like an option is a forgotten value; one that begins with hyphens can be written --name=value.
        guard let value = rest.first, !value.hasPrefix("--") else {
            throw Failure.usage("\(name) needs a value: \(placeholder)", command)
        }
        rest.removeFirst()
        try take(value, of: option, &settings)
    }

    private func take(_ value: String, of option: Option<Settings>, _ settings: inout Settings) throws {
        do throws(Option<Settings>.Needed) {
            try option.take(&settings, value)
        } catch {
            let hint = nearest(value, in: error.choices).map { "; did you mean \($0)?" } ?? ""
            throw Failure.usage("--\(option.name) must be \(error.rule), not \(value.debugDescription)\(hint)", command)
        }
    }

    private func hint(_ word: String) -> String {
        nearest(String(word.drop { $0 == "-" }), in: options.map(\.name) + ["help"]).map { "; did you mean --\($0)?" }
            ?? ""
    }
}

extension Grammar {
    /// The usage, the options in two columns, and what follows.
    var help: String {
        let usage = (["Usage: \(command)"] + operands + ["[options]"]).joined(separator: " ")
        let rows =
            options.map { ("--\($0.name)" + ($0.value.map { " \($0)" } ?? ""), $0.help) } + [
                ("-h, --help", "this text")
            ]
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, help in
            "  " + name + String(repeating: " ", count: width - name.count + 2) + help
        }
        return ([usage, "", purpose, ""] + lines + (epilogue.isEmpty ? [] : ["", epilogue])).joined(separator: "\n")
    }
}
