/// `text` without what would steer a terminal or break a document: control characters, line and paragraph separators,
/// overrides of the direction of writing, and scalars that mean nothing.
///
/// - Parameter keepsLines: whether line feeds and tabs stay; otherwise they become spaces.
func sanitized(_ text: String, keepsLines: Bool = false) -> String {
    // Of most texts nothing has to go.
    let isSound = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }
    guard !isSound else { return text }
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x0A where previous == "\r": break
        case 0x0A, 0x0D, 0x2028, 0x2029: result.append(keepsLines ? "\n" : " ")
        case 0x09: result.append(keepsLines ? scalar : " ")
        case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF: result.append("\u{FFFD}")
        case let value where value & 0xFFFE == 0xFFFE: result.append("\u{FFFD}")
        default: result.append(scalar)
        }
        previous = scalar
    }
    return String(result)
}

/// `text` as content or attribute of XML and HTML.
func escaped(_ text: String, keepsLines: Bool = false) -> String {
    var result = ""
    for scalar in sanitized(text, keepsLines: keepsLines).unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Words in lines that fit; what does not fit at all ends with …
///
/// - Parameters:
///   - lines: how many there may be.
///   - fits: whether a line is short enough.
func wrapped(_ text: String, lines: Int, fits: (String) -> Bool) -> [String] {
    var result: [String] = []
    var line = ""
    var words = sanitized(text).split(separator: " ").map(String.init)[...]
    while let word = words.first {
        let longer = line.isEmpty ? word : line + " " + word
        if fits(longer) {
            line = longer
            words.removeFirst()
        } else if result.count + 1 == lines || line.isEmpty && !fits(word) {
            // The last line, or a word that no line can hold: the rest is cut.
            return result + [shortened(([line] + words).filter { !$0.isEmpty }.joined(separator: " "), fits: fits)]
        } else {
            result.append(line)
            line = ""
        }
    }
    return line.isEmpty ? result : result + [line]
}

/// As much of the beginning as fits, with … if something is missing.
func shortened(_ text: String, fits: (String) -> Bool) -> String {
    if fits(text) { return text }
    let characters = Array(text)
    var (low, high) = (0, characters.count)
    while low < high {
        let middle = (low + high + 1) / 2
        if fits(String(characters[..<middle]) + "…") { low = middle } else { high = middle - 1 }
    }
    return String(characters[..<low]) + "…"
}
