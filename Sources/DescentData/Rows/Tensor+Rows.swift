import DescentCore

extension Tensor {
    /// A copy of some rows: those at `indices` along the first axis, in that order, some perhaps more than once.
    ///
    /// Numbers are copied at once, from memory to memory. Unlike `gather`, nothing is recorded, and no derivative goes
    /// through it.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4], [5, 6]]
    /// print(try x.rows(at: [2, 0]))   // [[5.0, 6.0],
    ///                                 //  [1.0, 2.0]]
    /// ```
    ///
    /// - Parameter indices: numbers of rows, from 0 on.
    /// - Throws: if the tensor has no axis, there is no such row, or the tensor holds an error.
    public func rows(
        at indices: [Int], file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Tensor {
        try atCaller(file, line) { () throws(DescentError) in
            let samples = try Samples(self, "rows")
            if let bad = indices.first(where: { UInt(bitPattern: $0) >= UInt(samples.count) }) {
                throw DescentError(
                    "rows", "rows of a tensor of shape \(shape) lie in 0..<\(samples.count)", received: "row \(bad)")
            }
            return indices.withUnsafeBufferPointer { indices in samples.copy(indices.count) { indices[$0] } }
        }
    }

    /// A copy of the rows of a range along the first axis.
    ///
    /// ```swift
    /// let x: Tensor = [1, 2, 3, 4]
    /// print(try x.rows(1..<3))   // [2.0, 3.0]
    /// ```
    ///
    /// - Parameter range: numbers of rows, from 0 on.
    /// - Throws: if the tensor has no axis, there are no such rows, or the tensor holds an error.
    public func rows(
        _ range: Range<Int>, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Tensor {
        try atCaller(file, line) { () throws(DescentError) in
            let samples = try Samples(self, "rows")
            guard range.lowerBound >= 0, range.upperBound <= samples.count else {
                throw DescentError(
                    "rows", "rows of a tensor of shape \(shape) lie in 0..<\(samples.count)", received: "rows \(range)")
            }
            return samples.copy(range)
        }
    }
}

/// Runs `body`; errors that have no place yet get the caller's.
func atCaller<Result>(
    _ file: StaticString, _ line: UInt, _ body: () throws(DescentError) -> Result
) throws(DescentError) -> Result {
    do {
        return try body()
    } catch {
        throw error.located(at: SourceLocation(file, line))
    }
}
