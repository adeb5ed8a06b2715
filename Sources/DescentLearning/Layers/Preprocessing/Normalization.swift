import DescentCore

/// Makes features comparable: subtracts from each its mean and divides by its standard deviation, which are found in data
/// before the training.
///
/// ```swift
/// let norm = Normalization()
/// try norm.adapt([[0, 10], [4, 30]])
/// print(norm([[4, 10]]))   // [[ 1.0, -1.0]]
/// let back = Normalization(mean: [2], variance: [4], invert: true)
/// print(back([[1]]))       // [[4.0]]
/// ```
///
/// `adapt` must come before the model is trained or saved. Mean and variance belong to the weights and are saved with them,
/// unless they were given.
public final class Normalization: MaskedLayer, ConfigurableLayer {
    /// The axes along which numbers have a mean of their own; nil gives all one mean.
    public let axis: [Int]?
    /// Whether the layer does the opposite.
    public let invert: Bool
    /// The mean that was found, of the extents of the axes; nil if means were given.
    public let mean: Weight?
    /// The variance that was found.
    public let variance: Weight?
    /// The means that were given.
    public let givenMean: [Double]?
    /// The variances that were given.
    public let givenVariance: [Double]?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that finds mean and variance in data, or is given both.
    ///
    /// - Parameters:
    ///   - axis: the axes along which numbers have a mean of their own: the last by default, nil for none.
    ///   - mean: the means, one or one for each feature; nil if `adapt` shall find them.
    ///   - variance: the variances; there with means only.
    ///   - invert: true multiplies by the standard deviation and adds the mean.
    ///   - name: what to call the layer.
    public init(
        axis: [Int]? = [-1], mean: [Double]? = nil, variance: [Double]? = nil, invert: Bool = false,
        name: String? = nil
    ) {
        self.axis = axis
        self.invert = invert
        self.name = name
        givenMean = mean
        givenVariance = variance
        let isGiven = mean != nil || variance != nil
        self.mean = isGiven ? nil : Weight("mean", .zeros, trained: false)
        self.variance = isGiven ? nil : Weight("variance", .ones, trained: false)
    }

