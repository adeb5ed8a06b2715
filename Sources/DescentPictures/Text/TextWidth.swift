extension String {
    /// How many columns of a terminal the text takes: two for wide letters and emoji, none for combining marks.
    var columns: Int {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.columns }
    }

    func padded(left columns: Int) -> String {
        String(repeating: " ", count: Swift.max(columns - self.columns, 0)) + self
    }

    func padded(right columns: Int) -> String {
        self + String(repeating: " ", count: Swift.max(columns - self.columns, 0))
    }

    var withoutTrailingSpaces: String {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return String(self[..<end])
    }
}

extension Character {
    var columns: Int {
        var isWide = false
        var isVisible = false
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format, .control:
                // The variation selector asks for an emoji.
                if scalar.value == 0xFE0F { isWide = true }
            default:
                isVisible = true
                if scalar.properties.isEmojiPresentation || scalar.isWide { isWide = true }
            }
        }
        // A flag is two letters that are narrow by themselves.
        if unicodeScalars.count > 1, unicodeScalars.allSatisfy({ (0x1F1E6...0x1F1FF).contains($0.value) }) { return 2 }
        return isVisible ? (isWide ? 2 : 1) : 0
    }
}

extension Unicode.Scalar {
    /// East Asian letters that take two columns, by Unicode's blocks.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF,
            0x1AFF0...0x1B2FB, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
