import DescentCore
import DescentTestSupport
import Testing

@Suite("Fourier transforms")
struct FourierTests {
    /// By definition, with sums in pairs of numbers.
    private func plain(_ x: Tensor) -> Tensor {
        let n = x.shape[0]
        let grid = Tensor.arange(n, dtype: .float64).reshape([n, 1]) * Tensor.arange(n, dtype: .float64)
        let angle = (grid % Double(n)) * (2 * Double.pi / Double(n))
        let (re, im) = (x[.all, 0], x[.all, 1])
        let (c, s) = (cos(angle), sin(angle))
        return stack([matmul(c, re) + matmul(s, im), matmul(c, im) - matmul(s, re)], axis: 1)
    }

    static let lengths = [1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 17, 26, 31, 35, 60, 64, 97, 100, 128, 187, 211]

    @Test("as by definition, for any length", arguments: lengths)
    func definition(_ n: Int) throws {
        var random = SplitMix64(seed: UInt64(n))
        let x = random.normal([n, 2], dtype: .float64)
        let tolerance = Tolerance.within(absolute: 1e-15 * Double(n + 8))
        #expect(mismatch(fft(x), plain(x), .within(absolute: 2e-14 * Double(n).squareRoot() + 1e-14)) == nil)
        #expect(mismatch(ifft(fft(x)), x, tolerance) == nil)
        let real = random.normal([3, n], dtype: .float64)
        let y = rfft(real)
        #expect(y.shape == [3, n / 2 + 1, 2])
        #expect(mismatch(irfft(y, n: n), real, tolerance) == nil)
        let single = irfft(rfft(real.cast(to: .float32)), n: n)
        #expect(mismatch(single, real.cast(to: .float32), .within(absolute: 1e-6)) == nil)
    }

    @Test("first and second derivatives", arguments: [1, 2, 5, 8, 17])
    func derivatives(_ n: Int) throws {
        var random = SplitMix64(seed: 1)
        let x = random.normal([2, n], dtype: .float64)
        let y = random.normal([2, n / 2 + 1, 2], dtype: .float64)
        for order in 1...2 {
            #expect(try checkGradient(of: { square(rfft($0[0])) }, at: [x], order: order).failure == nil)
            #expect(try checkGradient(of: { complexMagnitude(rfft($0[0]) + 9) }, at: [x], order: order).failure == nil)
            #expect(try checkGradient(of: { square(irfft($0[0], n: n)) }, at: [y], order: order).failure == nil)
            #expect(try checkGradient(of: { square(ifft(fft($0[0]) + 1)) }, at: [y], order: order).failure == nil)
        }
    }

    @Test("lengths asked for, magnitudes, a convolution by transforms")
    func uses() throws {
        let x = Tensor([1, 2, 3, 4] as [Double])
        #expect(mismatch(rfft(x, n: 6), rfft(x.pad([(0, 2)])), .within(absolute: 1e-15)) == nil)
        #expect(mismatch(rfft(x, n: 3), rfft(x[0..<3])) == nil)
        #expect(mismatch(irfft(rfft(x)), x, .within(absolute: 1e-15)) == nil)
        let large = complexMagnitude(Tensor([3e200, 4e200] as [Double], shape: [1, 2]))
        #expect(mismatch(large, Tensor([5e200] as [Double]), .ulps(1)) == nil)
        let zero = Tensor.zeros([2, 2], dtype: .float64)
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(zero)
        let size = tape.record { complexMagnitude(zero).sum() }
        #expect(try tape.gradient(size, [zero])[0]?.scalars(as: Double.self) == [0, 0, 0, 0])
        // Parseval: the energy is the same.
        var random = SplitMix64(seed: 5)
        let signal = random.normal([1000, 2], dtype: .float64)
        let energy = square(fft(signal)).sum() / 1000.0
        #expect(mismatch(energy, square(signal).sum(), .within(relative: 1e-14)) == nil)
    }

    @Test("refused at once")
    func refused() {
        for poison in [
            fft(Tensor.ones([3])), fft(Tensor.ones([3, 3])), rfft(Tensor.ones([0])), rfft(Tensor.ones([3]), n: 0),
            irfft(Tensor.ones([1, 2])), rfft(Tensor(1)), complexMagnitude(Tensor.ones([3])),
        ] {
            #expect(poison.error?.location?.file.contains("FourierTests") == true)
        }
        #expect(fft(Tensor.zeros([2, 0, 2])).shape == [2, 0, 2])
    }
}
