// The gamma distribution and those made of it.

extension Tensor {
    /// Numbers drawn from a gamma distribution: the mean is `concentration / rate`, the variance `concentration / rate²`.
    ///
    /// The derivative with respect to the rate is that of `x / rate`; with respect to the concentration it is `−∂F/∂c / p`, F being
    /// the distribution function and p its density at the number drawn.
    ///
    /// ```swift
    /// print(Tensor.randomGamma([2, 3], concentration: 2, seed: 7).shape)   // [2, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - concentration: the shape parameter, positive; a number, or a tensor that broadcasts to the shape.
    ///   - rate: the reciprocal of the scale, positive, likewise.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomGamma(
        _ shape: Shape, concentration: Tensor, rate: Tensor = 1, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomGamma", shape, seed, dtype, [concentration, rate], file, line) {
            streams, parameters throws(DescentError) in
            let shape = streams.shape
            let concentration = parameters[0].broadcast(to: shape)
            return concentration.standardGamma(streams) / parameters[1]
        }
    }

    /// Numbers between 0 and 1 drawn from a beta distribution: the mean is `a / (a + b)`. The derivatives are those of a quotient of
    /// gamma numbers.
    ///
    /// ```swift
    /// print(Tensor.randomBeta([2, 3], 1, 2, seed: 7).shape)   // [2, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - a: the first shape parameter, positive; a number, or a tensor that broadcasts to the shape.
    ///   - b: the second shape parameter, likewise.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomBeta(
        _ shape: Shape, _ a: Tensor, _ b: Tensor, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomBeta", shape, seed, dtype, [a, b], file, line) { streams, parameters throws(DescentError) in
            let shape = streams.shape
            let other = RandomStreams(seed: RandomStreams.seed(streams.seed, 99), shape: shape, dtype: streams.dtype)
            let left = parameters[0].broadcast(to: shape).standardGamma(streams)
            let right = parameters[1].broadcast(to: shape).standardGamma(other)
            return left / (left + right)
        }
    }

    /// Vectors along the last axis, positive and with the sum 1, drawn from a Dirichlet distribution. The derivatives are those of
    /// quotients of gamma numbers.
    ///
    /// ```swift
    /// let shares = Tensor.randomDirichlet([4, 3], concentration: [1, 2, 3], seed: 7)
    /// print(shares.shape)   // [4, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - concentration: the shape parameters, positive; they broadcast to the shape.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomDirichlet(
        _ shape: Shape, concentration: Tensor, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        drawn("randomDirichlet", shape, seed, dtype, [concentration], file, line) {
            streams, parameters throws(DescentError) in
            guard streams.shape.rank > 0 else {
                throw DescentError("randomDirichlet", "the shape needs an axis", received: "shape \(streams.shape)")
            }
            let parts = parameters[0].broadcast(to: streams.shape).standardGamma(streams)
            return parts / parts.sum(axes: -1, keepDims: true)
        }
    }
}

extension Tensor {
    /// Attempts at once. One in twenty fails at worst, so that all fail once in 10¹³ numbers.
    private static let attempts = 10

    /// A gamma number with this concentration and rate 1.
    ///
    /// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000): d(1 + cz)³ for a normal z is accepted
    /// or tried again. All attempts are made for every number, so that the work does not depend on luck. Below 1, a number
    /// of concentration c + 1 times u^(1/c).
    fileprivate func standardGamma(_ streams: RandomStreams) -> Tensor {
        customGradient(self) { concentration in
            let isSmall = concentration .< 1
            let d = Tensor.where(isSmall, concentration + 1, concentration) - 0.3333333333333333
            let c = 1 / (9 * d).sqrt()
            var factor = Tensor.ones(concentration.shape, dtype: streams.dtype)
            for attempt in (0..<Tensor.attempts).reversed() {
                let z = streams.normal(2 * attempt)
                let v = (1 + c * z) ** 3
                let isPositive = v .> 0
                let logV = Tensor.where(isPositive, v, 1).log()
                let accepted = streams.open(2 * attempt + 1).log() .< 0.5 * z * z + d * (1 - v + logV)
                factor = Tensor.where(isPositive .& accepted, v, factor)
            }
            let power = streams.open(2 * Tensor.attempts).log() / concentration
            let sample = d * factor * Tensor.where(isSmall, power, 0).exp()
            return (sample, { g in g * Tensor.gammaSlope(concentration, sample) })
        }
    }

    /// How a gamma number x with concentration c moves with c, to seven digits: implicit reparameterisation (Figurnov,
    /// Mohamed and Mnih, 2018), `−∂F(x; c)/∂c / p(x; c)`.
    ///
    /// With u = e^(∓t) for what lies below or above x, whichever is nearer to the mean, it is
    /// `x ∫₀^∞ (t ∓ m) e^(x(1 − e^(∓t)) ∓ ct) dt`, m = ln x − ψ(c), all of it positive. The rule is the exponential one,
    /// t = L e^(π/2 sinh k), which takes every scale.
    fileprivate static func gammaSlope(_ concentration: Tensor, _ sample: Tensor) -> Tensor {
        let c = stopGradient(concentration).cast(to: .float64)
        let x = stopGradient(sample).cast(to: .float64).maximum(1e-300)
        let isBelow = x .< c
        let gap = 1 / (c - x).abs()
        let width = 1 / x.sqrt()
        let below = gap.minimum(width.maximum(1 / c))
        let above = gap.minimum(Tensor.where(x .< 1, width.minimum(1), width))
        let length = Tensor.where(isBelow, below, above).expandDims(-1)
        let sign = Tensor.where(isBelow, Tensor(Node(scalar: (-1.0).bitPattern, .float64)), 1).expandDims(-1)

        let k = Tensor.arange(-4, 3.05, step: 0.1, dtype: .float64)
        let places = (1.5707963267948966 * k.sinh()).exp()
        let weights = 0.15707963267948966 * k.cosh() * places
        let t = length * places
        let m = (x.log() - c.digamma()).expandDims(-1)
        let exponent = sign * c.expandDims(-1) * t - x.expandDims(-1) * (sign * t).expm1()
        let integral = (weights * length * (t + sign * m) * exponent.exp()).sum(axes: -1)
        return (x * integral).cast(to: concentration.dtype)
    }
}
