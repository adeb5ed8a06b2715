import DescentCore

/// Sets the last rows apart for validation, as `validation_split` of Keras does, before any shuffling.
///
/// Of n rows the first ⌊n (1 − validationSplit)⌋ are for training.
///
/// ```swift
/// let x: Tensor = [[1], [2], [3], [4], [5]]
/// let (training, validation) = try split(x, [1, 2, 3, 4, 5], validationSplit: 0.2)
/// print(training.y!, validation.y!)   // [1.0, 2.0, 3.0, 4.0] [5.0]
/// ```
///
/// - Parameters:
///   - x: what a model reads.
///   - y: what it should answer; the default is nothing.
///   - sampleWeight: how much each row counts; the default is that all count 1.
///   - validationSplit: the share of the rows for validation, between 0 and 1.
/// - Throws: if numbers of rows differ, or no row would be left on one side.
public func split<Input: ModelInput>(
    _ x: Input, _ y: Tensor? = nil, sampleWeight: Tensor? = nil, validationSplit: Double,
    file: StaticString = #fileID, line: UInt = #line
) throws -> (training: Batch<Input>, validation: Batch<Input>) {
    let (count, start) = try atCaller(file, line) { () throws(DescentError) in
        let count = try TensorBatches.rowCount("split", x, y, sampleWeight)
        return (count, try validationStart(rowCount: count, validationSplit: validationSplit, file: file, line: line))
    }
    let data = Batch(x, y, sampleWeight: sampleWeight)
    return (try data.rows(0..<start, file: file, line: line), try data.rows(start..<count, file: file, line: line))
}

/// The number of the first row for validation; those before are for training.
///
/// ```swift
/// print(try validationStart(rowCount: 1000, validationSplit: 0.3))   // 700
/// ```
///
/// - Throws: if no row would be left on one side.
public func validationStart(
    rowCount: Int, validationSplit: Double, file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> Int {
    let place = SourceLocation(file, line)
    guard validationSplit > 0, validationSplit < 1 else {
        throw DescentError(
            "split", "validationSplit must lie between 0 and 1", received: "\(validationSplit)", at: place)
    }
    let start = Int((Double(rowCount) * (1 - validationSplit)).rounded(.down))
    guard start > 0, start < rowCount else {
        throw DescentError(
            "split", "rows must be left for training and for validation",
            received: "\(rowCount) rows, validationSplit \(validationSplit): \(start) for training, "
                + "\(rowCount - start) for validation", at: place)
    }
    return start
}

/// Sets rows apart for testing, drawn at random.
///
/// ```swift
/// let x = Tensor.arange(10).reshape(10, 1)
/// let (training, test) = try trainTestSplit(x, testSize: 0.3, seed: 1)
/// print(training.rowCount, test.rowCount)   // 7 3
/// ```
///
/// - Parameters:
///   - x: what a model reads.
///   - y: what it should answer; the default is nothing.
///   - sampleWeight: how much each row counts; the default is that all count 1.
///   - testSize: the share of the rows for testing, between 0 and 1; their number is rounded to the nearest. The default
///     is a quarter.
///   - seed: what the choice follows from; the default is 0.
/// - Throws: if numbers of rows differ, or no row would be left on one side.
public func trainTestSplit<Input: ModelInput>(
    _ x: Input, _ y: Tensor? = nil, sampleWeight: Tensor? = nil, testSize: Double = 0.25, seed: Int = 0,
    file: StaticString = #fileID, line: UInt = #line
) throws -> (training: Batch<Input>, test: Batch<Input>) {
    let rows = try atCaller(file, line) { () throws(DescentError) in
        let count = try TensorBatches.rowCount("trainTestSplit", x, y, sampleWeight)
        return try testRows(of: count, testSize: testSize, seed: seed)
    }
    let data = Batch(x, y, sampleWeight: sampleWeight)
    return (
        try data.rows(at: rows.training, file: file, line: line), try data.rows(at: rows.test, file: file, line: line)
    )
}

/// The numbers of `count` rows, those for testing drawn at random.
func testRows(of count: Int, testSize: Double, seed: Int) throws(DescentError) -> (training: [Int], test: [Int]) {
    guard testSize > 0, testSize < 1 else {
        throw DescentError("trainTestSplit", "testSize must lie between 0 and 1", received: "\(testSize)")
    }
    guard count <= RowOrder.maximumCount else {
        throw DescentError(
            "trainTestSplit", "at most \(RowOrder.maximumCount) rows can be shuffled", received: "\(count) rows")
    }
    let testCount = Int((Double(count) * testSize).rounded())
    guard testCount > 0, testCount < count else {
        throw DescentError(
            "trainTestSplit", "rows must be left for training and for testing",
            received: "\(count) rows, testSize \(testSize): \(testCount) for testing")
    }
    let order = RowOrder(count: count, seed: seed, epoch: 0)
    return (order.indices(testCount..<count), order.indices(0..<testCount))
}
