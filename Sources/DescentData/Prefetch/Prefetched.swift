import DescentCore

/// Data whose batches are made on another thread while the last one is in use.
///
/// Up to `depth` finished batches wait, with all values computed. An error comes where its batch would have come. Who
/// stops early lets go of the iterator; the thread ends with the batch it is at.
///
/// ```swift
/// let slow = GeneratedBatches(count: 3) { epoch, index in
///     Batch(Tensor.full([2], Tensor(index)))      // from a file, say
/// }
/// let batches = try slow.prefetched().batches(epoch: 0)
/// while let batch = try batches.next() { print(batch.x) }   // [0.0, 0.0]
///                                                           // [1.0, 1.0]
///                                                           // [2.0, 2.0]
/// ```
public struct Prefetched<Base: BatchSource & Sendable>: BatchSource, Sendable {
    /// What a model reads of a batch.
    public typealias Input = Base.Input

    /// How many finished batches may wait.
    public let depth: Int
    private let base: Base

    fileprivate init(_ base: Base, _ depth: Int) {
        self.base = base
        self.depth = depth
    }

    /// The number of batches in an epoch, nil if it is not known.
    public var batchCount: Int? { base.batchCount }

    /// The batches of an epoch, from number `first` on; starts the thread that makes them.
    ///
    /// - Throws: if `depth` is not positive, or no thread can be started.
    public func batches(epoch: Int, from first: Int) throws -> BatchIterator<Base.Input> {
        guard depth > 0 else {
            throw DescentError("prefetched", "depth must be positive", received: "\(depth)")
        }
        let channel = Channel<Batch<Base.Input>>(capacity: depth)
        let base = base
        try Worker.start("prefetched") {
            do {
                let batches = try base.batches(epoch: epoch, from: first)
                while channel.waitForRoom() {
                    guard let batch = try batches.next() else { break }
                    channel.send(try batch.evaluated())
                }
                channel.finish()
            } catch {
                channel.finish(error)
            }
        }
        let consumer = Consumer(channel)
        return BatchIterator { try consumer.channel.receive() }
    }

    /// Owned by the iterator alone: when that is gone, nobody wants more.
    private final class Consumer {
        let channel: Channel<Batch<Base.Input>>
        init(_ channel: Channel<Batch<Base.Input>>) { self.channel = channel }
        deinit { channel.cancel() }
    }
}

extension BatchSource where Self: Sendable {
    /// The same batches, made on another thread.
    ///
    /// - Parameter depth: how many finished batches may wait, at least 1; the default is 2.
    public func prefetched(_ depth: Int = 2) -> Prefetched<Self> { Prefetched(self, depth) }
}

extension Sequence where Self: Sendable {
    /// These batches, made on another thread.
    ///
    /// - Parameter depth: how many finished batches may wait, at least 1; the default is 2.
    public func prefetched<Input: ModelInput>(
        _ depth: Int = 2
    ) -> Prefetched<SequenceBatches<Self, Input>> where Element == Batch<Input> {
        SequenceBatches(self).prefetched(depth)
    }
}
