import Descent
import Testing

@Suite struct RegressionScoreTests {
    @Test func figuresAreThoseOfTheirFormulas() throws {
        let score = try RegressionScore(truth: [1, 2, 4, 9], predicted: [2, 2, 1, 9])
        #expect(score.rmse == (10.0 / 4).squareRoot())
        #expect(score.mae == 1)
        #expect(abs(score.r2 - (1 - 10.0 / 38)) < 1e-15)
        let perfect = try RegressionScore(truth: [1, 2], predicted: [1, 2])
        #expect(perfect.rmse == 0 && perfect.mae == 0 && perfect.r2 == 1)
    }

    @Test func numbersOfAnySizeAreTaken() throws {
        for unit in [1e-200, 1e200] {
            let score = try RegressionScore(
                truth: [1, 2, 4, 9].map { $0 * unit }, predicted: [2, 2, 1, 9].map { $0 * unit })
            #expect(abs(score.rmse / unit - (10.0 / 4).squareRoot()) < 1e-12)
            #expect(abs(score.r2 - (1 - 10.0 / 38)) < 1e-12)
        }
    }

    @Test func whatHasNoValueIsNaN() throws {
        #expect(try RegressionScore(truth: [3, 3], predicted: [3, 4]).r2.isNaN)
        let broken = try RegressionScore(truth: [1, 2], predicted: [.nan, 2])
        #expect(broken.rmse.isNaN && broken.mae.isNaN && broken.r2.isNaN)
        #expect(try RegressionScore(truth: [1, 2], predicted: [.infinity, 2]).rmse == .infinity)
    }

    @Test func thereIsAPredictionForEachTruth() {
        #expect(throws: DescentError.self) { try RegressionScore(truth: [], predicted: []) }
        #expect(throws: DescentError.self) { try RegressionScore(truth: [1, 2], predicted: [1]) }
    }
}
