import DescentCore
import DescentTestSupport
import Testing

@Suite("row numbers")
struct RowNumbersTests {
    @Test("first places are those of a dictionary", arguments: [DType.int32, .int64])
    func firstPlaces(dtype: DType) throws {
        var random = SplitMix64(seed: 3)
        for (count, rows) in [(0, 1), (1, 1), (2, 1), (3, 100), (40, 30), (1000, 1 << 30), (1000, 500), (5000, 5000)] {
            // Multiples of a power of two would meet if numbers were not mixed.
            let numbers = (0..<count).map { _ in Int(random.next() % UInt64(rows)) << (rows < 1000 ? 20 : 0) }
            var firsts: [Int: Int] = [:]
            for (position, number) in numbers.enumerated() where firsts[number] == nil { firsts[number] = position }
            let places = try RowNumbers(Tensor(numbers, dtype: dtype)).firstPlaces
            let wanted = numbers.map { firsts[$0]! }
            #expect(places?.scalars(as: Int.self) ?? Array(0..<count) == wanted)
            #expect((places == nil) == (firsts.count == count))
        }
    }

    @Test("the first number outside is found", arguments: [DType.int32, .int64])
    func firstOutside(dtype: DType) throws {
        for (numbers, position) in [([], nil), ([0, 6, 3], nil), ([0, 7, -1], 1), ([-1, 7], 0)] as [([Int], Int?)] {
            let found = try RowNumbers(Tensor(numbers, dtype: dtype)).firstOutside(7)
            #expect(found?.position == position)
            if let found { #expect(found.number == numbers[found.position]) }
        }
    }
}
