import DescentCore

/// Windows over a series as batches, as `timeseries_dataset_from_array` of Keras makes them.
///
/// Window number i has the rows i·stride, i·stride + sampling, … of the series, `length` of them; its target is row
/// i·stride of `targets`. To predict what comes after a window, give targets that begin `length` rows later.
///
/// The windows are copied batch by batch; nothing holds all of them.
///
/// ```swift
/// let series: Tensor = [0, 1, 2, 3, 4, 5]
/// let next = try series.rows(3..<6)
/// let windows = try timeSeriesWindows(series, targets: next, length: 3)
/// let batch = try windows.batch(0)
/// print(batch.x)    // [[0.0, 1.0, 2.0],
///                   //  [1.0, 2.0, 3.0],
///                   //  [2.0, 3.0, 4.0]]
/// print(batch.y!)   // [3.0, 4.0, 5.0]
/// ```
///
/// - Parameters:
///   - series: the rows in the order of time.
///   - targets: the target of the window that begins at row i, for each i; where they end, the windows end. The default is
///     none.
///   - length: the number of rows of a window.
///   - stride: from the beginning of a window to that of the next; the default is 1.
///   - sampling: from a row of a window to the next; the default is 1.
///   - startIndex: the first row to use, of the series and of the targets; the default is 0.
///   - endIndex: the row of the series to stop before; the default is its end.
///   - batchSize: the number of windows of a batch; the default is 128.
///   - shuffle: whether each epoch has its own order; the default is false.
///   - seed: what the orders follow from; the default is 0.
///   - dropLast: whether to leave out a last batch that is smaller; the default is false.
/// - Throws: if there is no window, a number is out of range, or a tensor holds an error.
public func timeSeriesWindows(
    _ series: Tensor, targets: Tensor? = nil, length: Int, stride: Int = 1, sampling: Int = 1, startIndex: Int = 0,
    endIndex: Int? = nil, batchSize: Int = 128, shuffle: Bool = false, seed: Int = 0, dropLast: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> TensorBatches<Tensor> {
    try atCaller(file, line) { () throws(DescentError) in
        for (name, number) in [("length", length), ("stride", stride), ("sampling", sampling)] where number < 1 {
            throw DescentError(operation, "\(name) must be positive", received: "\(number)")
        }
        let rows = try Samples(series, operation)
        let end = endIndex ?? rows.count
        guard startIndex >= 0, startIndex < end, end <= rows.count else {
            throw DescentError(
                operation, "0 ≤ startIndex < endIndex ≤ \(rows.count), the number of rows",
                received: "startIndex \(startIndex), endIndex \(end)")
        }
        // Not by a product, which may be too large for any number.
        guard (length - 1) <= (end - startIndex - 1) / sampling else {
            throw DescentError(
                operation, "a window must fit in the series",
                received: "length \(length), sampling \(sampling), \(end - startIndex) rows")
        }
        var starts = end - startIndex - (length - 1) * sampling
        let labels = try targets.map { targets throws(DescentError) in try Samples(targets, operation) }
        if let labels {
            starts = min(starts, labels.count - startIndex)
            guard starts > 0 else {
                throw DescentError(
                    operation, "there must be a target for the first window",
                    received: "\(labels.count) targets, startIndex \(startIndex)")
            }
        }
        let count = (starts - 1) / stride + 1
        let window = Samples.Window(length: length, sampling: sampling, stride: stride)
        let windows = Samples(rows, count: count, first: startIndex, window)
        let inBatch = min(count, max(batchSize, 1))
        _ = try Shape(rank: windows.shape.rank + 1) { $0 == 0 ? inBatch : windows.shape[$0 - 1] }.checked(operation)
        return try TensorBatches(
            operation, series, [windows],
            labels.map { Samples($0, count: count, first: startIndex, stride: stride) }, nil, batchSize, shuffle, seed,
            dropLast)
    }
}

private let operation: StaticString = "timeSeriesWindows"
