import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct ProgressTests {
    @Test func aLineFitsItsTerminal() {
        let line = BarLine(
            label: "epoch 3/10", done: 25, steps: 100, elapsed: 5, logs: "loss 0.1234  mae 0.2500")
        #expect(
            line.text(width: 100)
                == "epoch 3/10  25/100  ━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  200 ms each  ETA 15 s  loss 0.1234  mae 0.2500")
        for width in 1...120 { #expect(line.text(width: width).count < max(width, 2)) }
        #expect(line.text(width: 75).contains("━"))
        #expect(line.text(width: 40).hasPrefix("epoch 3/10  25/100  200 ms each  ETA"))
        let open = BarLine(label: "", done: 7, steps: nil, elapsed: 0.7, logs: "")
        #expect(open.text(width: 80) == "7  100 ms each")
        let full = BarLine(label: "", done: 4, steps: 4, elapsed: 4, logs: "")
        #expect(full.text(width: 80).contains("━━━━") && !full.text(width: 80).contains("ETA"))
    }

    @Test func durations() {
        #expect(Numeral.duration(0.000_025) == "25 µs")
        #expect(Numeral.duration(0.34) == "340 ms")
        #expect(Numeral.duration(3.14) == "3.1 s")
        #expect(Numeral.duration(59.4) == "59 s")
        #expect(Numeral.duration(185) == "3:05")
        #expect(Numeral.duration(3723) == "1:02:03")
        #expect(Numeral.duration(.infinity) == "?")
        #expect(Numeral.short(0.5) == "0.5000" && Numeral.short(0.000_012_34) == "1.2340e-05")
        #expect(Numeral.short(0) == "0.0000" && Numeral.short(.nan) == "nan")
    }
}
