/// How wide a text is about in the sans serif of a browser, in parts of the size of its letters. Rather too much: a
/// label that has room by this has room with any usual font.
func letterWidth(_ text: String) -> Double { text.reduce(0) { $0 + letterWidth($1) } }

private func letterWidth(_ character: Character) -> Double {
    switch character {
    case "i", "j", "l", "'", "|", ".", ",", ":", ";", "!", " ", "I": 0.32
    case "f", "t", "r", "(", ")", "[", "]", "{", "}", "-", "/", "\"": 0.41
    case "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁻": 0.42
    case "m", "w", "M", "W", "%", "@": 0.98
    case "A"..."Z", "&", "+", "=", "<", ">", "~", "#": 0.76
    case _ where character.isASCII: 0.62
    default: character.columns == 2 ? 1.05 : 0.66 * Double(character.columns)
    }
}

/// A coordinate in tenths of a pixel, without what is not needed.
func pixels(_ value: Double) -> String {
    let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
    if tenths % 10 == 0 { return "\(tenths / 10)" }
    return (tenths < 0 ? "-" : "") + "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
}
