import DescentCore
import DescentData
import DescentFiles
import DescentTestSupport
import Testing

@Suite("rows set apart")
struct SplitTests {
    @Test(
        "validation takes the last rows, as many as Keras takes",
        arguments: [
            (5, 0.2, 4), (10, 0.2, 8), (10, 0.25, 7), (3, 0.5, 1), (398, 0.2, 318), (7, 0.1, 6), (100, 0.07, 93),
            (100, 0.93, 6),
            (10, 0.3, 7), (2, 0.5, 1), (1000, 0.999, 1),
        ])
    func validation(count: Int, share: Double, want: Int) throws {
        let x = Tensor.arange(2 * count).reshape(count, 2)
        let y = Tensor.arange(count)
        let (training, validation) = try split(x, y, sampleWeight: y * 2, validationSplit: share)
        #expect(try numbers(training.y) == (0..<want).map(Double.init))
        #expect(try numbers(validation.y) == (want..<count).map(Double.init))
        #expect(try numbers(validation.x).first == Double(2 * want))
        #expect(try numbers(validation.sampleWeight).first == Double(2 * want))
        #expect(training.rowCount == want && validation.rowCount == count - want)
        #expect(try validationStart(rowCount: count, validationSplit: share) == want)
    }

    @Test("the numbers of rows that Keras takes, and where it takes none")
    func asKeras() throws {
        for value in try Recorded.cases("splits", 90) {
            let item = try #require(value.list)
            let (count, share) = (try #require(item[0].integer), try #require(item[1].number))
            if let want = item[2].integer {
                #expect(try validationStart(rowCount: count, validationSplit: share) == want)
            } else {
                expectRefusal("\(count) rows") { try validationStart(rowCount: count, validationSplit: share) }
            }
        }
    }

    @Test("test rows: the right number, no row twice, the same for the same seed")
    func test() throws {
        var random = SplitMix64(seed: 2)
        for seed in 0..<20 {
            let count = Int.random(in: 4...60, using: &random)
            let x = Tensor.arange(count)
            let (training, test) = try trainTestSplit([x, x * 2], x, testSize: 0.3, seed: seed)
            #expect(test.rowCount == Int((Double(count) * 0.3).rounded()))
            #expect(try (numbers(training.y) + numbers(test.y)).sorted() == (0..<count).map(Double.init))
            #expect(try numbers(test.x[1]) == numbers(test.y).map { 2 * $0 })
            let again = try trainTestSplit(x, testSize: 0.3, seed: seed)
            #expect(try numbers(again.test.x) == numbers(test.y))
        }
        let orders = try (0..<5).map { try numbers(trainTestSplit(Tensor.arange(30), seed: $0).test.x) }
        #expect(Set(orders).count == 5)
    }

    @Test("sides that would be empty")
    func refusals() {
        let x = Tensor.arange(4)
        expectRefusal("split", "1 rows", "0.1", "for training") { try split(Tensor.arange(1), validationSplit: 0.1) }
        expectRefusal("split", "4 rows", "0.9", "0 for training") { try split(x, validationSplit: 0.9) }
        for share in [0, 1, -0.5, 1.5, Double.nan] {
            expectRefusal("validationSplit", "\(share)") { try split(x, validationSplit: share) }
            expectRefusal("testSize", "\(share)") { try trainTestSplit(x, testSize: share) }
        }
        expectRefusal("x and y") { try split(x, Tensor.arange(3), validationSplit: 0.5) }
        expectRefusal("x and y") { try trainTestSplit(x, Tensor.arange(3)) }
        expectRefusal("0 for testing") { try trainTestSplit(x, testSize: 0.1) }
        expectRefusal("4 for testing") { try trainTestSplit(x, testSize: 0.9) }
    }
}
