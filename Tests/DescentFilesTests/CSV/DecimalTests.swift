import DescentTestSupport
import Testing

@testable import DescentFiles

@Suite("numbers as text")
struct DecimalTests {
    /// The number in a whole text, by the reader.
    private func parse(_ text: String) -> Double? {
        let bytes = Array(text.utf8) + [UInt8(ascii: "\n")]
        var position = 0
        let value = bytes.withUnsafeBufferPointer { Decimal.parse($0.baseAddress!, &position) }
        return position == bytes.count - 1 ? value : nil
    }

    private func expectExact(_ text: String) {
        let (got, want) = (parse(text), Double(text))
        #expect(got?.bitPattern == want?.bitPattern, "\(text): \(got ?? .nan) instead of \(want ?? .nan)")
    }

    @Test(
        "cases that go wrong easily",
        arguments: [
            "0", "-0", "+1", "1.", ".5", "-.5e1", "1e5", "1E+05", "1e-5", "0.1", "123456789012345678",
            "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000000001", "9007199254740991",
            "1e22", "1e23", "1e-22", "1e-23", "8.5e22", "4503599627370496.5", "4503599627370497.5",
            "18446744073709551615",
            "18446744073709551616", "99999999999999999999", "1e308", "1.7976931348623157e308", "1.7976931348623159e308",
            "1e309", "-1e400", "2.2250738585072014e-308", "2.2250738585072011e-308", "5e-324", "2e-324", "3e-324",
            "1e-400",
            "0e999999999999999999999", "1e-999999999999999999999", "0.000000000000000000000000000000000012345",
            "00000000000000000000000000001.5", "6.02214076e23", "123456789.123456789e-30", "7.2057594037927933e16",
            "9223372036854775807", "9223372036854775808", "1.00000000000000011102230246251565404236316680908203125",
            "1.00000000000000011102230246251565404236316680908203124",
            "1.00000000000000033306690738754696212708950042724609375",
        ])
    func hard(text: String) {
        #expect(Double(text) != nil)
        expectExact(text)
    }

    @Test("whatever is no number is refused, and left where it is")
    func refused() {
        for text in [
            "", "-", "+", ".", "e5", "1e", "1e+", "--1", "1..2", "1 2", "0x10", "na", "i", "infinit", "1_000", "１",
        ] {
            #expect(parse(text) == nil, "\(text)")
        }
        var position = 0
        _ = Array("x\n".utf8).withUnsafeBufferPointer { Decimal.parse($0.baseAddress!, &position) }
        #expect(position == 0)
        #expect(parse("NaN")?.isNaN == true && parse("-nan")?.isNaN == true)
        #expect(parse("inf") == .infinity && parse("-Infinity") == -.infinity && parse("+INF") == .infinity)
    }

    @Test("random doubles, shortest and with too many digits, come back to the last bit")
    func random() {
        var random = SplitMix64(seed: 3)
        for round in 0..<4000 {
            let any = Double(bitPattern: random.next())
            let usual = random.gaussian() * [1, 1e-6, 1e9, 1e-20, 1e30][round % 5]
            if any.isFinite { expectExact("\(any)") }
            expectExact("\(usual)")
            // Digits as they come, and powers beside them: halfway cases and truncated products among them.
            let digits = random.next() >> UInt64(random.next() % 60)
            expectExact("\(digits)e\(Int(random.next() % 84) - 28)")
            expectExact("\(digits).\(random.next() % 1000)e\(Int(random.next() % 40) - 20)")
        }
    }

    @Test("halfway between two doubles, and just beside it")
    func halfway() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<1000 {
            // A whole number of 54 bits whose last is 1 lies in the middle.
            let middle = random.next() >> 10 | 1 << 53 | 1
            for scale in ["", "e0", ".0", "00e-2", "0e-1"] { expectExact("\(middle)\(scale)") }
            for beside in [middle - 1, middle + 1] { expectExact("\(beside)") }
            let small = (random.next() >> 59) | 1
            for power in 1...4 { expectExact("\(middle * small)e-\(power)") }
            expectExact("\(middle).0000001")
        }
    }
}
