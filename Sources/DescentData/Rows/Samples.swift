import DescentCore

/// Equal stretches of a tensor's memory: its rows, or windows over them. What a batch is copied from.
struct Samples: Sendable {
    /// Which rows of a series a window takes.
    struct Window: Sendable, Hashable {
        /// How many.
        var length: Int
        /// From one to the next inside a window.
        var sampling: Int
        /// From the first of a window to the first of the next window.
        var stride: Int
    }

    /// How many samples there are.
    let count: Int
    /// The shape of one.
    let shape: Shape
    private let source: Tensor
    private let first: Int
    private let rowBytes: Int
    private let window: Window?

    /// The rows of `range`, all if it is nil.
    init(_ tensor: Tensor, rows range: Range<Int>? = nil, _ operation: StaticString) throws(DescentError) {
        let tensor = try tensor.known()
        let rank = tensor.rank
        guard rank > 0 else {
            throw DescentError(operation, "a tensor must have an axis of rows", received: "shape \(tensor.shape)")
        }
        source = tensor.inMemory
        shape = tensor.shape.dropping(first: 1)
        rowBytes = shape.count * tensor.dtype.byteCount
        first = range?.lowerBound ?? 0
        count = range?.count ?? tensor.shape[0]
        window = nil
    }

    /// `count` windows over the rows of `series`, the first of which begins at row `first`; the caller has made sure that
    /// the rows are there.
    init(_ series: Samples, count: Int, first: Int, _ window: Window) {
        source = series.source
        shape = Shape(rank: series.shape.rank + 1) { $0 == 0 ? window.length : series.shape[$0 - 1] }
        rowBytes = series.rowBytes
        self.first = series.first + first
        self.count = count
        self.window = window
    }

    /// Every `stride`th of the samples from `first` on.
    init(_ samples: Samples, count: Int, first: Int, stride: Int) {
        source = samples.source
        shape = samples.shape
        rowBytes = samples.rowBytes
        self.first = samples.first + first
        self.count = count
        window = stride == 1 ? nil : Window(length: 1, sampling: 1, stride: stride)
    }

    /// The samples of a range, which must be there.
    func copy(_ range: Range<Int>) -> Tensor {
        guard window == nil else { return copy(range.count) { range.lowerBound + $0 } }
        let (result, memory) = fresh(range.count)
        copy(range, to: memory)
        return result
    }

    /// Writes the samples of a range, which must be there and lie side by side, to `memory`.
    func copy(_ range: Range<Int>, to memory: UnsafeMutableRawPointer) {
        memory.copyMemory(from: start + range.lowerBound * rowBytes, byteCount: range.count * rowBytes)
    }

    /// All of them. Tensors do not change, so that where nothing is left out this is the tensor itself.
    var whole: Tensor { window == nil && count == source.shape[0] ? source : copy(0..<count) }

    /// `count` samples; `index` says which, and they must be there.
    @inline(__always)
    func copy(_ count: Int, _ index: (Int) -> Int) -> Tensor {
        let (result, memory) = fresh(count)
        guard let window else {
            copyRows(from: start, to: memory, bytes: rowBytes, count, index)
            return result
        }
        let length = window.length
        let step = window.stride * rowBytes
        if window.sampling == 1 {
            for position in 0..<count {
                (memory + position * length * rowBytes).copyMemory(
                    from: start + index(position) * step, byteCount: length * rowBytes)
            }
        } else {
            for position in 0..<count {
                copyRows(
                    from: start + index(position) * step, to: memory + position * length * rowBytes, bytes: rowBytes,
                    length, { $0 * window.sampling })
            }
        }
        return result
    }

    private var start: UnsafeMutableRawPointer { source.node.storage.pointer + first * rowBytes }

    @inline(__always)
    private func fresh(_ count: Int) -> (Tensor, UnsafeMutableRawPointer) {
        let full = Shape(rank: shape.rank + 1) { $0 == 0 ? count : shape[$0 - 1] }
        let storage = Storage(byteCount: full.count * source.dtype.byteCount)
        return (Tensor(Node(storage: storage, source.dtype, full)), storage.pointer)
    }
}

extension Tensor {
    /// The same numbers with a place in memory; a single number may have none.
    fileprivate var inMemory: Tensor {
        guard node.state == .scalar else { return self }
        let bytes = dtype.byteCount
        let storage = Storage(byteCount: count * bytes)
        var bits = node.scalarBits
        for index in 0..<count { (storage.pointer + index * bytes).copyMemory(from: &bits, byteCount: bytes) }
        return Tensor(Node(storage: storage, dtype, shape))
    }
}

/// Copies `count` rows of so many bytes. A call of the system's copy takes longer than to move a few words.
@inline(__always)
private func copyRows(
    from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, bytes: Int, _ count: Int,
    _ index: (Int) -> Int
) {
    switch bytes {
    case 4: copyUnits(UInt32.self, source, target, count, index)
    case 8: copyUnits(UInt64.self, source, target, count, index)
    case 1: copyUnits(UInt8.self, source, target, count, index)
    case 16...64:
        // Whole pieces, and one that ends where the row ends.
        typealias Piece = SIMD16<UInt8>
        let last = bytes - 16
        for position in 0..<count {
            let from = source + index(position) * bytes
            let to = target + position * bytes
            var offset = 0
            while offset < last {
                to.storeBytes(
                    of: from.loadUnaligned(fromByteOffset: offset, as: Piece.self), toByteOffset: offset, as: Piece.self
                )
                offset += 16
            }
            to.storeBytes(
                of: from.loadUnaligned(fromByteOffset: last, as: Piece.self), toByteOffset: last, as: Piece.self)
        }
    default:
        for position in 0..<count {
            (target + position * bytes).copyMemory(from: source + index(position) * bytes, byteCount: bytes)
        }
    }
}

@inline(__always)
private func copyUnits<Unit: BitwiseCopyable>(
    _ unit: Unit.Type, _ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int,
    _ index: (Int) -> Int
) {
    let from = source.assumingMemoryBound(to: Unit.self)
    let to = target.assumingMemoryBound(to: Unit.self)
    for position in 0..<count { to[position] = from[index(position)] }
}
