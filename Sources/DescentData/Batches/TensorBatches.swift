import DescentCore

/// Data in memory as batches of rows, in order or shuffled.
///
/// Holds the tensors; a batch is copied when it is asked for. The order of the rows follows from the seed and the number
/// of the epoch alone, so every batch can be made again, whatever was made before.
///
/// ```swift
/// let x = Tensor.arange(10).reshape(5, 2)
/// let data = try TensorBatches(x, [0, 1, 2, 3, 4], batchSize: 2)
/// print(data.count)                                // 3
/// for batch in data.epoch(0) { print(batch.y!) }   // [0.0, 1.0]
///                                                  // [2.0, 3.0]
///                                                  // [4.0]
/// let shuffled = try TensorBatches(x, [0, 1, 2, 3, 4], batchSize: 3, shuffle: true, seed: 3)
/// print(try shuffled.batch(1, epoch: 8).y!)        // [4.0, 2.0]
/// ```
public struct TensorBatches<Input: ModelInput>: BatchSource, Sendable {
    /// The number of rows.
    public let rowCount: Int
    /// The number of rows of a batch; the last may have fewer.
    public let batchSize: Int
    /// Whether each epoch has its own order.
    public let shuffle: Bool
    /// What the orders follow from.
    public let seed: Int
    /// The number of batches in an epoch.
    public let count: Int

    private let prototype: Input
    private let x: [Samples]
    private let y: Samples?
    private let sampleWeight: Samples?
    /// The order of the epoch that was asked for last.
    private let order: Guarded<(epoch: Int, order: RowOrder)?>

    /// The rows of `x`, with those of `y` and `sampleWeight`, as batches.
    ///
    /// - Parameters:
    ///   - x: what a model reads.
    ///   - y: what it should answer; the default is nothing.
    ///   - sampleWeight: how much each row counts; the default is that all count 1.
    ///   - rows: the rows to use, without a copy of them; the default is all.
    ///   - batchSize: the number of rows of a batch; the default is 32.
    ///   - shuffle: whether each epoch has its own order; the default is false.
    ///   - seed: what the orders follow from; the default is 0.
    ///   - dropLast: whether to leave out a last batch that is smaller; the default is false.
    /// - Throws: if numbers of rows differ, there are none, the batch size is not positive, or a tensor holds an error.
    public init(
        _ x: Input, _ y: Tensor? = nil, sampleWeight: Tensor? = nil, rows: Range<Int>? = nil, batchSize: Int = 32,
        shuffle: Bool = false, seed: Int = 0, dropLast: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        self = try atCaller(file, line) { () throws(DescentError) in
            let count = try TensorBatches.rowCount("TensorBatches", x, y, sampleWeight)
            if let rows, rows.lowerBound < 0 || rows.upperBound > count {
                throw DescentError("TensorBatches", "rows lie in 0..<\(count)", received: "rows \(rows)")
            }
            var samples: [Samples] = []
            for tensor in x.tensors { samples.append(try Samples(tensor, rows: rows, "TensorBatches")) }
            return try TensorBatches(
                "TensorBatches", x, samples,
                try y.map { y throws(DescentError) in try Samples(y, rows: rows, "TensorBatches") },
                try sampleWeight.map { w throws(DescentError) in try Samples(w, rows: rows, "TensorBatches") },
                batchSize, shuffle, seed, dropLast)
        }
    }

    /// The rows of one large batch as smaller ones; see `init(_:_:sampleWeight:rows:batchSize:shuffle:seed:dropLast:)`.
    public init(
        _ data: Batch<Input>, batchSize: Int = 32, shuffle: Bool = false, seed: Int = 0, dropLast: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try self.init(
            data.x, data.y, sampleWeight: data.sampleWeight, batchSize: batchSize, shuffle: shuffle, seed: seed,
            dropLast: dropLast, file: file, line: line)
    }

    /// Samples of equal number.
    init(
        _ operation: StaticString, _ prototype: Input, _ x: [Samples], _ y: Samples?, _ sampleWeight: Samples?,
        _ batchSize: Int, _ shuffle: Bool, _ seed: Int, _ dropLast: Bool
    ) throws(DescentError) {
        rowCount = x[0].count
        guard rowCount > 0 else {
            throw DescentError(operation, "there must be a row", received: "x of 0 rows")
        }
        guard batchSize > 0 else {
            throw DescentError(operation, "batchSize must be positive", received: "\(batchSize)")
        }
        guard !shuffle || rowCount <= RowOrder.maximumCount else {
            throw DescentError(
                operation, "at most \(RowOrder.maximumCount) rows can be shuffled", received: "\(rowCount) rows")
        }
        let (whole, rest) = rowCount.quotientAndRemainder(dividingBy: batchSize)
        count = whole + (rest > 0 && !dropLast ? 1 : 0)
        guard count > 0 else {
            throw DescentError(
                operation, "dropLast must leave a batch", received: "batchSize \(batchSize), \(rowCount) rows")
        }
        self.prototype = prototype
        self.x = x
        self.y = y
        self.sampleWeight = sampleWeight
        self.batchSize = batchSize
        self.shuffle = shuffle
        self.seed = seed
        order = Guarded(nil)
    }
}

