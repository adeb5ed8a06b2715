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

    /// Keras 3 clips what is about to be used. A limit that is not positive means off.
    func clipLate(_ pairs: inout [(Variable, Tensor)]) {
        guard convention == .keras3 else { return }
        if let clipNorm, clipNorm > 0 {
            for index in pairs.indices { pairs[index].1 = Self.clipped(pairs[index].1, norm: clipNorm) }
        } else if let globalClipNorm, globalClipNorm > 0 {
            Self.clipTogether(&pairs, to: globalClipNorm)
        } else if let clipValue, clipValue > 0 {
            for index in pairs.indices { pairs[index].1 = Self.clipped(pairs[index].1, value: clipValue) }
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
        for index in pairs.indices { pairs[index].1 = pairs[index].1 * scale }
    }

    /// One norm over all gradients; they are shortened where it reaches the limit.
    private static func shortenTogether(_ gradients: inout [Tensor?], to limit: Double) {
        let known = gradients.compactMap { $0 }
        guard !known.isEmpty else { return }
        let norm = sqrt(sumOfSquares(known))
        for index in gradients.indices {
            guard let gradient = gradients[index] else { continue }
            gradients[index] = Tensor.where(norm .>= limit, gradient * limit / norm, gradient)
        }
    }

    private static func sumOfSquares(_ gradients: [Tensor]) -> Tensor {
        gradients.dropFirst().reduce((gradients[0] * gradients[0]).sum()) { $0 + ($1 * $1).sum() }
    }
}
