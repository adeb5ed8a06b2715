import DescentCore
import DescentData

extension Model {
    /// Trains the model on data in memory.
    ///
    /// ```swift
    /// let x = Tensor.randomNormal([100, 3], seed: 1)
    /// let y = x.sum(axes: 1)
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: SGD(learningRate: 0.1), loss: .mse, metrics: ["mae"])
    /// let history = try model.fit(x, y, batchSize: 20, epochs: 10, verbose: .silent, validationSplit: 0.2)
    /// print(history.names)                       // ["loss", "mae", "val_loss", "val_mae"]
    /// print(history["val_loss"].last! < 0.01)    // true
    /// ```
    ///
    /// The loss of an epoch is the mean over its batches, each weighed by its rows, of the loss that each step has made smaller:
    /// regularization included, and while the variables changed. That of `evaluate` is over variables that stay.
    ///
    /// - Parameters:
    ///   - x: what the model reads.
    ///   - y: what is true.
    ///   - batchSize: the rows of a step; the default is 32. The last batch of an epoch may be smaller.
    ///   - epochs: the number of the last epoch: with `initialEpoch` 3 and `epochs` 5 there are two more. The default is 1.
    ///   - verbose: how much is told; the default depends on whether the standard output is a terminal.
    ///   - callbacks: what is told of everything that happens, in this order.
    ///   - validationSplit: the share of the rows, the last ones, that are set apart for validation; the default is none.
    ///   - validationData: what to validate with after an epoch, instead of a split.
    ///   - shuffle: whether each epoch has its own order; the default is true.
    ///   - classWeight: how much the samples of each class count; those not named count 1.
    ///   - sampleWeight: how much each sample counts; the default is 1.
    ///   - initialEpoch: the number of the first epoch, to go on with a training; the default is 0.
    ///   - stepsPerEpoch: the batches of an epoch; the next epoch goes on where it stopped. The default is all.
    ///   - validationSteps: the batches to validate with; the default is all.
    ///   - validationBatchSize: the rows of a batch in validation; the default is `batchSize`.
    ///   - validationFreq: validation takes place every so many epochs; the default is 1.
    ///   - seed: what the order of rows and random layers follow from; the default is the next of the thread's seeds.
    /// - Throws: data that do not fit, NaN in them, what a callback throws. A step that throws changes nothing.
    @discardableResult
    public func fit(
        _ x: Input, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .auto,
        callbacks: [any Callback] = [], validationSplit: Double = 0, validationData: (Input, Tensor)? = nil,
        shuffle: Bool = true, classWeight: [Int: Double]? = nil, sampleWeight: Tensor? = nil, initialEpoch: Int = 0,
        stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationBatchSize: Int? = nil,
        validationFreq: Int = 1, seed: Int? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> History {
        try located(file, line) {
            try fit(
                Batch(x, y, sampleWeight: sampleWeight), split: validationSplit,
                validation: validationData.map { Batch($0.0, $0.1) },
                FitOptions(
                    batchSize: batchSize, epochs: epochs, verbose: verbose, callbacks: callbacks,
                    classWeights: try classWeight.map(ClassWeights.init), initialEpoch: initialEpoch,
                    stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
                    validationBatchSize: validationBatchSize, validationFreq: validationFreq, shuffle: shuffle,
                    seed: seed))
        }
    }

    /// Trains the model on data in memory, and validates with a batch, which may have weights, or with any other batches.
    ///
    /// ```swift
    /// let data = Batch(Tensor.randomNormal([100, 3], seed: 1), Tensor.zeros([100]))
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: "sgd", loss: "mse")
    /// let history = try model.fit(data.x, data.y!, verbose: .silent, validationData: data)
    /// print(history.names)   // ["loss", "val_loss"]
    /// ```
    @discardableResult
    public func fit(
        _ x: Input, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .auto,
        callbacks: [any Callback] = [], validationData: some BatchSource<Input>, shuffle: Bool = true,
        classWeight: [Int: Double]? = nil, sampleWeight: Tensor? = nil, initialEpoch: Int = 0,
        stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationBatchSize: Int? = nil,
        validationFreq: Int = 1, seed: Int? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> History {
        try fit(
            Batch(x, y, sampleWeight: sampleWeight), batchSize: batchSize, epochs: epochs, verbose: verbose,
            callbacks: callbacks, validationData: validationData, shuffle: shuffle, classWeight: classWeight,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationBatchSize: validationBatchSize, validationFreq: validationFreq, seed: seed, file: file, line: line
        )
    }

    /// Trains the model on batches: of tensors, of files, of any source, prefetched or not; see `BatchSource`.
    ///
    /// ```swift
    /// let data = GeneratedBatches<Tensor>(count: 20) { epoch, index in
    ///     let x = Tensor.randomNormal([16, 2], seed: 100 * epoch + index)
    ///     return Batch(x, x.sum(axes: 1))
    /// }
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: SGD(learningRate: 0.1), loss: "mse")
    /// let history = try model.fit(data.prefetched(), epochs: 3, verbose: .silent)
    /// print(history["loss"][2] < history["loss"][0])   // true
    /// ```
    ///
    /// A `Batch` by itself stands for its rows: they are cut into batches of `batchSize`, in an order of their own in each
    /// epoch. Other sources decide these things themselves.
    @discardableResult
    public func fit(
        _ data: some BatchSource<Input>, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .auto,
        callbacks: [any Callback] = [], validationData: (any BatchSource<Input>)? = nil, shuffle: Bool = true,
        classWeight: [Int: Double]? = nil, initialEpoch: Int = 0, stepsPerEpoch: Int? = nil,
        validationSteps: Int? = nil, validationBatchSize: Int? = nil, validationFreq: Int = 1, seed: Int? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> History {
        try located(file, line) {
            let options = FitOptions(
                batchSize: batchSize, epochs: epochs, verbose: verbose, callbacks: callbacks,
                classWeights: try classWeight.map(ClassWeights.init), initialEpoch: initialEpoch,
                stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
                validationBatchSize: validationBatchSize, validationFreq: validationFreq, shuffle: shuffle, seed: seed)
            if let batch = data as? Batch<Input> {
                return try fit(batch, split: 0, validation: validationData, options)
            }
            let fit = try Fit(self, options)
            let validation = try validationData.map { try cut($0, validationBatchSize ?? batchSize, "fit") }
            return try fit.run(seed: seed ?? Seeds.next()) { _ in Fit.Data(training: data, validation: validation) }
        }
    }

    /// Trains the model on the rows of a batch, of which the last ones may be set apart for validation.
    ///
    /// ```swift
    /// let x = Tensor.randomNormal([100, 3], seed: 1)
    /// let (training, test) = try trainTestSplit(x, x.sum(axes: 1), testSize: 0.2)
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: "sgd", loss: "mse")
    /// print(try model.fit(training, verbose: .silent, validationSplit: 0.25).names)   // ["loss", "val_loss"]
    /// ```
    @discardableResult
    public func fit(
        _ data: Batch<Input>, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .auto,
        callbacks: [any Callback] = [], validationSplit: Double, shuffle: Bool = true,
        classWeight: [Int: Double]? = nil, initialEpoch: Int = 0, stepsPerEpoch: Int? = nil,
        validationSteps: Int? = nil, validationBatchSize: Int? = nil, validationFreq: Int = 1, seed: Int? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> History {
        try located(file, line) {
            try fit(
                data, split: validationSplit, validation: nil,
                FitOptions(
                    batchSize: batchSize, epochs: epochs, verbose: verbose, callbacks: callbacks,
                    classWeights: try classWeight.map(ClassWeights.init), initialEpoch: initialEpoch,
                    stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
                    validationBatchSize: validationBatchSize, validationFreq: validationFreq, shuffle: shuffle,
                    seed: seed))
        }
    }

    /// Trains the model on any sequence of batches. Each epoch goes through it once more.
    ///
    /// ```swift
    /// let batches = [Batch(Tensor([[1], [2]]), [2, 4]), Batch([[3]], [6])]
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: "sgd", loss: "mse")
    /// print(try model.fit(batches, epochs: 2, verbose: .silent).epochs)   // [0, 1]
    /// ```
    @discardableResult
    public func fit(
        _ batches: some Sequence<Batch<Input>>, epochs: Int = 1, verbose: Verbosity = .auto,
        callbacks: [any Callback] = [], validationData: (any BatchSource<Input>)? = nil,
        classWeight: [Int: Double]? = nil, initialEpoch: Int = 0, stepsPerEpoch: Int? = nil,
        validationSteps: Int? = nil, validationBatchSize: Int? = nil, validationFreq: Int = 1, seed: Int? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> History {
        try fit(
            SequenceBatches(batches, count: (batches as? any Collection).map { $0.count }), epochs: epochs,
            verbose: verbose, callbacks: callbacks, validationData: validationData, classWeight: classWeight,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationBatchSize: validationBatchSize, validationFreq: validationFreq, seed: seed, file: file, line: line
        )
    }

    private func fit(
        _ data: Batch<Input>, split: Double, validation: (any BatchSource<Input>)?, _ options: FitOptions
    ) throws -> History {
        try options.check()
        var data = data
        // What does not fit is told before anything happens.
        let count = try data.cut("fit", batchSize: options.batchSize).rowCount
        var rows = 0..<count
        var validation = try validation.map { try cut($0, options.validationBatchSize ?? options.batchSize, "fit") }
        if split != 0, validation == nil {
            let start: Int
            do {
                start = try validationStart(rowCount: count, validationSplit: split)
            } catch {
                throw DescentError(operation: "fit", error.rule, received: error.received)
            }
            rows = 0..<start
            validation = try data.cut(
                "fit", rows: start..<count, batchSize: options.validationBatchSize ?? options.batchSize)
        }
        let suspect = try InputFault.nan(in: data, "fit")
        // Once for all epochs. In validation classes do not count.
        if let weights = options.classWeights { data.sampleWeight = try weights.weighted(data.y, data.sampleWeight) }
        var inMemory = options
        inMemory.classWeights = nil
        return try Fit(self, inMemory).run(seed: options.seed ?? Seeds.next()) { seed in
            let training = try data.cut(
                "fit", rows: rows, batchSize: options.batchSize, shuffle: options.shuffle, seed: seed)
            return Fit.Data(
                training: training, validation: validation,
                firstValidationRow: rows.upperBound < count ? rows.upperBound : 0, suspect: suspect)
        }
    }

    /// A batch by itself in smaller ones; other sources as they are.
    func cut(
        _ source: any BatchSource<Input>, _ batchSize: Int, _ operation: String
    ) throws -> any BatchSource<Input> {
        guard let batch = source as? Batch<Input> else { return source }
        return try batch.cut(operation, batchSize: batchSize)
    }
}

/// Runs `body`; errors that have no place yet, or one inside this library, get the caller's.
func located<Result>(_ file: StaticString, _ line: UInt, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch var error as DescentError {
        if error.location?.file.hasPrefix("DescentLearning/") == true { error.location = nil }
        throw error.located(at: SourceLocation(file, line))
    }
}
