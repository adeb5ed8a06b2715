/// How exponents are written.
enum Notation {
    /// 2×10⁹
    case superscript
    /// 2e9
    case letter

    func power(_ exponent: Int) -> String {
        self == .superscript ? "10" + superscripted(exponent) : "1e\(exponent)"
    }

    func times(_ mantissa: String, _ exponent: Int) -> String {
        self == .superscript ? "\(mantissa)×10" + superscripted(exponent) : "\(mantissa)e\(exponent)"
    }

    private func superscripted(_ exponent: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return (exponent < 0 ? "⁻" : "") + String("\(exponent.magnitude)".map { digits[$0.wholeNumberValue ?? 0] })
    }
}

/// A marked number of an axis.
struct Tick: Equatable {
    let value: Double
    let label: String
}

extension Scaling {
    /// Round numbers along the axis, at most about `count` of them.
    func ticks(_ count: Int, _ notation: Notation) -> [Tick] {
        guard isLogarithmic else { return Self.linear(low, high, count, isWhole, notation) }
        return logarithmic(count, notation)
    }

    private static func linear(
        _ low: Double, _ high: Double, _ count: Int, _ isWhole: Bool, _ notation: Notation
    ) -> [Tick] {
        let raw = (high - low) / Double(max(count, 1))
        // Too near the least double for powers of ten to be exact.
        guard raw >= 1e-305 else { return [] }
        var exponent = Int(decimalLogarithm(raw).rounded(.down))
        let lead = raw / powerOfTen(Double(exponent))
        // Quotients of round numbers may come out a little too large.
        var factor = [1, 2, 5].first { lead <= Double($0) * (1 + 1e-9) } ?? 10
        if factor == 10 { (factor, exponent) = (1, exponent + 1) }
        if isWhole, exponent < 0 { (factor, exponent) = (1, 0) }

        let step = DecimalNumber(mantissa: factor, exponent: exponent).value
        // An end that is a round number but for its last bits is one.
        func slack(_ steps: Double) -> Double { 1e-9 + abs(steps) * 4e-16 }
        let first = (low / step - slack(low / step)).rounded(.up)
        let last = (high / step + slack(high / step)).rounded(.down)
        guard first <= last, last - first < 1000, abs(first) < 1e15, abs(last) < 1e15 else { return [] }
        let numbers = (Int(first)...Int(last)).map { DecimalNumber(mantissa: $0 * factor, exponent: exponent) }
        return zip(numbers, labels(numbers, notation)).map { Tick(value: $0.value, label: $1) }
    }

    /// All with the same number of digits after the point; with a power of ten only if that is shorter.
    private static func labels(_ numbers: [DecimalNumber], _ notation: Notation) -> [String] {
        // Zero alone has no step to be as exact as.
        if numbers.allSatisfy({ $0.mantissa == 0 }) { return numbers.map { _ in "0" } }
        let plain = numbers.map(\.plain)
        let length = plain.map(\.count).max() ?? 0
        guard length > 7, let largest = numbers.map(\.mantissa.magnitude).max(), largest > 0 else { return plain }
        let shift = String(largest).count - 1
        let short = numbers.map { number in
            number.mantissa == 0
                ? "0"
                : notation.times(
                    DecimalNumber(mantissa: number.mantissa, exponent: -shift).plain, number.exponent + shift)
        }
        return (short.map(\.count).max() ?? 0) < length ? short : plain
    }

    private func logarithmic(_ count: Int, _ notation: Notation) -> [Tick] {
        let (first, last) = (Int((low - 1e-9).rounded(.up)), Int((high + 1e-9).rounded(.down)))
        let decades = max(last - first + 1, 0)
        var numbers: [DecimalNumber] = []
        if decades > max(count, 2) {
            let stride = [2, 3, 5, 10, 20, 30, 50, 100, 200].first { decades / $0 <= max(count, 1) } ?? 300
            numbers = (first...last).filter { $0 % stride == 0 }.map { DecimalNumber(mantissa: 1, exponent: $0) }
        } else {
            // As many between the decades as there is room for.
            let choices: [[Int]] = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]
            for factors in choices {
                numbers = within(first - 1, last, factors)
                if numbers.count <= max(count, 2) { break }
            }
        }
        if numbers.count < 3, !(decades > max(count, 2)) {
            // Less than a decade, or hardly more.
            let lowest = powerOfTen(low)
            let ticks = Self.linear(lowest, powerOfTen(high), count, false, notation).filter { $0.value > 0 }
            if ticks.count > numbers.count { return ticks }
        }
        let isPlain = numbers.allSatisfy { (-4...4).contains($0.exponent) }
        return numbers.map { number in
            let label =
                isPlain
                ? number.plain
                : number.mantissa == 1
                    ? notation.power(number.exponent) : notation.times("\(number.mantissa)", number.exponent)
            return Tick(value: number.value, label: label)
        }
    }

    private func within(_ first: Int, _ last: Int, _ factors: [Int]) -> [DecimalNumber] {
        guard first <= last else { return [] }
        return (first...last).flatMap { exponent in
            factors.map { DecimalNumber(mantissa: $0, exponent: exponent) }
        }.filter { number in
            let place = decimalLogarithm(number.value)
            return place >= low - 1e-9 && place <= high + 1e-9
        }
    }

    /// About as many ticks as wanted, of those sets that have room.
    func ticks(wanted: Int, _ notation: Notation, fits: ([Tick]) -> Bool) -> [Tick] {
        var best: (ticks: [Tick], excess: Double) = ([], .infinity)
        for count in 1...2 * wanted + 6 {
            let ticks = ticks(count, notation)
            let ratio = Double(ticks.count) / Double(wanted)
            // One label does not tell how long a step is.
            let excess = max(ratio, 1 / ratio) * (ticks.count == 1 ? 10 : 1)
            if !ticks.isEmpty, excess < best.excess, fits(ticks) { best = (ticks, excess) }
        }
        return best.ticks
    }
}
