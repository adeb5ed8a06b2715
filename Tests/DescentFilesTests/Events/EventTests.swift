import DescentCore
import Testing

@testable import DescentFiles

@Suite("event files")
struct EventTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    // As tensorboard 2.21.0 with protobuf 7.36.2 writes the same events.
    @Test("records have the bytes that TensorBoard itself writes")
    func bytes() {
        let scalar = Protobuf.message { event in
            event.double(1, 1.5)
            event.integer(2, 3)
            event.message(5) { summary in
                summary.message(1) { value in
                    value.string(1, "loss")
                    value.float(2, 0.25)
                }
            }
        }
        #expect(
            hex(EventFile.record(scalar.bytes))
                == "1a00000000000000129bd82d09000000000000f83f10032a0d0a0b0a046c6f7373150000803ed054b255")
        let text = Protobuf.message { event in
            event.double(1, 1.5)
            event.integer(2, -1)
            event.message(5) { summary in
                summary.message(1) { value in
                    value.string(1, "n")
                    value.message(8) { tensor in
                        tensor.integer(1, 7)
                        tensor.message(2) { _ in }
                        tensor.string(8, "hi")
                    }
                    value.message(9) { metadata in
                        metadata.message(1) { $0.string(1, "text") }
                        metadata.integer(4, 2)
                    }
                }
            }
        }
        #expect(
            hex(EventFile.record(text.bytes))
                == "31000000000000009d8383e909000000000000f83f10ffffffffffffffffff012a1b0a190a016e420808071200420268694a0a0a060a"
                + "04746578742002fef0ecf9")
    }

    /// The contents of a file's records; nil if a length or checksum is wrong.
    private func records(_ path: String) throws -> [[UInt8]]? {
        let content = try DescentFilesTests.bytes(of: path)
        var records: [[UInt8]] = []
        var position = 0
        while position < content.count {
            guard let length = content.little64(position), position + 16 + length <= content.count else { return nil }
            let record = Array(content[position + 12..<position + 12 + length])
            guard EventFile.record(record) == Array(content[position..<position + 16 + length]) else { return nil }
            records.append(record)
            position += 16 + length
        }
        return records
    }

    @Test("every call is one record, readable at once")
    func writer() throws {
        try withFolder { folder in
            let writer = try EventWriter(directory: folder + "/deep/er")
            #expect(try records(writer.path)?.count == 1)
            try writer.scalar("loss", 0.5, step: 1)
            #expect(try records(writer.path)?.count == 2)
            try writer.scalar("loss", Tensor([1, 2]).sum(), step: 2)
            try writer.histogram("w", Tensor([1, 2, 2]), step: 2, buckets: 4)
            try writer.text("note", "ü", step: 2)
            try writer.graph(tanh(Variable([1, 2]) * 2).sum())
            try writer.flush()
            try writer.close()
            try writer.close()
            let all = try #require(try records(writer.path))
            #expect(all.count == 6)
            #expect(String(decoding: all[0], as: UTF8.self).contains("brain.Event:2"))
            #expect(String(decoding: all[5], as: UTF8.self).contains("tanh"))
            expectRefusal(of: writer.path, "closed") { try writer.scalar("loss", 1, step: 3) }
            let other = try EventWriter(directory: folder + "/deep/er/")
            #expect(other.path != writer.path)
            #expect(try names(in: folder + "/deep/er").count == 2)
        }
    }

    @Test("what cannot be written is refused, and leaves no part of a record")
    func refused() throws {
        try withFolder { folder in
            let writer = try EventWriter(directory: folder)
            let poison = Tensor([1, 2]) + Tensor([1, 2, 3])
            #expect(throws: DescentError.self) { try writer.scalar("x", Tensor([1, 2]), step: 0) }
            #expect(throws: DescentError.self) { try writer.scalar("x", poison, step: 0) }
            #expect(throws: DescentError.self) { try writer.histogram("x", poison, step: 0) }
            #expect(throws: DescentError.self) { try writer.histogram("x", Tensor([1]), step: 0, buckets: 0) }
            #expect(throws: DescentError.self) { try writer.graph(poison) }
            #expect(try records(writer.path)?.count == 1)
            try write([1], to: folder + "/file")
            expectRefusal(of: "file", "folder") { try EventWriter(directory: folder + "/file/x") }
        }
    }

    @Test("histograms count every finite number once")
    func histogram() throws {
        let even = try Histogram(Tensor([0, 1, 2, 3, 4]), buckets: 2).rows
        #expect(even == [.init(lower: 0, upper: 2, count: 2), .init(lower: 2, upper: 4, count: 3)])
        #expect(try Histogram(Tensor([Double.nan, .infinity]), buckets: 3).rows == [])
        #expect(try Histogram(Tensor([3, 3, Float.nan]), buckets: 3).rows == [.init(lower: 2.5, upper: 3.5, count: 2)])
        let extreme = [-Double.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude]
        #expect(try Histogram(Tensor(extreme), buckets: 3).rows.map(\.count) == [1, 1, 1])
        for pair in [
            [0, .leastNonzeroMagnitude], [1, 1.0.nextUp], [-.leastNonzeroMagnitude, .leastNonzeroMagnitude],
            [1e300, 1e300.nextUp],
        ] {
            #expect(try Histogram(Tensor(pair), buckets: 7).rows.reduce(0) { $0 + $1.count } == 2)
        }
    }
}
