import Descent

/// Cars made up after the kind of data that fuel-efficiency tutorials use: nine features, correlated as in real cars,
/// and miles per gallon as a curved function of them with noise that nobody can predict.
struct DataSet {
    /// Rows of features, each column with mean 0 and deviation 1 over the training rows.
    let features: [[Double]]
    /// Miles per gallon.
    let targets: [Double]
    let trainCount: Int
    let targetMean: Double
    let targetDeviation: Double

    var testCount: Int { targets.count - trainCount }

    /// The spread of the noise: no model can do better on average.
    static let noise = 0.8

    static func cars(count: Int = 400, seed: UInt64 = 2024) -> DataSet {
        var random = Random(seed: seed)
        var rows: [[Double]] = []
        var targets: [Double] = []
        for _ in 0..<count {
            let size = random.gaussian()
            let origin = Int(random.unit() * 3)
            let cylinders = [4.0, 6, 8][size < 0 ? 0 : size < 0.9 ? 1 : 2]
            let displacement = 190 + 95 * size + 18 * random.gaussian()
            let horsepower = 105 + 34 * size + 12 * random.gaussian()
            let weight = 2950 + 780 * size + 180 * random.gaussian()
            let acceleration = 15.5 - 1.7 * (horsepower - 105) / 34 + 1.6 * random.gaussian()
            let year = 70 + (random.unit() * 13).rounded(.down)
            rows.append(
                [cylinders, displacement, horsepower, weight, acceleration, year]
                    + (0..<3).map { $0 == origin ? 1 : 0 })

            // Progress helps light cars more than heavy ones; neither very lazy nor very hasty engines are thrifty.
            let progress = (year - 70) / 12
            let gallonsPerMile =
                0.018 + 0.0000115 * weight + 0.00000045 * (horsepower - 90) * (horsepower - 90)
                + 0.0009 * (acceleration - 15) * (acceleration - 15) / 4
            let bonus = (1 + 0.45 * progress * progress) * [1.0, 1.06, 1.12][origin]
            targets.append(bonus / gallonsPerMile + noise * random.gaussian())
        }
        return DataSet(rows: rows, targets: targets, trainCount: count * 4 / 5)
    }

    private init(rows: [[Double]], targets: [Double], trainCount: Int) {
        let columns = rows[0].indices.map { column in
            DataSet.moments(rows[..<trainCount].map { $0[column] })
        }
        features = rows.map { row in zip(row, columns).map { ($0 - $1.mean) / $1.deviation } }
        self.targets = targets
        self.trainCount = trainCount
        (targetMean, targetDeviation) = DataSet.moments(targets[..<trainCount])
    }

    private static func moments(_ numbers: some Collection<Double>) -> (mean: Double, deviation: Double) {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
        return (mean, variance.squareRoot())
    }
}

// MARK: - As tensors

extension DataSet {
    /// Features and standardized targets of the training rows, shuffled and cut into batches.
    func batches(of size: Int, using random: inout Random) -> [(x: Tensor, y: Tensor)] {
        let order = (0..<trainCount).shuffled(using: &random)
        return stride(from: 0, to: order.count, by: size).map { start in
            let rows = order[start..<min(start + size, order.count)]
            let y = rows.map { Float((targets[$0] - targetMean) / targetDeviation) }
            return (tensor(rows.map { features[$0] }), Tensor(y, shape: [rows.count, 1]))
        }
    }

    var testFeatures: Tensor { tensor(Array(features[trainCount...])) }

    private func tensor(_ rows: [[Double]]) -> Tensor {
        Tensor(rows.joined().map { Float($0) }, shape: [rows.count, rows[0].count])
    }
}

// MARK: - Errors on the test rows

extension DataSet {
    /// Root mean square error of a model of the rows.
    func testError(_ predict: (_ row: [Double]) -> Double) -> Double {
        rmse(features[trainCount...].map(predict))
    }

    /// Of the model that always answers with the mean.
    func testError(ofMean: ()) -> Double { testError { _ in targetMean } }

    /// Of predictions in the units of `batches`.
    func testError(ofStandardized predictions: [Float]) -> Double {
        rmse(predictions.map { Double($0) * targetDeviation + targetMean })
    }

    private func rmse(_ predictions: [Double]) -> Double {
        let squares = zip(predictions, targets[trainCount...]).map { ($0 - $1) * ($0 - $1) }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
}
