import DescentCore

extension OptimizerOptions {
    /// TensorFlow 1 and 2 clip when gradients are computed, and not those that are given.
    func clipEarly(_ gradients: inout [Tensor?]) {
        guard convention == .tensorFlow2 || convention == .tensorFlow1, clipNorm != nil || clipValue != nil else {
            return
        }
        var clip = clipNorm
        var bound = clipValue
        if convention == .tensorFlow1 {
            // Zero means off here; in TensorFlow 2 it makes every gradient zero.
            if let limit = clip, limit > 0 { Self.shortenTogether(&gradients, to: limit) }
            clip = nil
            bound = bound.flatMap { $0 > 0 ? $0 : nil }
        }
        for index in gradients.indices {
            guard var gradient = gradients[index] else { continue }
            // Rows are clipped before those of one index are added up.
            let slices = IndexedSlices(gradient)
            if let slices { gradient = slices.values }
            if let clip { gradient = Self.clipped(gradient, norm: clip) }
            if let bound { gradient = Self.clipped(gradient, value: bound) }
            gradients[index] = slices.map { $0.mapValues { _ in gradient }.tensor } ?? gradient
        }
    }

    /// Keras 3 clips what is about to be used, in one way. A limit that is not positive means off.
    func clipLate(_ pairs: inout [(Variable, Tensor)]) throws(DescentError) {
        guard convention == .keras3, let limit = clipNorm ?? globalClipNorm ?? clipValue, limit > 0 else { return }
        // Rows are clipped as rows where a dense gradient would move what `lazy` leaves alone. Elsewhere that would not be
        // the same: a norm that is not finite spoils all rows.
        var slices: [IndexedSlices?] = []
        for index in pairs.indices {
            slices.append(lazy ? try IndexedSlices(pairs[index].1)?.summed() : nil)
            if let slices = slices[index] { pairs[index].1 = slices.values }
        }
        if clipNorm != nil {
            for index in pairs.indices { pairs[index].1 = Self.clipped(pairs[index].1, norm: limit) }
        } else if globalClipNorm != nil {
            Self.clipTogether(&pairs, to: limit)
        } else {
            for index in pairs.indices { pairs[index].1 = Self.clipped(pairs[index].1, value: limit) }
        }
        for index in pairs.indices {
            guard let slices = slices[index] else { continue }
            let values = pairs[index].1
            pairs[index].1 = slices.mapValues { _ in values }.tensor
        }
    }

    private static func clipped(_ gradient: Tensor, norm limit: Double) -> Tensor {
        gradient * limit / maximum(sqrt((gradient * gradient).sum()), limit)
    }

    private static func clipped(_ gradient: Tensor, value limit: Double) -> Tensor {
        minimum(maximum(gradient, -limit), limit)
    }

    /// One norm over all gradients; one that is not finite spoils them all.
    private static func clipTogether(_ pairs: inout [(Variable, Tensor)], to limit: Double) {
        let norm = sqrt(sumOfSquares(pairs.map(\.1)))
        let scale = limit * minimum(1 / norm, 1 / limit) + (norm - norm)
        for index in pairs.indices { pairs[index].1 = pairs[index].1 * scale.cast(to: pairs[index].1.dtype) }
    }

    /// One norm over all gradients; they are shortened where it reaches the limit.
    private static func shortenTogether(_ gradients: inout [Tensor?], to limit: Double) {
        let known = gradients.compactMap { $0 }
        guard !known.isEmpty else { return }
        let norm = sqrt(sumOfSquares(known))
        for index in gradients.indices {
            guard let gradient = gradients[index] else { continue }
            gradients[index] = Tensor.where(
                norm .>= limit, gradient * limit / norm.cast(to: gradient.dtype), gradient)
        }
    }

    private static func sumOfSquares(_ gradients: [Tensor]) -> Tensor {
        gradients.dropFirst().reduce((gradients[0] * gradients[0]).sum()) { $0 + ($1 * $1).sum() }
    }
}
