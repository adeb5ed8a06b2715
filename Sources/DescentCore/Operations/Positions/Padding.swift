// Borders made of the tensor's own elements, and sums over segments.

/// What a border shows.
public enum PaddingMode: Sendable {
    /// The nearest element again and again.
    case edge
    /// The tensor in a mirror that stands in its first or last element, which is not repeated.
    case reflect
    /// The tensor in a mirror that stands before its first or behind its last element, which is repeated.
    case symmetric
    /// The tensor's other end.
    case wrap

    /// The position that stands at `place` of an endless axis.
    fileprivate func source(_ place: Int, _ extent: Int) -> Int {
        func modulo(_ period: Int) -> Int { (place % period + period) % period }
        switch self {
        case .edge: return Swift.min(Swift.max(place, 0), extent - 1)
        case .wrap: return modulo(extent)
        case .reflect:
            guard extent > 1 else { return 0 }
            let turned = modulo(2 * extent - 2)
            return turned < extent ? turned : 2 * extent - 2 - turned
        case .symmetric:
            let turned = modulo(2 * extent)
            return turned < extent ? turned : 2 * extent - 1 - turned
        }
    }
}

extension TensorConvertible {
    /// The tensor inside a border made of its own elements.
    ///
    /// The derivative adds each gradient to the element that was shown.
    ///
    /// ```swift
    /// print(Tensor([1, 2, 3]).pad([(2, 1)], mode: .reflect))   // [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]
    /// ```
    ///
    /// - Parameters:
    ///   - borders: for each axis how many to add before and after.
    ///   - mode: what the border shows.
    public func pad(
        _ borders: [(before: Int, after: Int)], mode: PaddingMode, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard borders.count == x.rank, borders.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) else {
                throw DescentError(
                    "pad", "every axis needs a border of at least 0 before and after",
                    received: "\(borders.map { [$0.before, $0.after] }), shape \(x.shape)")
            }
            _ = try Shape(zip(x.shape, borders).map { $0 + $1.before + $1.after }).checked("pad")
            var result = x
            for (axis, border) in borders.enumerated() where border.before + border.after > 0 {
                let extent = x.shape[axis]
                guard extent > 0 else {
                    throw DescentError(
                        "pad", "an axis without elements has nothing to show", received: "axis \(axis) of \(x.shape)")
                }
                let places = (-border.before..<extent + border.after).map { mode.source($0, extent) }
                result = result.gather(Tensor(places, shape: [places.count]), axis: axis)
            }
            return result
        }
    }
}

/// Sums of the slices with the same number: `y[n]` is the sum of all `x[i]` with `segments[i]` equal to n.
///
/// A number outside of `0..<count` is an error when the expression is computed. The derivative gives every slice the
/// gradient of its sum.
///
/// ```swift
/// print(segmentSum(Tensor([1, 2, 3]), [0, 1, 0], count: 2))   // [4.0, 2.0]
/// ```
///
/// - Parameters:
///   - x: slices along the first axis.
///   - segments: the number of each slice, int32 or int64.
///   - count: how many sums there are.
public func segmentSum(
    _ x: some TensorConvertible, _ segments: Tensor, count: Int, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let x = try x.tensor.operand().countable
        guard x.rank > 0, segments.shape == [x.shape[0]] || segments.error != nil else {
            throw DescentError(
                "segmentSum", "every slice needs a number", received: "shape \(x.shape), segments \(segments.shape)")
        }
        let sums = try Shape([count] + x.shape.dimensions.dropFirst()).checked("segmentSum")
        let indices = try segments.positions("segmentSum")
        return Tensor.zeros(sums, dtype: x.dtype).scatterAdd(indices, x, file: file, line: line)
    }
}
