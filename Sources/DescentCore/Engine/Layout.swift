/// Where the elements of a value are: in the memory of a table entry, from an offset on, by strides.
struct Layout {
    var entry: Int
    /// In elements.
    var offset = 0
    var strides: [Int]

    /// Whether the elements lie one after the other in row-major order.
    func isContiguous(_ shape: Shape) -> Bool {
        var step = 1
        for axis in stride(from: shape.rank - 1, through: 0, by: -1) where shape[axis] != 1 {
            if strides[axis] != step { return false }
            step *= shape[axis]
        }
        return true
    }

    /// The same elements seen through a view, or nil if no strides show them so.
    func seen(as kind: ViewKind, _ integers: [Int], from shape: Shape, to target: Shape) -> Layout? {
        switch kind {
        case .alias: return self
        case .permute: return Layout(entry: entry, offset: offset, strides: integers.map { strides[$0] })
        case .broadcast: return Layout(entry: entry, offset: offset, strides: stretched(shape, to: target))
        case .slice:
            var result = self
            for axis in 0..<shape.rank {
                result.offset += integers[2 * axis] * strides[axis]
                result.strides[axis] *= integers[2 * axis + 1]
            }
            return result
        case .reshape:
            if isContiguous(shape) { return Layout(entry: entry, offset: offset, strides: target.strides) }
            // One number, stretched: it looks the same in any shape.
            let isOneNumber = strides.indices.allSatisfy { strides[$0] == 0 || shape[$0] == 1 }
            return isOneNumber
                ? Layout(entry: entry, offset: offset, strides: [Int](repeating: 0, count: target.rank)) : nil
        }
    }

    /// Strides over a shape that `shape` broadcasts to.
    func stretched(_ shape: Shape, to target: Shape) -> [Int] {
        let missing = target.rank - shape.rank
        return (0..<target.rank).map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
        }
    }
}
