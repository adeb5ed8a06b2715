import DescentCore

/// Numbers that are computed with as float32, if they have a point; whole numbers and truths stay what they are.
private func plain(_ data: some TensorData, _ file: StaticString, _ line: UInt) -> Tensor {
    let tensor = Tensor(data, file: file, line: line)
    return tensor.dtype == .float64 ? tensor.cast(to: .float32) : tensor
}

// Numbers in Swift's own arrays. Unlike tensors, whose type is kept, they become float32.
extension Model where Input == Tensor {
    /// Trains the model on numbers in arrays; see `fit` of tensors.
    ///
    /// ```swift
    /// let x: [[Double]] = [[1], [2], [3], [4]]
    /// let y: [Double] = [2, 4, 6, 8]
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: "sgd", loss: "mse")
    /// try model.fit(x, y, epochs: 2, verbose: .silent)
    /// print(model.variables[0].dtype)   // float32
    /// ```
    @discardableResult @_disfavoredOverload
    public func fit<X: TensorData, Y: TensorData>(
        _ x: X, _ y: Y, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .auto,
        callbacks: [any Callback] = [], validationSplit: Double = 0, validationData: (X, Y)? = nil,
        shuffle: Bool = true, classWeight: [Int: Double]? = nil, sampleWeight: Tensor? = nil, initialEpoch: Int = 0,
        stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationBatchSize: Int? = nil,
        validationFreq: Int = 1, seed: Int? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> History {
        try fit(
            plain(x, file, line), plain(y, file, line), batchSize: batchSize, epochs: epochs, verbose: verbose,
            callbacks: callbacks, validationSplit: validationSplit,
            validationData: validationData.map { (plain($0.0, file, line), plain($0.1, file, line)) },
            shuffle: shuffle, classWeight: classWeight, sampleWeight: sampleWeight, initialEpoch: initialEpoch,
            stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps, validationBatchSize: validationBatchSize,
            validationFreq: validationFreq, seed: seed, file: file, line: line)
    }

    /// The loss and the metrics over numbers in arrays.
    @discardableResult @_disfavoredOverload
    public func evaluate(
        _ x: some TensorData, _ y: some TensorData, batchSize: Int = 32, verbose: Verbosity = .auto,
        sampleWeight: Tensor? = nil, steps: Int? = nil, callbacks: [any Callback] = [],
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> Logs {
        try evaluate(
            plain(x, file, line), plain(y, file, line), batchSize: batchSize, verbose: verbose,
            sampleWeight: sampleWeight, steps: steps, callbacks: callbacks, file: file, line: line)
    }

    /// What the model predicts for numbers in arrays.
    @_disfavoredOverload
    public func predict(
        _ x: some TensorData, batchSize: Int = 32, verbose: Verbosity = .auto, steps: Int? = nil,
        callbacks: [any Callback] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        try predict(
            plain(x, file, line), batchSize: batchSize, verbose: verbose, steps: steps, callbacks: callbacks,
            file: file, line: line)
    }
}
