import Foundation

/// A public function of the sources that works on tensors, as its declaration says it.
struct PublicOperation: Sendable, CustomStringConvertible {
    /// Under which the tables have it: the name, with the labels of its arguments if there are any: `tanh`,
    /// `split(into:axis:)`. What is called as `x.at[…].set(…)` is `at.set`.
    let key: String
    let file: String
    let line: Int
    /// Whether an example stands in its documentation.
    let hasExample: Bool
    /// The text of its body if that is a single call, which another operation explains.
    let forwarding: String?

    var description: String { "\(key) (\(file):\(line))" }

    /// The key without labels.
    var name: String { String(key.prefix { $0 != "(" }) }
}

extension PublicOperation {
    /// Every public function, operator and subscript in `Sources/DescentCore` that is free, or a member of a tensor, a
    /// variable, or of the places of a tensor. Read from the sources, so that none can be forgotten.
    static func all() throws -> [PublicOperation] {
        let folder = Repository.root.appendingPathComponent("Sources/DescentCore")
        let files = FileManager.default.enumerator(atPath: folder.path)!.compactMap { $0 as? String }
        return try files.filter { $0.hasSuffix(".swift") }.sorted().flatMap { file in
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return operations(of: text, file: "Sources/DescentCore/\(file)")
        }
    }

    /// Those of one file. The format of the sources is checked, so indentation tells what belongs to what.
    static func operations(of text: String, file: String) -> [PublicOperation] {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var found: [PublicOperation] = []
        var owners: [(name: String, indentation: Int)] = []
        var hasExample = false
        for (number, line) in lines.enumerated() {
            let indentation = line.prefix { $0 == " " }.count
            let code = line.dropFirst(indentation)
            if code.hasPrefix("///") {
                hasExample = hasExample || code.hasPrefix("/// ```swift")
                continue
            }
            if code.hasPrefix("@"), !code.contains(" func "), !code.contains(" subscript") { continue }
            if code == "}" { owners.removeAll { $0.indentation == indentation } }
            let words = code.prefix { $0 != "(" && $0 != "{" }.split(separator: " ")
            if let owner = owner(words) {
                if !line.hasSuffix("}") { owners.append((owner, indentation)) }
            } else if words.contains("public"), let prefix = keyPrefix(owners.map(\.name)),
                let key = key(lines[number...])
            {
                found.append(
                    PublicOperation(
                        key: prefix + key, file: file, line: number + 1, hasExample: hasExample,
                        forwarding: body(lines[number...], indentation)))
            }
            hasExample = false
        }
        return found
    }

    /// The type that a declaration extends or declares.
    private static func owner(_ words: [Substring]) -> String? {
        let kinds: Set<Substring> = ["extension", "struct", "class", "enum", "protocol", "actor"]
        guard let place = words.firstIndex(where: { kinds.contains($0) }), place + 1 < words.count,
            !words[..<place].contains("func")
        else { return nil }
        return String(words[place + 1].prefix { $0 != ":" && $0 != "<" })
    }

    /// What members of these types are called by; nil if they are no operations on tensors.
    private static func keyPrefix(_ owners: [String]) -> String? {
        switch owners {
        case [], ["Tensor"], ["TensorConvertible"], ["Variable"]: ""
        case ["TensorPlaces"], ["TensorPlaces", "Chosen"], ["TensorPlaces.Chosen"]: "at."
        default: nil
        }
    }

    /// The name of a function with its labels; nil for other declarations.
    private static func key(_ lines: ArraySlice<String>) -> String? {
        let text = lines.prefix(12).joined(separator: " ")
        var name: Substring
        if let place = text.range(of: "func ") {
            name = text[place.upperBound...]
        } else if let place = text.range(of: "subscript") {
            name = text[place.lowerBound...]
        } else {
            return nil
        }
        // The keyword must stand in this declaration.
        guard let first = lines.first, first.contains("func ") || first.contains("subscript") else { return nil }
        let rest = name
        let isWord = name.first!.isLetter || name.first == "`"
        name = name.prefix { isWord ? $0.isLetter || $0.isNumber || $0 == "`" || $0 == "_" : $0 != " " }
        let labels = parameters(rest.dropFirst(name.count)).compactMap { parameter -> Substring? in
            let label = parameter.prefix { $0 != ":" && $0 != " " }
            return ["_", "file", "line"].contains(label) || !isWord ? nil : label
        }
        let word = name.filter { $0 != "`" }
        return labels.isEmpty ? word : word + "(" + labels.map { "\($0):" }.joined() + ")"
    }

    /// The texts between the commas of the first parentheses.
    private static func parameters(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start: Substring.Index?
        for index in text.indices {
            switch text[index] {
            case "(", "[", "{":
                depth += 1
                if depth == 1, start == nil, text[index] == "(" { start = text.index(after: index) }
            case ")", "]", "}": depth -= 1
            default: break
            }
            guard let begin = start, text[index] == "," && depth == 1 || depth == 0 else { continue }
            let part = text[begin..<index].drop { $0 == " " }
            if !part.isEmpty { parts.append(part) }
            if depth == 0 { break }
            start = text.index(after: index)
        }
        return parts
    }

    /// A body of one statement; nil if there is more in it.
    private static func body(_ lines: ArraySlice<String>, _ indentation: Int) -> String? {
        var text = ""
        for (count, line) in lines.enumerated() {
            text += line + "\n"
            let isEnd = line == String(repeating: " ", count: indentation) + "}"
            if isEnd || line.hasSuffix("}") && count == 0 { break }
            if line.hasSuffix("}"), line.dropFirst(indentation).hasPrefix(")") { break }
            if count > 14 { return nil }
        }
        guard let brace = text.range(of: "{") else { return nil }
        let body = text[brace.upperBound...]
        return body.split(separator: "\n").count <= 4 ? String(body) : nil
    }
}

/// Where the sources lie from which these tests were built.
enum Repository {
    static let root = (0..<5).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
}
