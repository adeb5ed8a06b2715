import Descent

/// Cars made up after the kind of data that fuel-efficiency tutorials use: nine features, correlated as in real cars,
/// and miles per gallon as a curved function of them with noise that nobody can predict.
///
/// Features and targets are standardized: over the training rows each column has mean 0 and deviation 1.
struct DataSet {
    let trainFeatures: Tensor
    let trainTargets: Tensor
    let testFeatures: Tensor
    let testTargets: Tensor
    /// Miles per gallon of one unit of the targets.
    let unit: Double

    static func cars(count: Int = 400, seed: Int = 2024) throws -> DataSet {
        func noise(_ number: Int) -> Tensor { .randomNormal([count], seed: seed + number) }
        let size = noise(0)
        let cylinders = Tensor.where(size .< 0, 4, Tensor.where(size .< 0.9, 6, 8))
        let displacement = 190 + 95 * size + 18 * noise(1)
        let horsepower = 105 + 34 * size + 12 * noise(2)
        let weight = 2950 + 780 * size + 180 * noise(3)
        let acceleration = 15.5 - 1.7 * (horsepower - 105) / 34 + 1.6 * noise(4)
        let year = Tensor.randomUniform([count], in: 70..<83, seed: seed + 5).floor()
        let origin = Tensor.randomUniform([count], in: 0..<3, seed: seed + 6).floor().cast(to: .int32)
        let isFrom = origin.oneHot(depth: 3)
        let numbers = [cylinders, displacement, horsepower, weight, acceleration, year]

        // Progress helps late cars more than early ones; neither very lazy nor very hasty engines are thrifty.
        let progress = 1 + 0.45 * ((year - 70) / 12) ** 2
        let gallonsPerMile =
            0.018 + 1.15e-5 * weight + 4.5e-7 * (horsepower - 90) ** 2 + 2.25e-4 * (acceleration - 15) ** 2
        let milesPerGallon = progress * matmul(isFrom, [1, 1.06, 1.12]) / gallonsPerMile + 0.8 * noise(7)

        return try DataSet(
            features: concat([stack(numbers, axis: 1), isFrom], axis: 1),
            targets: milesPerGallon.reshape(count, 1), trainCount: count * 4 / 5)
    }

    private init(features: Tensor, targets: Tensor, trainCount: Int) throws {
        let x = DataSet.standardized(features, trainCount).values
        let (y, deviation) = DataSet.standardized(targets, trainCount)
        try evaluate([x, y, deviation])
        trainFeatures = try x[..<trainCount].evaluated()
        trainTargets = try y[..<trainCount].evaluated()
        testFeatures = try x[trainCount...].evaluated()
        testTargets = try y[trainCount...].evaluated()
        unit = Double(deviation)
    }

    private static func standardized(_ table: Tensor, _ trainCount: Int) -> (
        values: Tensor, deviation: Tensor
    ) {
        let rows = table[..<trainCount]
        let mean = rows.mean(axes: 0)
        let deviation = ((rows - mean) ** 2).mean(axes: 0).sqrt()
        return ((table - mean) / deviation, deviation)
    }
}

extension DataSet {
    var trainCount: Int { trainTargets.count }
    var testCount: Int { testTargets.count }

    /// The training rows in a random order, cut into batches.
    func batches(of size: Int, seed: Int) -> [(x: Tensor, y: Tensor)] {
        let order = Tensor.randomPermutation(trainCount, seed: seed)
        return stride(from: 0, to: trainCount, by: size).map { start in
            let rows = order[start..<min(start + size, trainCount)]
            return (trainFeatures.gather(rows), trainTargets.gather(rows))
        }
    }

    /// Root mean square error of predictions for the test rows, in miles per gallon.
    func testError(of predictions: Tensor) throws -> Double {
        Double(try rmse(predictions, testTargets).evaluated()) * unit
    }
}
