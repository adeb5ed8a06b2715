import DescentCore

/// A path with places for figures: `best-{epoch:02d}-{val_loss:.2f}.safetensors`.
struct PathTemplate {
    let text: String

    /// The path with all places filled in.
    ///
    /// - Throws: a figure that is not there, with those that are; a place that says no format.
    func filled(_ figures: [(name: String, value: Double)]) throws -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw DescentError("ModelCheckpoint", "{ must be followed by }", received: text)
            }
            let parts = rest[rest.index(after: open)..<close].split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let figure = figures.first(where: { $0.name == parts[0] }) else {
                throw DescentError(
                    "ModelCheckpoint",
                    "a path may name the figures \(figures.map(\.name).joined(separator: ", "))", received: text)
            }
            let isCount = figure.name == "epoch" || figure.name == "batch"
            result += try formatted(figure.value, parts.count > 1 ? parts[1] : isCount ? "d" : "", isCount: isCount)
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The formats of Python that make sense here: an optional width, perhaps with a 0 before it, digits after the point, and
    /// one of `d`, `e`, `f`, `g`.
    private func formatted(_ value: Double, _ format: Substring, isCount: Bool) throws -> String {
        if format.isEmpty { return "\(value)" }
        let kind = format.last!
        let body = kind.isLetter ? format.dropLast() : format
        let isSound =
            body.allSatisfy { "0123456789.".contains($0) } && body.filter { $0 == "." }.count <= 1 && body.count <= 6
            && (!kind.isLetter || "defg".contains(kind)) && !(kind == "d" && body.contains("."))
            && (kind != "d" || isCount)
        guard isSound else {
            throw DescentError(
                "ModelCheckpoint", "a place must be {name} or {name:format} with a format such as 02d, .2f, .3e or g",
                received: "\(format) in \(text)")
        }
        if kind == "d" { return Numeral.formatted("%\(body)ld", Int(value)) }
        return Numeral.formatted("%\(body)\(kind.isLetter ? String(kind) : "g")", value)
    }
}
