/// A number as people write it: a whole number times a power of ten, exactly.
struct DecimalNumber: Equatable {
    var mantissa: Int
    var exponent: Int

    /// The nearest of all doubles.
    var value: Double { Double("\(mantissa)e\(exponent)") ?? 0 }

    /// Without an exponent, with as many digits after the point as it has.
    var plain: String {
        if exponent >= 0 {
            return "\(mantissa)" + (mantissa == 0 ? "" : String(repeating: "0", count: exponent))
        }
        var digits = String(mantissa.magnitude)
        if digits.count <= -exponent {
            digits = String(repeating: "0", count: -exponent - digits.count + 1) + digits
        }
        digits.insert(".", at: digits.index(digits.endIndex, offsetBy: exponent))
        return (mantissa < 0 ? "-" : "") + digits
    }
}

/// A number in few digits, for people: rounded to `digits` significant ones, without zeros at the end.
///
/// ```swift
/// print(brief(0.123456), brief(1234.5678), brief(2.0), brief(1.5e-9))   // 0.1235 1235 2 1.5e-9
/// print(brief(65536, digits: 2), brief(-.infinity), brief(.nan))          // 66000 -inf nan
/// ```
///
/// - Parameters:
///   - value: the number.
///   - digits: how many digits count, from 1 to 17.
public func brief(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    guard value != 0 else { return "0" }

    // The shortest digits that mean this double, and where the point is: 0.d₁d₂d₃… × 10^point.
    var (figures, point) = shortestFigures(value.magnitude)
    let wanted = min(max(digits, 1), 17)
    if figures.count > wanted {
        let roundsUp = figures[wanted] >= 5
        figures.removeSubrange(wanted...)
        if roundsUp {
            var i = wanted - 1
            while i >= 0, figures[i] == 9 { figures[i] = 0; i -= 1 }
            if i >= 0 { figures[i] += 1 } else { figures.insert(1, at: 0); point += 1 }
        }
    }
    while figures.last == 0 { figures.removeLast() }

    let sign = value < 0 ? "-" : ""
    let text = figures.map { String($0) }.joined()
    switch point {
    case -3...0: return sign + "0." + String(repeating: "0", count: -point) + text
    case 1...max(wanted, 7):
        if figures.count <= point { return sign + text + String(repeating: "0", count: point - figures.count) }
        return sign + text.prefix(point) + "." + text.dropFirst(point)
    default:
        let rest = text.dropFirst()
        return sign + text.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e\(point - 1)"
    }
}

/// The digits of a positive number, and the power of ten that stands before the first.
private func shortestFigures(_ value: Double) -> (figures: [Int], point: Int) {
    let parts = value.description.split(separator: "e")
    var point = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let halves = parts[0].split(separator: ".")
    point += halves[0].count
    var figures = halves.joined().compactMap(\.wholeNumberValue)
    while figures.first == 0 { figures.removeFirst(); point -= 1 }
    return (figures, point)
}
