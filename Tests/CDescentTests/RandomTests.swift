import CDescent
import Testing

/// Random numbers against Philox written down from its definition, and their distributions.
@Suite(.serialized)
struct RandomTests {
    /// Philox 4x32-10.
    private func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
        var (c, k) = (counter, key)
        for _ in 0..<10 {
            let a = UInt64(c[0]) * 0xd251_1f53, b = UInt64(c[2]) * 0xcd9e_8d57
            c = [
                UInt32(b >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: b),
                UInt32(a >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: a),
            ]
            k = [k[0] &+ 0x9e37_79b9, k[1] &+ 0xbb67_ae85]
        }
        return c
    }

    private func word(_ seed: UInt64, _ position: UInt64) -> UInt32 {
        let block = position / 4
        return philox(
            [UInt32(truncatingIfNeeded: block), UInt32(block >> 32), 0, 0],
            [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)])[Int(position % 4)]
    }

    private func bits(_ seed: UInt64, _ start: UInt64, _ count: Int) -> [UInt64] {
        var all = Array(repeating: UInt64(0), count: count)
        cd_random_bits(seed, start, &all, Int64(count))
        return all
    }

    /// 53 bits of two words.
    private func fraction(_ low: UInt64, _ high: UInt64) -> Double {
        let bits = high << 21 | low >> 11
        return Double(bits) / 9_007_199_254_740_992
    }

    private func numbers<T: BinaryFloatingPoint>(
        _: T.Type, _ kind: Int, _ seed: UInt64, _ start: UInt64, _ count: Int
    ) -> [T] {
        Array(unsafeUninitializedCapacity: count) { buffer, used in
            let dtype = MemoryLayout<T>.size == 4 ? CD_F32 : CD_F64
            cd_random(Int32(kind), Int32(dtype), seed, start, buffer.baseAddress, Int64(count))
            used = count
        }
    }

    /// The vectors that come with the authors' library, Random123.
    @Test func knownAnswers() {
        #expect(philox([0, 0, 0, 0], [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones = UInt32.max
        #expect(
            philox([ones, ones, ones, ones], [ones, ones])
                == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0])
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
        #expect(bits(0, 0, 4) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    }

    static let streams: [(UInt64, UInt64)] = [
        (0, 0), (42, 1), (.max, 0xffff_fff2), (1 << 40, 0xffff_ffff_ffff), (7, 4 << 32),
    ]

    @Test(arguments: streams)
    func elementsDependOnSeedAndPosition(_ seed: UInt64, _ start: UInt64) {
        for count in [0, 1, 3, 4, 5, 63, 2049] {
            let received = bits(seed, start, count)
            let checked = Array(0..<min(count, 70)) + Array(max(0, count - 5)..<count)
            let expected = checked.map { UInt64(word(seed, start + UInt64($0))) }
            #expect(checked.map { received[$0] } == expected)
        }
        // Any part of a stream equals that part of the whole.
        func check<T: BinaryFloatingPoint>(_ type: T.Type, _ kind: Int) {
            let whole = numbers(type, kind, seed, start, 5000)
            for (first, count) in [(0, 1), (1, 1), (1, 4999), (2, 77), (3, 2048), (2047, 2050), (4999, 1)] {
                let part = numbers(type, kind, seed, start + UInt64(first), count)
                #expect(part == Array(whole[first..<first + count]))
            }
        }
        for kind in [CD_RANDOM_UNIFORM, CD_RANDOM_NORMAL] {
            check(Float.self, kind)
            check(Double.self, kind)
        }
    }

    @Test func uniformNumbersAreTheHighBits() {
        let words = bits(5, 100, 2000)
        let single = numbers(Float.self, CD_RANDOM_UNIFORM, 5, 100, 2000)
        let expected = words.map { Float($0 >> 8) / 16_777_216 }
        #expect(single == expected)
        let double = numbers(Double.self, CD_RANDOM_UNIFORM, 5, 50, 1000)
        let expectedDouble = (0..<1000).map { fraction(words[2 * $0], words[2 * $0 + 1]) }
        #expect(double == expectedDouble)
    }

    @Test func sameBitsEverywhere() {
        let threads = cd_threads(), isa = cd_isa()
        defer {
            cd_set_threads(threads)
            cd_set_isa(isa)
        }
        for kind in [CD_RANDOM_UNIFORM, CD_RANDOM_NORMAL] {
            cd_set_threads(1)
            cd_set_isa(Int32(CD_ISA_BASELINE))
            let single = numbers(Float.self, kind, 3, 1, 200_000)
            let double = numbers(Double.self, kind, 3, 1, 70_000)
            for other in 1..<CD_ISA_COUNT {
                cd_set_threads(Int32(other + 1))
                cd_set_isa(Int32(other))
                let same =
                    numbers(Float.self, kind, 3, 1, 200_000) == single
                    && numbers(Double.self, kind, 3, 1, 70_000) == double
                #expect(same)
            }
        }
    }

    // MARK: - Distributions

    private func moments<T: BinaryFloatingPoint>(
        _ x: [T]
    ) -> (mean: Double, variance: Double, skew: Double, kurtosis: Double) {
        var sums = (0.0, 0.0, 0.0, 0.0)
        for value in x {
            let v = Double(value)
            sums.0 += v
            sums.1 += v * v
            sums.2 += v * v * v
            sums.3 += v * v * v * v
        }
        let n = Double(x.count)
        return (sums.0 / n, sums.1 / n, sums.2 / n, sums.3 / n)
    }

    @Test func uniformMoments() {
        func check<T: BinaryFloatingPoint>(_ x: [T]) {
            let m = moments(x)
            // Five deviations of the estimates from 200,000 numbers.
            #expect(abs(m.mean - 0.5) < 0.0033)
            #expect(abs(m.variance - 1.0 / 3) < 0.0034)
            #expect(x.min()! >= 0)
            #expect(x.max()! < 1)
        }
        check(numbers(Float.self, CD_RANDOM_UNIFORM, 8, 0, 200_000))
        check(numbers(Double.self, CD_RANDOM_UNIFORM, 9, 0, 200_000))
    }

    @Test func normalMoments() {
        func check<T: BinaryFloatingPoint>(_ x: [T]) {
            let m = moments(x)
            #expect(abs(m.mean) < 0.0112)
            #expect(abs(m.variance - 1) < 0.0159)
            #expect(abs(m.skew) < 0.0434)
            #expect(abs(m.kurtosis - 3) < 0.11)
            // Shares beyond whole deviations, and independence of neighbours.
            for (limit, share) in [(1.0, 0.317311), (2, 0.0455003), (3, 0.0026998)] {
                let seen = Double(x.count { $0.magnitude > T(limit) }) / Double(x.count)
                let deviation = (share / Double(x.count)).squareRoot()
                #expect(abs(seen - share) < 5 * deviation)
            }
            var product = 0.0
            for i in stride(from: 0, to: x.count, by: 2) { product += Double(x[i]) * Double(x[i + 1]) }
            #expect(abs(product) / 100_000 < 0.016)
        }
        check(numbers(Float.self, CD_RANDOM_NORMAL, 8, 0, 200_000))
        check(numbers(Double.self, CD_RANDOM_NORMAL, 9, 0, 200_000))
    }

    /// A pair of normal numbers lies at radius sqrt(-2 log u), u its first uniform number; so the tails
    /// are right if every radius is.
    @Test func normalRadii() {
        let words = bits(1, 0, 40_000)
        let single = numbers(Float.self, CD_RANDOM_NORMAL, 1, 0, 40_000)
        let double = numbers(Double.self, CD_RANDOM_NORMAL, 1, 0, 20_000)
        var worst = (single: 0.0, double: 0.0)
        for i in stride(from: 0, to: 20_000, by: 2) {
            let u = (Double(words[i]) + 0.5) / 4_294_967_296
            let v = fraction(words[2 * i], words[2 * i + 1])
            // Squares of radii over their logarithms.
            func ratio(_ x: Double, _ y: Double, _ u: Double) -> Double {
                (x * x + y * y).squareRoot() / (-2 * log(u)).squareRoot()
            }
            if u < 0.999 {
                worst.single = max(
                    worst.single, abs(1 - ratio(Double(single[i]), Double(single[i + 1]), u)))
            }
            if v < 0.999 {
                worst.double = max(worst.double, abs(1 - ratio(double[i], double[i + 1], v)))
            }
        }
        #expect(worst.single < 5e-5)
        #expect(worst.double < 1e-12)
    }

    /// The natural logarithm, without a library: halving of the exponent and a series.
    private func log(_ x: Double) -> Double {
        let m = x.significand, s = (m - 1) / (m + 1)
        var term = s, sum = 0.0
        for k in stride(from: 1, to: 61, by: 2) {
            sum += term / Double(k)
            term *= s * s
        }
        return 2 * sum + Double(x.exponent) * 0.693147180559945309
    }
}
