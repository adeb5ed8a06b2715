import DescentCore

/// Class numbers as float64, without the axis of extent 1 that may stand where the classes are in the scores.
func labels(_ yTrue: Tensor, beside scores: Tensor, axis: Int = -1) throws(DescentError) -> Tensor {
    let place = try Shape.resolve(axis: axis, rank: scores.rank, operation: "updateState")
    var expected = scores.shape.dimensions
    expected.remove(at: place)
    var labels = yTrue
    if labels.rank == scores.rank, labels.shape[place] == 1 { labels = labels.squeeze(axes: [place]) }
    guard labels.shape.dimensions == expected else {
        throw DescentError(
            "updateState", "there must be a class number for each row of scores, \(Shape(expected))",
            received: "\(yTrue.shape) for scores \(scores.shape)")
    }
    return labels.cast(to: .float64)
}

/// What is among the greatest of a row.
enum TopK {
    static func refusal(_ k: Int) -> DescentError? {
        k > 0 ? nil : DescentError("Metric", "k must be positive", received: "\(k)")
    }

    /// Whether fewer than `k` scores of a row are greater than that of its label. A label that is no class, and a row
    /// that is not finite, gives false.
    static func contains(_ labels: Tensor, _ scores: Tensor, _ k: Int) throws(DescentError) -> Tensor {
        guard scores.rank > 0 else {
            throw DescentError("updateState", "scores have an axis of classes", received: "\(scores.shape)")
        }
        let hot = labels.oneHotBool(depth: scores.shape[scores.rank - 1], axis: scores.rank - 1)
        let own = Tensor.where(hot, scores, 0).sum(axes: [-1], keepDims: true)
        let greater = (scores .> own).cast(to: .int64).sum(axes: -1)
        let isFinite = ((scores - scores) .== 0).all(axes: -1)
        return (greater .< k) .& isFinite .& hot.any(axes: -1)
    }

    /// The scores with all but the `k` greatest of a row far below every threshold; of equals the first stay.
    static func filter(_ scores: Tensor, _ k: Int) throws(DescentError) -> Tensor {
        guard scores.rank > 0, k <= scores.shape[scores.rank - 1] else {
            throw DescentError(
                "updateState", "there must be topK scores in a row at least", received: "\(scores.shape), topK \(k)")
        }
        var (rest, chosen) = (scores, scores .!= scores)
        for _ in 0..<k {
            let place = rest.argmax(axis: -1)
            let hot = place.oneHotBool(depth: scores.shape[scores.rank - 1], axis: scores.rank - 1)
            chosen = chosen .| hot
            rest = Tensor.where(hot, Tensor(-Double.infinity), rest)
        }
        return Tensor.where(chosen, scores, Tensor(lowest))
    }

    /// Below every score.
    static let lowest = -1e10
}

extension Tensor {
    /// Whether a class along a new axis is the one that the label names; a label that is no class gives false only.
    func oneHotBool(depth: Int, axis: Int) -> Tensor {
        var shape = [Int](repeating: 1, count: rank + 1)
        guard axis >= 0, axis <= rank else { return self }
        shape[axis] = depth
        let classes = Tensor.arange(depth, dtype: dtype == .bool ? .int64 : dtype).reshape(Shape(shape))
        return expandDims(axis) .== classes
    }
}
