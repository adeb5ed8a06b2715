/// What is wrong with a text as XML, nothing if it is well-formed: tags close in order, attributes are quoted and occur
/// once, only known entities, only characters that XML allows. `<!DOCTYPE html>` may begin it.
func malformation(_ text: String) -> String? {
    var scalars = Substring(text).unicodeScalars
    for scalar in scalars
    where scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || scalar.value & 0xFFFE == 0xFFFE {
        return "character \(scalar.value)"
    }
    if text.hasPrefix("<!DOCTYPE html>\n") { scalars.removeFirst(16) }
    var open: [String] = []
    var roots = 0
    func isName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || "-:0123456789".unicodeScalars.contains(scalar)
    }
    func badEntity(_ content: Substring.UnicodeScalarView) -> Bool {
        String(content).split(separator: "&", omittingEmptySubsequences: false).dropFirst().contains { part in
            !["amp;", "lt;", "gt;", "quot;", "#39;"].contains { part.hasPrefix($0) }
        }
    }
    while let first = scalars.first {
        guard first == "<" else {
            let content = scalars.prefix { $0 != "<" }
            scalars = scalars.dropFirst(content.count)
            if badEntity(content) { return "entity in \(String(content))" }
            if open.isEmpty, content.contains(where: { !$0.properties.isWhitespace }) { return "text outside" }
            continue
        }
        scalars.removeFirst()
        let closes = scalars.first == "/"
        if closes { scalars.removeFirst() }
        let name = String(scalars.prefix(while: isName))
        guard !name.isEmpty else { return "no name at \(String(scalars.prefix(20)))" }
        scalars = scalars.dropFirst(name.unicodeScalars.count)
        if closes {
            guard scalars.first == ">" else { return "end of \(name)" }
            scalars.removeFirst()
            guard open.popLast() == name else { return "\(name) closes what is not open" }
            continue
        }
        var attributes: Set<String> = []
        while true {
            let space = scalars.prefix { $0.properties.isWhitespace }.count
            scalars = scalars.dropFirst(space)
            if scalars.first == ">" {
                scalars.removeFirst()
                if open.isEmpty { roots += 1 }
                open.append(name)
                break
            }
            if scalars.first == "/" {
                scalars.removeFirst()
                guard scalars.popFirst() == ">" else { return "slash in \(name)" }
                break
            }
            let attribute = String(scalars.prefix(while: isName))
            guard space > 0, !attribute.isEmpty, attributes.insert(attribute).inserted else {
                return "attribute of \(name)"
            }
            scalars = scalars.dropFirst(attribute.unicodeScalars.count)
            guard scalars.popFirst() == "=", scalars.popFirst() == "\"" else { return "value of \(attribute)" }
            let value = scalars.prefix { $0 != "\"" }
            if value.contains("<") || badEntity(value) { return "value \(String(value))" }
            scalars = scalars.dropFirst(value.count + 1)
        }
    }
    return open.isEmpty ? (roots == 1 ? nil : "\(roots) roots") : "\(open) stay open"
}

/// The contents of an element that has no elements inside, in order.
func contents(of element: String, in markup: String) -> [String] {
    markup.components("<" + element).dropFirst().compactMap { part in
        guard let first = part.first, first == " " || first == ">" else { return nil }
        return part.components(">")[1].components("<")[0]
    }
}

/// The values of an attribute of all elements that have it, in order.
func values(of attribute: String, in markup: String) -> [String] {
    markup.components(" \(attribute)=\"").dropFirst().map { $0.components("\"")[0] }
}

/// The path of a series, as pairs of numbers for each move.
func lines(_ series: Int, in markup: String) -> [[SIMD2<Double>]] {
    let inner = markup.components("<svg")[2]
    let paths = inner.components("<path class=\"c\(series + 1)\"").dropFirst().map { values(of: "d", in: $0)[0] }
    return paths.flatMap { path in
        path.split(separator: "M").map { piece in
            let numbers = piece.split { " LhH".contains($0) }.compactMap { Double($0) }
            return (0..<numbers.count / 2).map { SIMD2(numbers[2 * $0], numbers[2 * $0 + 1]) }
        }
    }
}

extension String {
    /// The parts between the occurrences of `separator`.
    func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}

/// Evenly distributed numbers, the same in every run.
struct Noise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// From 0 up to 1.
    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
}
