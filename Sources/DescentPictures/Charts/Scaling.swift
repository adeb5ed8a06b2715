/// From numbers to places between 0 and 1 along an axis.
struct Scaling: Equatable {
    let isLogarithmic: Bool
    let isWhole: Bool
    /// The ends, as numbers for a linear axis, as decimal logarithms for a logarithmic one.
    private(set) var low: Double
    private(set) var high: Double

    /// What shows `extent`, or the range that the axis asks for.
    ///
    /// - Parameters:
    ///   - margin: how much more to show on both sides, as a part of the whole axis.
    ///   - standsOnZero: whether nothing goes below a least value of 0.
    init(_ axis: Chart.Axis, _ extent: Extent, margin: Double, standsOnZero: Bool = false) {
        isLogarithmic = axis.scale == .logarithmic
        isWhole = extent.isWhole
        let asked = axis.range.flatMap { range in
            axis.hasPlace(range.lowerBound) && axis.hasPlace(range.upperBound) ? range : nil
        }
        if let asked {
            (low, high) = (asked.lowerBound, asked.upperBound)
        } else if extent.isEmpty {
            (low, high) = isLogarithmic ? (1, 10) : (0, 1)
        } else {
            (low, high) = (extent.low, extent.high)
        }
        if isLogarithmic { (low, high) = (decimalLogarithm(low), decimalLogarithm(high)) }

        // What cannot be told apart is one value, and stands in the middle.
        let size = max(abs(low), abs(high))
        if high - low <= max(size * 1e-12, isLogarithmic ? 1e-12 : 1e-300) {
            let half = isLogarithmic ? 0.5 : (size == 0 ? 1 : max(size * 0.1, 1e-299))
            let standing = standsOnZero && low == 0
            (low, high) = (standing ? 0 : low - half, high + half)
        }
        if asked == nil, !extent.isEmpty {
            let more = (high - low) * margin / (1 - 2 * margin)
            let standing = standsOnZero && low == 0
            let hanging = standsOnZero && high == 0
            (low, high) = (standing ? 0 : low - more, hanging ? 0 : high + more)
        }
    }

    mutating func unite(with other: Scaling) {
        (low, high) = (min(low, other.low), max(high, other.high))
    }

    var span: Double { high - low }

    /// The place of a number that has one: 0 at the low end, 1 at the high end.
    func place(_ value: Double) -> Double {
        ((isLogarithmic ? decimalLogarithm(value) : value) - low) / (high - low)
    }

    /// The number at a place.
    func value(at place: Double) -> Double {
        let position = low + place * (high - low)
        return isLogarithmic ? powerOfTen(position) : position
    }
}

/// Both axes of a picture whose plot is so many units wide and high.
struct Frame {
    var x: Scaling
    var y: Scaling
    let width: Double
    let height: Double

    /// - Parameters:
    ///   - width: how many units there are; with equal scales, axes take no more than makes the plot square.
    ///   - inset: how many units the outermost points stay away from the border.
    ///   - aspect: how many times as high as wide a unit is.
    init(
        _ chart: Chart, _ survey: Survey, width: Double, height: Double, inset: Double, aspect: Double = 1
    ) {
        let isSquare = chart.equalScales && chart.x.scale == chart.y.scale
        let width = isSquare ? min(width, height * aspect) : width
        let height = isSquare ? width / aspect : height
        self.width = width
        self.height = height
        x = Scaling(chart.x, survey.x, margin: min(inset / max(width, 1), 0.25))
        y = Scaling(
            chart.y, survey.y, margin: min(inset / max(height, 1), 0.25), standsOnZero: survey.standsOnZero)
        if isSquare {
            x.unite(with: y)
            y.unite(with: x)
        }
    }

    /// The place of a point that has one, from the lower left corner.
    func place(_ px: Double, _ py: Double) -> SIMD2<Double> {
        SIMD2(x.place(px) * width, y.place(py) * height)
    }

    /// The ends of a reference line, a curve if the scales differ; nothing if it has no place.
    func places(of reference: Chart.Reference, in chart: Chart) -> [SIMD2<Double>] {
        switch reference {
        case .horizontal(let value, _):
            guard chart.y.hasPlace(value) else { return [] }
            let height = y.place(value) * height
            return [SIMD2(0, height), SIMD2(width, height)]
        case .vertical(let value, _):
            guard chart.x.hasPlace(value) else { return [] }
            let width = x.place(value) * width
            return [SIMD2(width, 0), SIMD2(width, height)]
        case .diagonal:
            let low = max(x.value(at: 0), y.value(at: 0))
            let high = min(x.value(at: 1), y.value(at: 1))
            guard low < high else { return [] }
            let pieces = x.isLogarithmic == y.isLogarithmic ? 1 : 64
            return (0...pieces).map { i in
                // The last one is meant exactly.
                let value = i == pieces ? high : low + (high - low) * Double(i) / Double(pieces)
                return place(value, value)
            }.filter { $0.x.isFinite && $0.y.isFinite }
        }
    }
}
