/// An option of a command: how it is called, what it takes, and what it changes. Parsing, help and errors all read this.
struct Option<Settings> {
    /// Without the hyphens before it.
    let name: String
    /// What stands for its value in the help; nil for an option that takes none.
    let value: String?
    /// A line, or some, about it.
    let help: String
    /// Takes the value; if it is none of those that may be, throws what is needed: "a whole number".
    let take: (inout Settings, String) throws(Needed) -> Void

    /// What a value must be.
    struct Needed: Error {
        let rule: String
        /// The values that there are, if they can be listed.
        var choices: [String] = []
    }
}

extension Option {
    /// An option without a value.
    static func flag(_ name: String, _ help: String, _ set: @escaping (inout Settings) -> Void) -> Option {
        Option(name: name, value: nil, help: help) { settings, _ throws(Needed) in set(&settings) }
    }

    /// Any text.
    static func text(
        _ name: String, _ value: String, _ help: String, _ set: @escaping (inout Settings, String) -> Void
    ) -> Option {
        Option(name: name, value: value, help: help) { settings, text throws(Needed) in
            if text.isEmpty { throw Needed(rule: "a text that is not empty") }
            set(&settings, text)
        }
    }

    /// A whole number of a range.
    static func whole(
        _ name: String, _ help: String, in range: ClosedRange<Int>, _ set: @escaping (inout Settings, Int) -> Void
    ) -> Option {
        Option(name: name, value: "N", help: help) { settings, text throws(Needed) in
            guard let number = Int(text), range.contains(number) else {
                let upper = range.upperBound < Int.max ? " to \(range.upperBound)" : " or more"
                throw Needed(rule: "a whole number, \(range.lowerBound)\(upper)")
            }
            set(&settings, number)
        }
    }

    /// A number for which `isRight` holds.
    static func number(
        _ name: String, _ help: String, _ rule: String, where isRight: @escaping (Double) -> Bool,
        _ set: @escaping (inout Settings, Double) -> Void
    ) -> Option {
        Option(name: name, value: "X", help: help) { settings, text throws(Needed) in
            guard let number = Double(text), number.isFinite, isRight(number) else { throw Needed(rule: rule) }
            set(&settings, number)
        }
    }

    /// One of some names.
    static func choice(
        _ name: String, _ value: String, _ help: String, of names: [String],
        _ set: @escaping (inout Settings, String) -> Void
    ) -> Option {
        Option(name: name, value: value, help: help) { settings, text throws(Needed) in
            let text = text.lowercased()
            guard names.contains(text) else {
                throw Needed(rule: "one of \(names.joined(separator: ", "))", choices: names)
            }
            set(&settings, text)
        }
    }
}
