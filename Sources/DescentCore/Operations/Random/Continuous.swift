// Distributions that are a function of a uniform number.

extension Tensor {
    /// Numbers drawn from an exponential distribution: waiting times with the mean `1 / rate`.
    ///
    /// The derivative with respect to the rate is that of `−ln(1 − u) / rate` for the same random u.
    ///
    /// ```swift
    /// let waits = Tensor.randomExponential([1000], rate: 2, seed: 7)
    /// print(waits.min() .>= 0)   // true
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - rate: how many to expect in a unit of time, positive; a number, or a tensor that broadcasts to the shape.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomExponential(
        _ shape: Shape, rate: Tensor = 1, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomExponential", shape, seed, dtype, [rate], file, line) { streams, parameters throws(DescentError) in
            -(-streams.uniform(0)).log1p() / parameters[0]
        }
    }

    /// Numbers drawn from a Laplace distribution, with exponential tails on both sides.
    ///
    /// The derivatives are those of `location + scale · e` for the same random e.
    ///
    /// ```swift
    /// print(Tensor.randomLaplace([2, 3], seed: 7).shape)   // [2, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - location: the centre; a number, or a tensor that broadcasts to the shape.
    ///   - scale: the width, positive, likewise.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomLaplace(
        _ shape: Shape, location: Tensor = 0, scale: Tensor = 1, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomLaplace", shape, seed, dtype, [location, scale], file, line) {
            streams, parameters throws(DescentError) in
            let centred = streams.open(0) - 0.5
            let magnitude = -(-2 * centred.abs()).log1p()
            return parameters[0] + parameters[1] * (centred.sign() * magnitude)
        }
    }

    /// Numbers drawn from a Gumbel distribution: the largest of many.
    ///
    /// The derivatives are those of `location + scale · e` for the same random e.
    ///
    /// ```swift
    /// print(Tensor.randomGumbel([2, 3], seed: 7).shape)   // [2, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - location: the centre; a number, or a tensor that broadcasts to the shape.
    ///   - scale: the width, positive, likewise.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomGumbel(
        _ shape: Shape, location: Tensor = 0, scale: Tensor = 1, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomGumbel", shape, seed, dtype, [location, scale], file, line) {
            streams, parameters throws(DescentError) in
            parameters[0] - parameters[1] * (-streams.open(0).log()).log()
        }
    }

    /// Numbers drawn from a normal distribution of which only what lies between two bounds is kept.
    ///
    /// The derivatives with respect to mean and deviation are those of `mean + deviation · e` for the same random e.
    ///
    /// ```swift
    /// let x = Tensor.randomTruncatedNormal([1000], seed: 7)
    /// print(x.min() .>= -2, x.max() .<= 2)   // true true
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - mean: the mean before anything is cut off; a number, or a tensor that broadcasts to the shape.
    ///   - standardDeviation: the deviation before anything is cut off, likewise.
    ///   - lower: the lower bound, in deviations from the mean.
    ///   - upper: the upper bound, likewise.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomTruncatedNormal(
        _ shape: Shape, mean: Tensor = 0, standardDeviation: Tensor = 1, from lower: Double = -2, to upper: Double = 2,
        seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomTruncatedNormal", shape, seed, dtype, [mean, standardDeviation], file, line) {
            streams, parameters throws(DescentError) in
            guard lower < upper else {
                throw DescentError(
                    "randomTruncatedNormal", "the lower bound lies below the upper", received: "\(lower), \(upper)")
            }
            // In float64: the distribution function is inverted, and near 1 float32 has few numbers.
            let wide = RandomStreams(seed: streams.seed, shape: streams.shape, dtype: .float64)
            // Far on the right the mirror image keeps the digits.
            let isRight = lower > 0
            let (low, high) = isRight ? (-upper, -lower) : (lower, upper)
            func below(_ x: Double) -> Double {
                let z = Tensor(Node(scalar: (-x * 0.7071067811865476).bitPattern, .float64))
                return 0.5 * Number.double(z.erfc().node.scalarBits, .float64)
            }
            let (from, to) = (below(low), below(high))
            // erfinv(2p − 1) = −erfcinv(2p), with the share p small on the left.
            let share = from + (to - from) * wide.uniform(0)
            let standard = (1.4142135623730951 * (2 * share - 1).erfinv()).clip(Tensor(low), Tensor(high))
            let chosen = (isRight ? -standard : standard).cast(to: streams.dtype)
            return parameters[0] + parameters[1] * chosen
        }
    }
}