    /// (x − mean) / √variance, the divisor being at least 10⁻⁷; or the opposite.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 0) { x in
            guard let kept = try? keptAxes(x.shape) else {
                return refused("axes must be those of the input", received: "axes \(axis ?? []), shape \(x.shape)")
            }
            let extents = Shape(kept.map { x.shape[$0] })
            let along = Shape((0..<x.rank).map { kept.contains($0) ? x.shape[$0] : 1 })
            let mean = value(self.mean, givenMean, extents, x.dtype).reshape(along)
            let deviation = value(variance, givenVariance, extents, x.dtype).reshape(along).sqrt().maximum(1e-7)
            return invert ? mean + x * deviation : (x - mean) / deviation
        }
    }

    /// Finds mean and variance of the data; what was found before is forgotten.
    ///
    /// - Throws: no data, numbers that are none (with their place), a layer that was given its means.
    public func adapt(_ data: Tensor, file: StaticString = #fileID, line: UInt = #line) throws {
        try adapt(batches: [data], file: file, line: line)
    }

    /// Finds mean and variance of data that come in batches, reading them once.
    ///
    /// - Throws: no data, numbers that are none (with their place), a layer that was given its means.
    public func adapt(
        batches: some Sequence<Tensor>, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        do throws(DescentError) {
            guard let meanWeight = mean, let varianceWeight = variance else {
                throw misfit("a layer that was given mean and variance does not adapt", received: "data")
            }
            var found = RunningMoments()
            var dtype = DType.float32
            for batch in batches {
                let x = try batch.features.evaluated()
                dtype = x.dtype
                try found.add(x, kept: keptAxes(x.shape))
            }
            guard let (mean, variance) = found.result else {
                throw misfit("mean and variance need data", received: "none")
            }
            // As one update: both change or none does.
            try Engine.update([
                (meanWeight.made(mean.shape, dtype), mean.cast(to: dtype)),
                (varianceWeight.made(variance.shape, dtype), variance.cast(to: dtype)),
            ])
        } catch {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// Mean and variance are given together, and variances are not negative.
    public var argumentError: DescentError? {
        misfit(
            unless: (givenMean == nil) == (givenVariance == nil) && !(givenVariance ?? []).contains { !($0 >= 0) },
            "mean and variance are given together, and variances are not negative",
            received: "mean \(givenMean.map { "\($0)" } ?? "nil"), variance \(givenVariance.map { "\($0)" } ?? "nil")")
    }

    private func keptAxes(_ shape: Shape) throws(DescentError) -> [Int] {
        try shape.resolve(axes: axis ?? [], operation: "Normalization")
    }

    private func value(_ weight: Weight?, _ given: [Double]?, _ extents: Shape, _ dtype: DType) -> Tensor {
        if let weight { return weight(extents, dtype: dtype) }
        let given = given ?? []
        guard given.count == extents.count || given.count == 1 else {
            return refused(
                "there is a mean and a variance for each feature, or one for all",
                received: "\(given.count) for \(extents.count) features")
        }
        return Tensor(given, shape: [given.count]).cast(to: dtype).broadcast(to: [extents.count])
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Normalization>) throws -> Normalization {
        try Normalization(
            axis: arguments("axis", \.axis, default: [-1]),
            mean: arguments("mean", { $0.givenMean.map(Numbers.init) })?.list,
            variance: arguments("variance", { $0.givenVariance.map(Numbers.init) })?.list,
            invert: arguments("invert", \.invert, default: false), name: arguments.name())
    }
}

/// Mean and variance of what came by, in double precision.
private struct RunningMoments {
    private var count = 0.0
    private var mean: Tensor?
    private var squares: Tensor?

    var result: (mean: Tensor, variance: Tensor)? {
        guard let mean, let squares, count > 0 else { return nil }
        return (mean, squares / count)
    }

    mutating func add(_ x: Tensor, kept: [Int]) throws(DescentError) {
        try RunningMoments.check(x)
        let folded = (0..<x.rank).filter { !kept.contains($0) }
        let added = Double(folded.reduce(1) { $0 * x.shape[$1] })
        guard added > 0 else { return }
        let wide = x.cast(to: .float64)
        let batchMean = folded.isEmpty ? wide : wide.mean(axes: folded)
        let deviation = wide - wide.meanKeeping(folded)
        let batchSquares = folded.isEmpty ? deviation.square() : deviation.square().sum(axes: folded)
        guard let mean, let squares else {
            count = added
            mean = try batchMean.evaluated()
            squares = try batchSquares.evaluated()
            return
        }
        guard mean.shape == batchMean.shape else {
            throw DescentError(
                "Normalization", "all batches have the same features", received: "\(batchMean.shape), \(mean.shape)")
        }
        // Chan, Golub and LeVeque, 1979.
        let step = batchMean - mean
        let total = count + added
        self.mean = try (mean + step * (added / total)).evaluated()
        self.squares = try (squares + batchSquares + step.square() * (count * added / total)).evaluated()
        count = total
    }

    /// Refuses numbers that are none, naming the first.
    private static func check(_ x: Tensor) throws(DescentError) {
        let isBad = .!x.isFinite()
        guard Bool(try isBad.any().evaluated()) else { return }
        let bad = Int(try isBad.reshape([x.count]).cast(to: .int32).argmax(axis: 0).evaluated())
        var rest = bad
        var place: [Int] = []
        for extent in x.shape.dimensions.reversed() {
            place.insert(rest % extent, at: 0)
            rest /= extent
        }
        let number = x.reshape([x.count])[bad]
        let text = place.count == 2 ? "row \(place[0]), column \(place[1])" : "\(place)"
        throw DescentError("Normalization", "data are finite numbers", received: "\(number) at \(text)")
    }
}

extension Tensor {
    fileprivate func meanKeeping(_ axes: [Int]) -> Tensor { axes.isEmpty ? self : mean(axes: axes, keepDims: true) }
}
