/// How numbers become numbers with mean 0 and deviation 1: by their distance from a mean, in deviations.
struct StandardScore: Sendable, Hashable {
    var mean: Double
    /// 0 where all numbers are the same; then every score is 0.
    var deviation: Double

    /// Leaves numbers as they are.
    static var identity: StandardScore { StandardScore(mean: 0, deviation: 1) }

    func score(_ value: Double) -> Double {
        guard deviation > 0 else { return 0 }
        let distance = value - mean
        // Two large numbers may be further apart than the largest number.
        return distance.isFinite ? distance / deviation : (value / 2 - mean / 2) / (deviation / 2)
    }
}

extension StandardScore {
    /// The mean and the deviation (that of a whole population) of finite numbers; nil if there are none.
    init?(of values: some Collection<Double>) {
        guard let first = values.first else { return nil }
        let (least, greatest) = values.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
        guard least < greatest else {
            self.init(mean: first, deviation: 0)
            return
        }
        // Sums of squares of numbers near 1 neither overflow nor vanish; a power of two changes no digit.
        let exponent = min(max(Swift.max(-least, greatest).exponent, -1000), 1000)
        let unit = Double(sign: .plus, exponent: exponent, significand: 1)
        let inverse = Double(sign: .plus, exponent: -exponent, significand: 1)
        let count = Double(values.count)
        let rough = values.reduce(0) { $0 + $1 * inverse } / count
        let mean = rough + values.reduce(0) { $0 + ($1 * inverse - rough) } / count
        let variance = values.reduce(0) { $0 + ($1 * inverse - mean) * ($1 * inverse - mean) } / count
        self.init(mean: mean * unit, deviation: variance.squareRoot() * unit)
    }
}
