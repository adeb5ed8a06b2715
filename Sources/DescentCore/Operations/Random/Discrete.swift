// Distributions of whole numbers and choices. No gradient passes through any of them.

extension Tensor {
    /// Truths that hold with a given probability.
    ///
    /// ```swift
    /// let coins = Tensor.randomBernoulli([1000], probability: 0.25, seed: 7)
    /// print(coins.dtype, countNonZero(coins) .< 500)   // bool true
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - probability: how likely the truth is; a number, or a tensor that broadcasts to the shape.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: the type of the elements; of another type than bool they are 0 and 1.
    public static func randomBernoulli(
        _ shape: Shape, probability: Tensor = 0.5, seed: Int, dtype: DType = .bool, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let drawing = probability.dtype == .float64 ? DType.float64 : .float32
        return drawn("randomBernoulli", shape, seed, drawing, [probability], file, line) { streams, parameters in
            (streams.uniform(0) .< parameters[0]).cast(to: dtype)
        }
    }

    /// Numbers of classes, as int64, each drawn with the probabilities `softmax(logits)`.
    ///
    /// ```swift
    /// print(Tensor.randomCategorical([3], logits: [-100, 0, -100], seed: 7))   // [1, 1, 1]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents of the result.
    ///   - logits: logarithms of weights along the last axis; the other axes broadcast to the shape.
    ///   - seed: the same seed gives the same numbers.
    public static func randomCategorical(
        _ shape: Shape, logits: Tensor, seed: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        checked(file, line) { () throws(DescentError) in
            let logits = try logits.operand().fractional
            guard logits.rank > 0, let classes = logits.shape.dimensions.last, classes > 0 else {
                throw DescentError(
                    "randomCategorical", "there must be at least one class", received: "logits \(logits.shape)")
            }
            // The largest of logits with Gumbel noise is at a class with its probability.
            let all = Shape(shape.dimensions + [classes])
            return drawn("randomCategorical", all, seed, logits.dtype, [logits], file, line) { streams, parameters in
                (parameters[0] - (-streams.open(0).log()).log()).argmax(axis: -1)
            }
        }
    }

    /// Whole numbers drawn from a Poisson distribution: how often something happens that is expected `rate` times.
    ///
    /// ```swift
    /// print(Tensor.randomPoisson([3], rate: 0, seed: 7))   // [0.0, 0.0, 0.0]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - rate: the mean, not negative; a number, or a tensor that broadcasts to the shape.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomPoisson(
        _ shape: Shape, rate: Tensor, seed: Int, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        drawn("randomPoisson", shape, seed, dtype, [rate], file, line) { streams, parameters in
            let wide = RandomStreams(seed: streams.seed, shape: streams.shape, dtype: .float64)
            let rate = stopGradient(parameters[0]).cast(to: .float64).broadcast(to: streams.shape)
            let isLarge = rate .>= 10
            let few = Tensor.where(isLarge, 0, rate).fewEvents(wide.uniform(0))
            let many = Tensor.where(isLarge, rate, 10).manyEvents(wide)
            let events = Tensor.where(isLarge, many, few)
            return Tensor.where(rate .>= 0, events, .number(Double.nan, with: .float64)).cast(to: dtype)
        }
    }

    /// Inversion for rates below 10: how many sums of probabilities do not exceed u. Beyond 60 events nothing is left.
    private func fewEvents(_ u: Tensor) -> Tensor {
        var probability = (-self).exp()
        var sum = probability
        var events = (u .>= sum).cast(to: .float64)
        for event in 1...60 {
            probability = probability * (self / Double(event))
            sum = sum + probability
            events = events + (u .>= sum).cast(to: .float64)
        }
        return events
    }

    /// Hörmann, "The transformed rejection method for generating Poisson random variables" (1993), algorithm PTRS without
    /// its shortcuts. Of twenty attempts, one in six of which fails at worst, the first that is accepted counts.
    private func manyEvents(_ streams: RandomStreams) -> Tensor {
        let b = 0.931 + 2.53 * sqrt()
        let a = 0.02483 * b - 0.059
        let scale = 1.1239 + 1.1328 / (b - 3.4)
        let logRate = log()
        var events = floor()
        for attempt in (0..<20).reversed() {
            let centred = streams.uniform(2 * attempt + 1) - 0.5
            let edge = 0.5 - centred.abs()
            let v = streams.open(2 * attempt + 2)
            let count = ((2 * a / edge + b) * centred + self + 0.43).floor()
            let isPossible = (count .>= 0) .& .!((edge .< 0.013) .& (v .> edge))
            let tried = Tensor.where(isPossible, count, 0)
            let left = (v * scale / (a / (edge * edge) + b)).log()
            let accepted = left .<= tried * logRate - self - (tried + 1).lgamma()
            events = Tensor.where(isPossible .& accepted, tried, events)
        }
        return events
    }
}

extension TensorConvertible {
    /// Slices along the first axis, drawn at random.
    ///
    /// The derivative adds each gradient to the slice that was drawn.
    ///
    /// ```swift
    /// let x: Tensor = [10, 20, 30]
    /// print(x.randomChoice(3, withReplacement: false, seed: 7).sum())   // 60.0
    /// ```
    ///
    /// - Parameters:
    ///   - count: how many to draw.
    ///   - withReplacement: whether a slice may be drawn again.
    ///   - weights: how likely each slice is, in proportion; the default is that all are equally likely.
    ///   - seed: the same seed gives the same slices.
    public func randomChoice(
        _ count: Int, withReplacement: Bool = true, weights: Tensor? = nil, seed: Int, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard x.rank > 0, count >= 0, count == 0 || x.shape[0] > 0, withReplacement || count <= x.shape[0] else {
                throw DescentError(
                    "randomChoice", "there must be enough to draw from", received: "\(count) from shape \(x.shape)")
            }
            let extent = x.shape[0]
            if let weights {
                let weights = try weights.operand().fractional
                guard weights.shape == [extent] else {
                    throw DescentError(
                        "randomChoice", "every slice needs a weight",
                        received: "weights \(weights.shape), shape \(x.shape)")
                }
                let logits = stopGradient(weights).log()
                if withReplacement { return x.gather(Tensor.randomCategorical([count], logits: logits, seed: seed)) }
                let noise = Tensor.randomGumbel([extent], seed: seed, dtype: logits.dtype)
                return x.gather((logits + noise).topK(count).indices)
            }
            if !withReplacement { return x.gather(Tensor.randomPermutation(extent, seed: seed)[..<count]) }
            let share = Tensor.randomUniform([count], seed: seed, dtype: .float64)
            return x.gather((share * Double(extent)).floor().cast(to: .int64).minimum(Tensor(extent - 1)))
        }
    }
}
