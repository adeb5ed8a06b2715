import Descent

extension Workload {
    /// An epoch of the small network on 1024 rows: by `fit`, and by a loop that takes the same steps on the same batches.
    static let trainings = [
        Workload("fit", in: .microsecondsEach(steps: Training.steps)) { try training { try Training().fit() } },
        Workload("fit-bare", in: .microsecondsEach(steps: Training.steps)) { try training { try Training().loop() } },
    ]

    private static func training(_ make: () throws -> Training.Run) throws -> Prepared {
        let run = try make()
        return Prepared(
            step: run.epoch, found: { [("loss", run.loss())] },
            expected: {
                // The one side is what the other should be: both begin with the same numbers.
                let (a, b) = (try Training().fit(), try Training().loop())
                for _ in 0..<Prepared.checkedSteps {
                    try a.epoch()
                    try b.epoch()
                }
                return [("loss", (a.loss() + b.loss()) / 2)]
            })
    }
}

/// The data and the network of `mlp-small`, as layers.
struct Training {
    static let (rows, batch, epochs) = (1024, 32, 20)
    static var steps: Double { Double(rows / batch * epochs) }

    /// Something that trains, and the loss of its last epoch.
    struct Run {
        let epoch: () throws -> Void
        let loss: () -> Double
    }

    let x = Tensor.randomNormal([Training.rows, 9], seed: 1)
    let y = Tensor.randomNormal([Training.rows, 1], seed: 2)
    let model: Sequential
    let opt = RMSprop(learningRate: 1e-5)

    init() throws {
        setRandomSeed(3)
        model = Sequential(Dense(64, activation: .relu), Dense(64, activation: .relu), Dense(1))
        _ = model(Tensor.zeros([1, 9]))
        try evaluate([x, y])
    }

    func fit() throws -> Run {
        try model.compile(optimizer: opt, loss: .mse)
        var loss = 0.0
        return Run(
            epoch: {
                let history = try model.fit(
                    x, y, batchSize: Training.batch, epochs: Training.epochs, verbose: .silent, seed: 4)
                loss = history["loss"].last!
            }, loss: { loss })
    }

    /// The batches are cut beforehand: the loop is the steps alone.
    func loop() throws -> Run {
        let data = try TensorBatches(x, y, batchSize: Training.batch, shuffle: true, seed: 4)
        let batches = (0..<Training.epochs).map { Array(data.epoch($0)) }
        let variables = model.trainableVariables
        let mse = Loss.mse
        var loss = 0.0
        return Run(
            epoch: {
                for epoch in batches {
                    var total = 0.0
                    for batch in epoch {
                        let value = try opt.minimize({ mse(batch.y!, model(batch.x)) }, variables)
                        total += Double(value) * Double(batch.rowCount)
                    }
                    loss = total / Double(Training.rows)
                }
            }, loss: { loss })
    }
}
