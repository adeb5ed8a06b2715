import DescentCore

/// Rows that a model reads together: an input, and perhaps what it should answer and how much each row counts.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4], [5, 6]]
/// let batch = Batch(x, [0, 1, 0])
/// print(batch.rowCount, try batch.rows(1..<2).x)   // 3 [[3.0, 4.0]]
/// ```
public struct Batch<Input: ModelInput>: Sendable {
    /// What the model reads.
    public var x: Input
    /// What it should answer; nil if nobody knows.
    public var y: Tensor?
    /// How much each row counts; nil if all count 1.
    public var sampleWeight: Tensor?

    /// A batch of rows.
    public init(_ x: Input, _ y: Tensor? = nil, sampleWeight: Tensor? = nil) {
        self.x = x
        self.y = y
        self.sampleWeight = sampleWeight
    }

    /// The number of rows, by the first tensor of `x`; 0 if there is none.
    public var rowCount: Int {
        // No array is made of a single tensor.
        let single = Input.self == Tensor.self ? unsafeBitCast(x, to: Tensor.self) : nil
        guard let first = single ?? x.tensors.first, first.rank > 0 else { return 0 }
        return first.shape[0]
    }

    /// The tensors of all parts.
    public var tensors: [Tensor] { x.tensors + [y, sampleWeight].compactMap { $0 } }

    /// A copy of the rows at `indices`, in that order; see `Tensor.rows(at:)`.
    public func rows(at indices: [Int], file: StaticString = #fileID, line: UInt = #line) throws -> Batch {
        try map { try $0.rows(at: indices, file: file, line: line) }
    }

    /// A copy of the rows of a range.
    public func rows(_ range: Range<Int>, file: StaticString = #fileID, line: UInt = #line) throws -> Batch {
        try map { try $0.rows(range, file: file, line: line) }
    }

    /// The batch with all values computed.
    ///
    /// - Throws: the first error in place of a value.
    public func evaluated(file: StaticString = #fileID, line: UInt = #line) throws -> Batch {
        try map { try $0.evaluated(file: file, line: line) }
    }

    private func map(_ transform: (Tensor) throws -> Tensor) throws -> Batch {
        Batch(try x.eachTensor(transform), try y.map(transform), sampleWeight: try sampleWeight.map(transform))
    }
}
