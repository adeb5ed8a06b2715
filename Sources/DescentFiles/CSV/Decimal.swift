/// Decimal numbers as text, read to the nearest double: exactly as the standard library reads them, but faster.
enum Decimal {
    /// The number that begins at `position`, and leaves `position` behind it; nil, and `position` as it was, if none does.
    ///
    /// The bytes must end with one that belongs to no number. Beside decimals, `nan`, `inf` and `infinity` are read, in
    /// small or capital letters.
    @inline(__always)
    static func parse(_ bytes: UnsafePointer<UInt8>, _ position: inout Int) -> Double? {
        var index = position
        let negative = bytes[index] == UInt8(ascii: "-")
        if negative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        let start = index
        var mantissa: UInt64 = 0
        while let digit = digit(bytes[index]) {
            mantissa = mantissa &* 10 &+ digit
            index += 1
        }
        var digits = index - start
        var exponent = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            let fraction = index
            while let digit = digit(bytes[index]) {
                mantissa = mantissa &* 10 &+ digit
                index += 1
            }
            exponent = fraction - index
            digits -= exponent
        }
        if digits == 0 { return word(bytes, &position, negative) }
        if bytes[index] | 0x20 == UInt8(ascii: "e") {
            guard let power = power(bytes, &index) else { return nil }
            exponent += power
        }
        if digits > 19, significantDigits(bytes, start, digits) > 19 {
            return slow(bytes, &position, end: index)
        }
        guard let magnitude = magnitude(mantissa, exponent) else { return slow(bytes, &position, end: index) }
        position = index
        return negative ? -magnitude : magnitude
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let digit = byte &- UInt8(ascii: "0")
        return digit < 10 ? UInt64(digit) : nil
    }

    /// The power of ten behind a mantissa.
    private static func power(_ bytes: UnsafePointer<UInt8>, _ position: inout Int) -> Int? {
        var index = position + 1
        let negative = bytes[index] == UInt8(ascii: "-")
        if negative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        let start = index
        var power = 0
        while let digit = digit(bytes[index]) {
            // Larger powers make no difference: a text has not so many zeros. (Nor can it overflow.)
            if power < 1 << 40 { power = power * 10 + Int(digit) }
            index += 1
        }
        guard index > start else { return nil }
        position = index
        return negative ? -power : power
    }

    private static func significantDigits(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ digits: Int) -> Int {
        var index = start
        var zeros = 0
        while bytes[index] == UInt8(ascii: "0") || bytes[index] == UInt8(ascii: ".") {
            if bytes[index] == UInt8(ascii: "0") { zeros += 1 }
            index += 1
        }
        return digits - zeros
    }

    /// What the standard library makes of the text; it does not depend on the language of the process.
    private static func slow(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, end: Int) -> Double? {
        let text = String(decoding: UnsafeBufferPointer(start: bytes + position, count: end - position), as: UTF8.self)
        position = end
        return Double(text)
    }

    private static func word(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ negative: Bool) -> Double? {
        let signed = bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        let start = bytes + position + (signed ? 1 : 0)
        func matches(_ word: StaticString) -> Bool {
            for index in 0..<word.utf8CodeUnitCount where start[index] | 0x20 != word.utf8Start[index] { return false }
            return true
        }
        for (word, value) in [("infinity", Double.infinity), ("inf", .infinity), ("nan", .nan)]
            as [(StaticString, Double)]
        where matches(word) {
            position += word.utf8CodeUnitCount + (signed ? 1 : 0)
            return negative ? -value : value
        }
        return nil
    }
}

// MARK: - mantissa · 10^exponent

extension Decimal {
    /// The nearest double; nil outside of the range in which it can be told from 128 bits.
    @inline(__always)
    private static func magnitude(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        // Both are exact doubles, so there is one rounding (Clinger 1990).
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            return exponent < 0
                ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
        }
        if mantissa == 0 { return 0 }
        guard exponent >= lowest, exponent <= highest else { return nil }
        return product(mantissa, exponent)
    }

    private static let powersOfTen: [Double] = (0...22).map { power in
        (0..<power).reduce(1.0) { value, _ in value * 10 }
    }

    private static let lowest = -27
    private static let highest = 55

    /// The upper 128 bits of 5^exponent, from `lowest` to `highest`: exact for those that are not negative, else rounded up.
    private static let powersOfFive: [(high: UInt64, low: UInt64)] = (lowest...highest).map { exponent in
        if exponent >= 0 {
            var power: UInt128 = 1
            for _ in 0..<exponent { power *= 5 }
            power <<= UInt128(power.leadingZeroBitCount)
            return (UInt64(power >> 64), UInt64(truncatingIfNeeded: power))
        }
        // 2^(127 + z) / 5^n, where 2^z is the first power of two above 5^n: one limb after the other.
        var divisor: UInt64 = 1
        for _ in 0..<(-exponent) { divisor *= 5 }
        let z = 64 - divisor.leadingZeroBitCount
        let top = UInt64(1) << (z - 1)  // the dividend is this · 2^128
        let (_, remainder) = top.quotientAndRemainder(dividingBy: divisor)
        let (high, rest) = divisor.dividingFullWidth((remainder, 0))
        let (low, _) = divisor.dividingFullWidth((rest, 0))
        let (raised, carry) = low.addingReportingOverflow(1)
        return (high + (carry ? 1 : 0), raised)
    }

    /// The method of Eisel and Lemire: "Number parsing at a gigabyte per second", 2021. In this range of exponents it is
    /// always decided, and no result is subnormal or too large.
    private static func product(_ mantissa: UInt64, _ exponent: Int) -> Double {
        let shift = mantissa.leadingZeroBitCount
        let normalized = mantissa << UInt64(shift)
        let power = powersOfFive[exponent - lowest]
        var (high, low) = normalized.multipliedFullWidth(by: power.high)
        // The lower half matters only if the bits behind those of the result are all ones.
        if high & 0x1FF == 0x1FF {
            let (sum, carry) = low.addingReportingOverflow(normalized.multipliedFullWidth(by: power.low).high)
            low = sum
            if carry { high += 1 }
        }
        let upper = Int(high >> 63)
        var significand = high >> UInt64(upper + 9)
        var binary = (217706 * exponent) >> 16 + 63 + upper - shift + 1023
        // Halfway between two doubles, to the even one; it can happen only where 5^exponent is small.
        if low <= 1, exponent >= -4, exponent <= 23, significand & 3 == 1, significand << UInt64(upper + 9) == high {
            significand &= ~1
        }
        significand = (significand + significand & 1) >> 1
        if significand >= 1 << 53 {
            significand = 1 << 52
            binary += 1
        }
        return Double(bitPattern: UInt64(binary) << 52 | significand & (1 << 52 - 1))
    }
}
