import Testing

@testable import DescentFiles

@Suite("checksums")
struct ChecksumTests {
    @Test("the published values of 123456789")
    func published() {
        #expect(Checksum.zip.value(of: Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(Checksum.castagnoli.value(of: Array("123456789".utf8)) == 0xE306_9283)
        #expect(Checksum.castagnoli.value(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Checksum.zip.value(of: []) == 0)
    }

    @Test("pieces give the checksum of the whole")
    func pieces() {
        let bytes = (0..<100).map { UInt8($0 * 7 % 251) }
        let whole = Checksum.zip.value(of: bytes)
        for cut in 0...100 {
            let first = Checksum.zip.value(of: Array(bytes[..<cut]))
            #expect(Checksum.zip.value(of: Array(bytes[cut...]), after: first) == whole)
        }
    }
}
