import DescentCore

/// Data for training: batches, epoch after epoch.
///
/// ```swift
/// func meanOfLabels(_ data: some BatchSource) throws -> Double {
///     var (sum, count) = (0.0, 0)
///     let batches = try data.batches(epoch: 0)
///     while let batch = try batches.next() {
///         sum += Double(batch.y?.sum() ?? 0)
///         count += batch.rowCount
///     }
///     return sum / Double(count)
/// }
/// let x: Tensor = [[1], [2], [3]]
/// print(try meanOfLabels(TensorBatches(x, [4, 5, 9], batchSize: 2)))   // 6.0
/// ```
public protocol BatchSource<Input> {
    /// What a model reads of a batch.
    associatedtype Input: ModelInput

    /// The number of batches in an epoch, nil if it is not known before.
    var batchCount: Int? { get }

    /// The batches of an epoch, from number `first` on. Asked again, the same ones, as far as the data can do so.
    func batches(epoch: Int, from first: Int) throws -> BatchIterator<Input>
}

extension BatchSource {
    /// All batches of an epoch.
    public func batches(epoch: Int) throws -> BatchIterator<Input> { try batches(epoch: epoch, from: 0) }
}

/// Hands out batches one after the other. Unlike an iterator of Swift's, it may fail.
public struct BatchIterator<Input: ModelInput> {
    private let body: () throws -> Batch<Input>?

    /// An iterator that asks `next` for every batch; nil is the end.
    public init(_ next: @escaping () throws -> Batch<Input>?) { body = next }

    /// The next batch, nil at the end.
    public func next() throws -> Batch<Input>? { try body() }
}

/// Any sequence of batches, as data. Each epoch goes through the sequence once more.
///
/// ```swift
/// let batches = (1...3).lazy.map { Batch(Tensor.full([2, 1], Tensor($0))) }
/// let data = SequenceBatches(batches)
/// let iterator = try data.batches(epoch: 0, from: 2)
/// print(try iterator.next()!.x)      // [[3.0],
///                                    //  [3.0]]
/// print(try iterator.next() == nil)  // true
/// ```
public struct SequenceBatches<Base: Sequence, Input: ModelInput>: BatchSource where Base.Element == Batch<Input> {
    private let base: Base
    /// The number of batches in an epoch, nil if it is not known.
    public let batchCount: Int?

    /// The batches of `base`.
    ///
    /// - Parameters:
    ///   - base: what is gone through in every epoch.
    ///   - count: the number of batches, for those who want to know it before; the default is that it is not known.
    public init(_ base: Base, count: Int? = nil) {
        self.base = base
        batchCount = count
    }

    /// The batches from number `first` on; those before are made and thrown away.
    public func batches(epoch: Int, from first: Int) -> BatchIterator<Input> {
        var iterator = base.makeIterator()
        var rest = first
        return BatchIterator {
            while rest > 0 {
                rest -= 1
                guard iterator.next() != nil else { return nil }
            }
            return iterator.next()
        }
    }
}

extension SequenceBatches: Sendable where Base: Sendable {}

/// Batches that a function makes, as data: it is asked for a batch by the numbers of epoch and batch, so training can go
/// on from anywhere.
///
/// ```swift
/// let noise = GeneratedBatches(count: 100) { epoch, index in
///     let x = Tensor.randomNormal([8, 2], seed: 100 * epoch + index)
///     return Batch(x, x.sum(axes: 1))
/// }
/// print(try noise.batches(epoch: 3).next()!.rowCount)   // 8
/// ```
public struct GeneratedBatches<Input: ModelInput>: BatchSource, Sendable {
    private let make: @Sendable (_ epoch: Int, _ index: Int) throws -> Batch<Input>?
    /// The number of batches in an epoch, nil if `make` decides.
    public let batchCount: Int?

    /// Batches made by `make`.
    ///
    /// - Parameters:
    ///   - count: the number of batches; the default is that an epoch ends where `make` answers nil.
    ///   - make: answers the batch of these numbers.
    public init(count: Int? = nil, _ make: @escaping @Sendable (_ epoch: Int, _ index: Int) throws -> Batch<Input>?) {
        batchCount = count
        self.make = make
    }

    /// The batches of an epoch, from number `first` on.
    public func batches(epoch: Int, from first: Int) -> BatchIterator<Input> {
        var index: Int? = first
        return BatchIterator {
            guard let current = index, current < batchCount ?? .max else { return nil }
            let batch = try make(epoch, current)
            index = batch == nil ? nil : current + 1
            return batch
        }
    }
}
