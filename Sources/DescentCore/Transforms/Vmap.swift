/// The function that does for every row of its argument what `f` does for one.
///
/// All rows are computed in one batched evaluation: `vmap(f)` records `f` once and replays the record on whole batches, a
/// rule for each operation. It may be nested, differentiated, and used on derivatives: `vmap(gradient(of: loss))`
/// gives the gradient of every example.
///
/// ```swift
/// let norms = vmap { x in sqrt((x * x).sum()) }
/// print(norms([[3, 4], [6, 8]]))   // [5.0, 10.0]
/// let slopes = vmap(gradient(of: { x in (x ** 3).sum() }))
/// print(slopes([1, 2]))            // [3.0, 12.0]
/// ```
///
/// An operation without a rule is computed row by row and stacked, and so is a function that looks at numbers while it
/// runs (`if Double(x.sum()) > 0`). Random numbers are the same for all rows.
///
/// - Parameters:
///   - f: the function for one example.
///   - axis: the axis of the argument along which the examples lie; a negative one counts from the last.
public func vmap(
    _ f: @escaping (Tensor) -> Tensor, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> (Tensor) -> Tensor {
    { x in Vmap(axes: [axis], file, line).run([x]) { [f($0[0])] }[0] }
}

/// The function that does for every pair of rows of its arguments what `f` does for one pair.
///
/// ```swift
/// let dots = vmap { x, y in (x * y).sum() }
/// print(dots([[1, 2], [3, 4]], [[1, 1], [2, 2]]))   // [3.0, 14.0]
/// ```
///
/// - Parameters:
///   - f: the function for one example.
///   - axes: the axes along which the examples lie; nil for an argument that all examples share.
@_disfavoredOverload
public func vmap(
    _ f: @escaping (Tensor, Tensor) -> Tensor, axes: (Int?, Int?) = (0, 0), file: StaticString = #fileID,
    line: UInt = #line
) -> (Tensor, Tensor) -> Tensor {
    { x, y in Vmap(axes: [axes.0, axes.1], file, line).run([x, y]) { [f($0[0], $0[1])] }[0] }
}

/// The function that does for the rows of any number of tensors what `f` does for one example.
///
/// ```swift
/// let sums = vmap({ (x: [Tensor]) in [x[0] + x[1], x[0].sum()] }, axes: [0, nil])
/// print(sums([[1, 2], [10, 20]])[0])
/// // [[11.0, 21.0],
/// //  [12.0, 22.0]]
/// ```
///
/// - Parameters:
///   - f: the function for one example.
///   - axes: for each argument the axis along which the examples lie, nil if all examples share it; the default is 0
///     for all.
@_disfavoredOverload
public func vmap(
    _ f: @escaping ([Tensor]) -> [Tensor], axes: [Int?]? = nil, file: StaticString = #fileID, line: UInt = #line
) -> ([Tensor]) -> [Tensor] {
    { inputs in
        Vmap(axes: axes ?? [Int?](repeating: 0, count: inputs.count), file, line).run(inputs, f)
    }
}

/// One call of a batched function.
struct Vmap {
    let axes: [Int?]
    let location: SourceLocation

    init(axes: [Int?], _ file: StaticString, _ line: UInt) {
        self.axes = axes
        location = SourceLocation(file, line)
    }

    func run(_ inputs: [Tensor], _ function: ([Tensor]) -> [Tensor]) -> [Tensor] {
        do {
            let (rows, size) = try prepare(inputs)
            let samples = zip(rows, axes).map { row, axis in axis == nil ? row : row.example(0) }
            var marked: [Tensor] = []
            let trace = Trace(samples) { arguments in
                // What all examples share is not an argument: nothing that depends on it alone is recorded again.
                marked = zip(zip(arguments, rows), axes).map { $1 == nil ? $0.1 : $0.0 }
                return function(marked)
            }
            guard trace.isComplete || size == 0 else { return oneByOne(rows, size, function) }
            var batch = Batch(size: size, start: trace.start)
            for (index, axis) in axes.enumerated() where axis != nil { batch.set(marked[index], rows[index]) }
            return trace.results.map { batch.values(of: $0) }
        } catch {
            return [Tensor(error: error.located(at: location))]
        }
    }

    private func oneByOne(_ rows: [Tensor], _ size: Int, _ function: ([Tensor]) -> [Tensor]) -> [Tensor] {
        let results = (0..<size).map { example in
            function(zip(rows, axes).map { row, axis in axis == nil ? row : row.example(example) })
        }
        return results[0].indices.map { number in stack(results.map { $0[number] }) }
    }

    /// The inputs with the examples along axis 0, and how many examples there are.
    private func prepare(_ inputs: [Tensor]) throws(DescentError) -> (rows: [Tensor], size: Int) {
        guard axes.count == inputs.count, axes.contains(where: { $0 != nil }) else {
            throw DescentError(
                "vmap", "every argument needs an axis or nil, and one of them an axis",
                received: "\(inputs.count) arguments, axes \(axes.map { $0.map(String.init) ?? "nil" })")
        }
        var size: Int?
        var rows: [Tensor] = []
        for (input, axis) in zip(inputs, axes) {
            let x = try input.operand()
            guard let axis else {
                rows.append(x)
                continue
            }
            let position = try Shape.resolve(axis: axis, rank: x.rank, operation: "vmap")
            guard size == nil || size == x.shape[position] else {
                throw DescentError(
                    "vmap", "arguments must have equally many examples",
                    received: "shapes \(inputs.map(\.shape)), axes \(axes.map { $0.map(String.init) ?? "nil" })")
            }
            size = x.shape[position]
            rows.append(x.moving(axis: position, to: 0))
        }
        return (rows, size!)
    }
}

extension Tensor {
    /// One example, or zeros in its place if there is none.
    fileprivate func example(_ index: Int) -> Tensor {
        let shape = Shape(Array(self.shape.dimensions[1...]))
        guard self.shape[0] > 0 else { return Tensor.zeros(shape, dtype: dtype) }
        return sliced(0, start: index, step: 1, count: 1).reshape(shape)
    }
}
