import DescentTestSupport
import Testing

@testable import DescentFiles

@Suite("deflate")
struct InflateTests {
    private func expand(_ bytes: [UInt8], _ count: Int) throws(Inflate.Failure) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        try output.withUnsafeMutableBufferPointer { output throws(Inflate.Failure) in
            try bytes.withUnsafeBufferPointer { bytes throws(Inflate.Failure) in
                try Inflate.expand(UnsafeRawBufferPointer(bytes), into: UnsafeMutableRawBufferPointer(output))
            }
        }
        return output
    }

    /// Bits, lowest first, as a stream.
    private func stream(_ fields: (value: Int, count: Int)...) -> [UInt8] {
        var bits: [Bool] = []
        for field in fields { bits += (0..<field.count).map { field.value >> $0 & 1 == 1 } }
        return stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start...].prefix(8).enumerated().reduce(UInt8(0)) { $0 | ($1.element ? 1 << UInt8($1.offset) : 0) }
        }
    }

    @Test("a fixed block, and a repetition that overlaps itself")
    func fixed() throws {
        // zlib's answer to "aaaaaaaaaa"
        #expect(try expand([0x4B, 0x84, 0x03, 0x00], 10) == Array("aaaaaaaaaa".utf8))
        #expect(try expand([0x03, 0x00], 0) == [])
        #expect(try expand([0x01, 0x02, 0x00, 0xFD, 0xFF, 0x68, 0x69], 2) == Array("hi".utf8))
    }

    @Test("damage is refused")
    func damage() {
        for (bytes, count) in [
            ([], 0), ([0x4B, 0x84, 0x03], 10), ([0x4B, 0x84, 0x03, 0x00, 0x00], 10), ([0x4B, 0x84, 0x03, 0x00], 9),
            ([0x4B, 0x84, 0x03, 0x00], 11), ([0x07], 0), ([0x01, 0x02, 0x00, 0xFD, 0xFE, 0x68, 0x69], 2),
            ([0x01, 0x03, 0x00, 0xFC, 0xFF, 0x68, 0x69], 3),
            // a repetition of what is not there: length 3, distance 1, at the beginning
            (stream((1, 1), (1, 2), (0x40, 7), (0, 5), (0, 7)), 3),
            // length symbol 286, distance symbol 30
            (stream((1, 1), (1, 2), (0b0110_0011, 8), (0, 5), (0, 7)), 300),
            (stream((1, 1), (1, 2), (0b0000_1100, 8), (0x40, 7), (0b01111, 5), (0, 7)), 4),
            // 31 distances; a code for lengths that has too many words; one with none
            (stream((1, 1), (2, 2), (0, 5), (30, 5), (0, 4)), 1),
            (stream((1, 1), (2, 2), (0, 5), (0, 5), (0, 4), (1, 3), (1, 3), (1, 3), (1, 3)), 1),
            (stream((1, 1), (2, 2), (0, 5), (0, 5), (0, 4), (0, 3), (0, 3), (0, 3), (0, 3), (0, 16)), 1),
            // a repeated length before the first
            (stream((1, 1), (2, 2), (0, 5), (0, 5), (0, 4), (1, 3), (1, 3), (0, 3), (0, 3), (0, 16)), 1),
        ] as [([UInt8], Int)] {
            #expect(throws: Inflate.Failure.self, "\(bytes)") { try expand(bytes, count) }
        }
    }

    @Test("random bytes end in an error or fill the buffer, never more")
    func random() {
        var random = SplitMix64(seed: 11)
        var errors = 0
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            do { _ = try expand(bytes, 200) } catch { errors += 1 }
        }
        #expect(errors > 1900)
    }

    @Test("codes must be complete")
    func codes() {
        #expect(HuffmanCode([1, 1]) != nil && HuffmanCode([0, 1]) != nil && HuffmanCode([2, 2, 1]) != nil)
        #expect(HuffmanCode([0, 0]) != nil)
        #expect(HuffmanCode([1, 1, 1]) == nil && HuffmanCode([2, 2]) == nil && HuffmanCode([2]) == nil)
    }
}
