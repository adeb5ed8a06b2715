import Testing

@testable import DescentPictures

@Suite("ticks")
struct TickTests {
    private func labels(
        _ range: ClosedRange<Double>, _ count: Int = 5, _ scale: Chart.Scale = .linear, whole: Bool = false
    ) -> [String] {
        let extent = Extent(low: range.lowerBound, high: range.upperBound, isWhole: whole)
        return Scaling(Chart.Axis("", scale), extent, margin: 0).ticks(count, .superscript).map(\.label)
    }

    @Test(
        "steps are 1, 2 or 5 times a power of ten",
        arguments: [
            (0.0...1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (0.0...10.0, 5, ["0", "2", "4", "6", "8", "10"]),
            (0.0...10.0, 2, ["0", "5", "10"]),
            (-1.0...1.0, 4, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
            (0.13...0.87, 4, ["0.2", "0.4", "0.6", "0.8"]),
            (3.0...97.0, 5, ["20", "40", "60", "80"]),
            (-0.003...0.0072, 6, ["-0.002", "0.000", "0.002", "0.004", "0.006"]),
            (0.1...0.3, 2, ["0.1", "0.2", "0.3"]),
            (0.0...1e9, 2, ["0", "0.5×10⁹", "1.0×10⁹"]),
            (0.0...4e-9, 4, ["0", "1×10⁻⁹", "2×10⁻⁹", "3×10⁻⁹", "4×10⁻⁹"]),
            (1e-30...3e-30, 2, ["1×10⁻³⁰", "2×10⁻³⁰", "3×10⁻³⁰"]),
            (-1e30...1e30, 2, ["-1×10³⁰", "0", "1×10³⁰"]),
            (0.0...1e300, 1, ["0", "1×10³⁰⁰"]),
            (1_000_000_000.1...1_000_000_000.3, 2, ["1000000000.1", "1000000000.2", "1000000000.3"]),
            (0.0...200_000.0, 2, ["0", "100000", "200000"]),
        ])
    func linear(_ range: ClosedRange<Double>, _ count: Int, _ expected: [String]) {
        #expect(labels(range, count) == expected)
    }

    @Test("whole numbers have whole steps")
    func whole() {
        #expect(labels(1...3, 10, whole: true) == ["1", "2", "3"])
        #expect(labels(1...3, 10) == ["1.0", "1.2", "1.4", "1.6", "1.8", "2.0", "2.2", "2.4", "2.6", "2.8", "3.0"])
    }

    @Test(
        "a logarithmic axis shows decades, parts of them or multiples of them",
        arguments: [
            (1.0...1000.0, 5, ["1", "10", "100", "1000"]),
            (0.001...1.0, 5, ["0.001", "0.01", "0.1", "1"]),
            (1e-30...1e30, 7, ["10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "10⁰", "10¹⁰", "10²⁰", "10³⁰"]),
            (1e-9...1e-5, 5, ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]),
            (1.0...100.0, 8, ["1", "2", "5", "10", "20", "50", "100"]),
            (3.0...60.0, 5, ["5", "10", "20", "50"]),
            (20.0...30.0, 4, ["20", "25", "30"]),
            (2e7...9e7, 4, ["2×10⁷", "4×10⁷", "6×10⁷", "8×10⁷"]),
        ])
    func logarithmic(_ range: ClosedRange<Double>, _ count: Int, _ expected: [String]) {
        #expect(labels(range, count, .logarithmic) == expected)
    }

    @Test("the values are what the labels say")
    func values() {
        var noise = Noise(3)
        for _ in 0..<300 {
            let scale = powerOfTen((noise.next() * 590 - 295).rounded())
            let (a, b) = ((noise.next() - 0.5) * scale, (noise.next() - 0.5) * scale)
            let scaling = Scaling(Chart.Axis(), Extent(low: min(a, b), high: max(a, b), isWhole: false), margin: 0.02)
            let ticks = scaling.ticks(6, .letter)
            #expect(ticks.count >= 2 && ticks.count <= 8, "\(a) \(b)")
            for tick in ticks {
                #expect(Double(tick.label) == tick.value)
                #expect((-1e-6...1 + 1e-6).contains(scaling.place(tick.value)))
            }
        }
    }

    @Test("numbers for people")
    func briefly() {
        let expected: [(Double, String)] = [
            (0, "0"), (-0.0, "0"), (1, "1"), (0.1 + 0.2, "0.3"), (1234.5, "1235"), (0.000123456, "0.0001235"),
            (0.0000123456, "1.235e-5"), (9.9996, "10"), (-2.5, "-2.5"), (123456, "123500"),
            (1e22, "1e22"), (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.798e308"), (.nan, "nan"),
            (.infinity, "inf"), (-.infinity, "-inf"),
        ]
        for (value, text) in expected { #expect(brief(value) == text) }
        #expect(brief(99999.6) == "100000")
        #expect(brief(0.1 + 0.2, digits: 17) == "0.30000000000000004")
        #expect(brief(15, digits: 0) == "20")
    }
}