// MARK: - Batches

extension TensorBatches {
    /// The number of batches in an epoch.
    public var batchCount: Int? { count }

    /// A batch by its number in an epoch.
    ///
    /// - Parameters:
    ///   - index: the number of the batch, from 0 on.
    ///   - epoch: the number of the epoch, which matters where rows are shuffled; the default is 0.
    /// - Throws: if there is no such batch, or the input cannot be made of its tensors.
    public func batch(
        _ index: Int, epoch: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Batch<Input> {
        guard index >= 0, index < count else {
            throw DescentError(
                "batch", "batches lie in 0..<\(count)", received: "batch \(index)", at: SourceLocation(file, line))
        }
        return try batch(index, order(of: epoch))
    }

    /// The batches of an epoch, from number `first` on.
    public func batches(epoch: Int, from first: Int) -> BatchIterator<Input> {
        let order = order(of: epoch)
        var index = max(first, 0)
        return BatchIterator {
            guard index < count else { return nil }
            defer { index += 1 }
            return try batch(index, order)
        }
    }

    /// The batches of an epoch as a sequence.
    ///
    /// The process stops if a type of one's own refuses its tensors; `batches(epoch:)` throws.
    ///
    /// - Parameter number: the number of the epoch, which matters where rows are shuffled; the default is 0.
    public func epoch(_ number: Int = 0) -> Epoch { Epoch(data: self, number: number) }

    /// The batches of an epoch.
    public struct Epoch: Sequence, Sendable {
        fileprivate let data: TensorBatches
        fileprivate let number: Int

        /// The number of batches.
        public var underestimatedCount: Int { data.count }

        /// Begins with the first batch.
        public func makeIterator() -> Iterator { Iterator(data: data, order: data.order(of: number)) }

        /// Makes batch after batch.
        public struct Iterator: IteratorProtocol {
            fileprivate let data: TensorBatches
            fileprivate let order: RowOrder?
            private var index = 0

            fileprivate init(data: TensorBatches, order: RowOrder?) {
                self.data = data
                self.order = order
            }

            /// The next batch, nil after the last.
            public mutating func next() -> Batch<Input>? {
                guard index < data.count else { return nil }
                defer { index += 1 }
                do {
                    return try data.batch(index, order)
                } catch {
                    Tensor.trap(
                        error as? DescentError
                            ?? DescentError("epoch", "a batch must be one that can be made", received: "\(error)"))
                }
            }
        }
    }

    private func order(of epoch: Int) -> RowOrder? {
        guard shuffle else { return nil }
        return order.withLock { last in
            if let last, last.epoch == epoch { return last.order }
            let order = RowOrder(count: rowCount, seed: seed, epoch: epoch)
            last = (epoch, order)
            return order
        }
    }

    private func batch(_ index: Int, _ order: RowOrder?) throws -> Batch<Input> {
        let first = index * batchSize
        let rows = first..<min(first + batchSize, rowCount)
        let y = y.map { copy($0, rows, order) }
        let weight = sampleWeight.map { copy($0, rows, order) }
        if Input.self == Tensor.self {
            let x = copy(x[0], rows, order)
            return Batch(unsafeBitCast(x, to: Input.self), y, sampleWeight: weight)
        }
        return Batch(try prototype.with(x.map { copy($0, rows, order) }), y, sampleWeight: weight)
    }

    private func copy(_ samples: Samples, _ rows: Range<Int>, _ order: RowOrder?) -> Tensor {
        guard let order else { return rows.count == rowCount ? samples.whole : samples.copy(rows) }
        return samples.copy(rows.count) { order[rows.lowerBound + $0] }
    }
}

// MARK: - Checks

extension TensorBatches {
    /// The number of rows that all parts have.
    static func rowCount(
        _ operation: StaticString, _ x: Input, _ y: Tensor?, _ sampleWeight: Tensor?
    ) throws(DescentError) -> Int {
        let inputs = x.tensors
        var parts = inputs.enumerated().map { (inputs.count == 1 ? "x" : "x[\($0)]", $1) }
        if let y { parts.append(("y", y)) }
        if let sampleWeight { parts.append(("sampleWeight", sampleWeight)) }
        guard let (name, first) = parts.first, !inputs.isEmpty else {
            throw DescentError(operation, "x must have a tensor", received: "none")
        }
        for (other, tensor) in parts {
            if let error = tensor.error { throw error }
            guard tensor.rank > 0 else {
                throw DescentError(operation, "\(other) must have an axis of rows", received: "shape []")
            }
            guard tensor.shape[0] == first.shape[0] else {
                throw DescentError(
                    operation, "\(name) and \(other) must have the same number of rows",
                    received: "\(name) of shape \(first.shape), \(other) of shape \(tensor.shape)")
            }
        }
        return first.shape[0]
    }
}
