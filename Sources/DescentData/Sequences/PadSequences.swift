import DescentCore

/// An end of a sequence.
public enum SequenceEnd: String, Sendable, Hashable {
    /// Before the first number.
    case pre
    /// After the last number.
    case post
}

/// Sequences of different lengths as rows of one tensor, as `pad_sequences` of Keras: short ones are filled up, long ones
/// cut.
///
/// ```swift
/// print(try padSequences([[1], [2, 3], [4, 5, 6]]))   // [[0, 0, 1],
///                                                     //  [0, 2, 3],
///                                                     //  [4, 5, 6]]
/// print(try padSequences([[1], [4, 5, 6]], maxLength: 2, padding: .post))   // [[1, 0],
///                                                                           //  [5, 6]]
/// ```
///
/// - Parameters:
///   - sequences: the numbers.
///   - maxLength: the length of the rows; the default is that of the longest sequence.
///   - dtype: the type of the elements; the default is `int32` for integers, and the type of the numbers for fractions.
///     (Keras makes integers of fractions unless told otherwise.)
///   - padding: where short sequences are filled up; the default is before them.
///   - truncating: where long sequences are cut; the default is at their beginning.
///   - value: what they are filled up with; the default is 0.
/// - Throws: if there is no sequence and no `maxLength`, or a number does not fit the type.
public func padSequences<Scalar: TensorScalar>(
    _ sequences: [[Scalar]], maxLength: Int? = nil, dtype: DType? = nil, padding: SequenceEnd = .pre,
    truncating: SequenceEnd = .pre, value: Double = 0, file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> Tensor {
    try atCaller(file, line) { () throws(DescentError) in
        let rows = PaddedRows(padding: padding, truncating: truncating, value: value)
        let numbers = Tensor(Array(sequences.joined()), dtype: Scalar.dtype)
        return try rows.tensor(
            of: numbers, lengths: sequences.map(\.count), maxLength,
            dtype ?? (Scalar.dtype == .int64 ? .int32 : Scalar.dtype))
    }
}

/// Sequences of equal samples, each a tensor whose first axis is time, as one tensor; see
/// `padSequences(_:maxLength:dtype:padding:truncating:value:)`.
///
/// ```swift
/// let walks: [Tensor] = [[[1, 1]], [[2, 2], [3, 3]]]
/// print(try padSequences(walks, padding: .post).shape)   // [2, 2, 2]
/// ```
///
/// - Parameter dtype: the type of the elements; the default is that of the tensors.
@_disfavoredOverload
public func padSequences(
    _ sequences: [Tensor], maxLength: Int? = nil, dtype: DType? = nil, padding: SequenceEnd = .pre,
    truncating: SequenceEnd = .pre, value: Double = 0, file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> Tensor {
    try atCaller(file, line) { () throws(DescentError) in
        for (index, sequence) in sequences.enumerated() {
            if let error = sequence.error { throw error }
            guard sequence.rank > 0 else {
                throw DescentError(
                    operation, "a sequence must have an axis of time", received: "shape [] of sequence \(index)")
            }
        }
        // What is empty may have any shape.
        let full = sequences.enumerated().filter { $0.element.shape[0] > 0 }
        for (index, sequence) in full
        where sequence.shape.dropping(first: 1) != full[0].element.shape.dropping(first: 1) {
            throw DescentError(
                operation, "samples must have one shape",
                received:
                    "\(full[0].element.shape) of sequence \(full[0].offset), \(sequence.shape) of sequence \(index)")
        }
        let numbers = full.isEmpty ? sequences.first ?? Tensor.zeros([0]) : concat(full.map(\.element))
        let rows = PaddedRows(padding: padding, truncating: truncating, value: value)
        return try rows.tensor(of: numbers, lengths: sequences.map { $0.shape[0] }, maxLength, dtype ?? numbers.dtype)
    }
}

private let operation: StaticString = "padSequences"

/// What is done with the ends of sequences.
private struct PaddedRows {
    let padding: SequenceEnd
    let truncating: SequenceEnd
    let value: Double

    /// Rows of the sequences of these lengths, whose samples lie one after the other in `numbers`.
    func tensor(
        of numbers: Tensor, lengths: [Int], _ maxLength: Int?, _ dtype: DType
    ) throws(DescentError) -> Tensor {
        guard let width = maxLength ?? lengths.max() else {
            throw DescentError(operation, "there must be a sequence, or maxLength", received: "neither")
        }
        guard width >= 0 else {
            throw DescentError(operation, "maxLength must not be negative", received: "\(width)")
        }
        let fill = Number.bits(value, as: dtype)
        guard dtype.isFloatingPoint || Number.double(fill, dtype) == value else {
            throw DescentError(operation, "value must be a number of type \(dtype)", received: "\(value)")
        }
        let samples = try Samples(PaddedRows.cast(numbers.known(), to: dtype), operation)
        let sample = samples.shape.count
        let shape = try Shape(rank: samples.shape.rank + 2) {
            $0 == 0 ? lengths.count : $0 == 1 ? width : samples.shape[$0 - 2]
        }.checked(operation)

        let bytes = dtype.byteCount
        let storage = Storage(byteCount: shape.count * bytes)
        if lengths.contains(where: { $0 < width }) {
            var fill = fill
            for index in 0..<shape.count {
                (storage.pointer + index * bytes).copyMemory(from: &fill, byteCount: bytes)
            }
        }
        var first = 0
        for (row, length) in lengths.enumerated() {
            defer { first += length }
            let kept = min(length, width)
            let skipped = truncating == .pre ? length - kept : 0
            let place = row * width + (padding == .pre ? width - kept : 0)
            samples.copy(first + skipped..<first + skipped + kept, to: storage.pointer + place * sample * bytes)
        }
        return Tensor(Node(storage: storage, dtype, shape))
    }

    /// The numbers in another type; what fits in 64 bits must fit in 32 if that is wanted.
    private static func cast(_ numbers: Tensor, to dtype: DType) throws(DescentError) -> Tensor {
        if numbers.dtype == .int64, dtype == .int32,
            let large = numbers.scalars(as: Int64.self).first(where: { Int32(exactly: $0) == nil })
        {
            throw DescentError(operation, "numbers must fit in int32, or dtype be int64", received: "\(large)")
        }
        return try numbers.cast(to: dtype).known()
    }
}
