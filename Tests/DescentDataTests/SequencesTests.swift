import DescentCore
import DescentData
import DescentFiles
import DescentTestSupport
import Testing

@Suite("padded sequences")
struct SequencesTests {
    @Test("what Keras answers, of arrays and of tensors")
    func asKeras() throws {
        for value in try Recorded.cases("padding", 64) {
            let item = try #require(value.object)
            let dtype: DType = item["dtype"]?.string == "int32" ? .int32 : .float32
            let padding = try #require(SequenceEnd(rawValue: item["padding"]?.string ?? ""))
            let truncating = try #require(SequenceEnd(rawValue: item["truncating"]?.string ?? ""))
            let fill = try #require(item["value"]?.number)
            let want = try Recorded.tensor(item["result"], dtype: dtype)
            let rows = try #require(item["sequences"]?.list).map { $0.list ?? [] }
            let tensors = rows.map { row in
                row.first?.list == nil
                    ? Tensor(row.compactMap(\.integer)) : Tensor(row.map { ($0.list ?? []).compactMap(\.integer) })
            }
            let got = try padSequences(
                tensors, maxLength: item["maxLength"]?.integer, dtype: dtype, padding: padding, truncating: truncating,
                value: fill)
            #expect(mismatch(got, want, .bits) == nil, "\(item)")
            guard want.rank == 2 else { continue }
            let arrays = try padSequences(
                rows.map { $0.compactMap(\.integer) }, maxLength: item["maxLength"]?.integer, dtype: dtype,
                padding: padding, truncating: truncating, value: fill)
            #expect(mismatch(arrays, want, .bits) == nil, "\(item)")
        }
    }

    @Test("types, and rows of no length")
    func edges() throws {
        #expect(try padSequences([[1], [2, 3]]).dtype == .int32)
        #expect(try padSequences([[0.5], [2, 3]] as [[Float]]).dtype == .float32)
        #expect(try numbers(padSequences([[0.5], [2, 3]] as [[Double]], padding: .post)) == [0.5, 0, 2, 3])
        #expect(try padSequences([[1 << 40]], dtype: .int64).scalars(as: Int.self) == [1 << 40])
        #expect(try padSequences([[Int]](), maxLength: 3).shape == [0, 3])
        #expect(try padSequences([[], []] as [[Int]]).shape == [2, 0])
        #expect(try padSequences([[], []] as [[Int]], maxLength: 2, value: 7).scalars(as: Int.self) == [7, 7, 7, 7])
        #expect(try padSequences([[1, 2]], maxLength: 0).shape == [1, 0])
        #expect(try padSequences([Tensor.zeros([0, 3]), Tensor.zeros([0, 3])]).shape == [2, 0, 3])
        #expect(try numbers(padSequences([[1], [2, 3]] as [[Float]], value: .infinity)) == [.infinity, 1, 2, 3])
    }

    @Test("what cannot be padded")
    func refusals() {
        expectRefusal("there must be a sequence") { try padSequences([[Int]]()) }
        expectRefusal("maxLength", "-1") { try padSequences([[1]], maxLength: -1) }
        expectRefusal("int32", "0.5") { try padSequences([[1]], value: 0.5) }
        expectRefusal("int32", "nan") { try padSequences([[1]], value: .nan) }
        expectRefusal("int32", "1099511627776") { try padSequences([[1 << 40]]) }
        let tensors = [Tensor.zeros([2, 3]), Tensor.zeros([0]), Tensor.zeros([2, 4])]
        expectRefusal("[2, 3] of sequence 0", "[2, 4] of sequence 2") { try padSequences(tensors) }
        expectRefusal("sequence 1") { try padSequences([Tensor.zeros([2]), Tensor(1)]) }
        expectRefusal("memory") { try padSequences([[1]], maxLength: .max) }
    }
}
