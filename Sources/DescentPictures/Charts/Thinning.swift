/// The places of a line, thinned out to what can be seen.
///
/// Of neighbours in one column of pixels the first, the lowest, the highest and the last stay, so the drawn line covers
/// the same pixels. A place that is not a number breaks the line; inside of one column nobody would see that.
struct LineThinning {
    /// Pieces of the line, in order.
    private(set) var pieces: [[SIMD2<Double>]] = [[]]

    private var column = -Double.infinity
    private var kept: [(order: Int, place: SIMD2<Double>)] = []
    private var order = 0
    private var isBroken = false

    /// - Parameters:
    ///   - places: in their order; NaN where the line breaks.
    ///   - columnWidth: how wide a column is.
    ///   - limit: how many places may stay, about.
    init(_ places: [SIMD2<Double>], columnWidth: Double, limit: Int) {
        if places.count <= limit / 2 {
            for place in places { if place.x.isNaN { breakLine() } else { pieces[pieces.count - 1].append(place) } }
        } else {
            for place in places { add(place, column: (place.x / columnWidth).rounded(.down)) }
            finishColumn()
            if pieces.reduce(0, { $0 + $1.count }) > limit {
                // Not from left to right: neighbours are those that follow each other.
                self.pieces = [[]]
                (column, order, isBroken) = (-.infinity, 0, false)
                for (i, place) in places.enumerated() { add(place, column: Double(i * limit / (places.count * 6))) }
                finishColumn()
            }
        }
        pieces.removeAll(where: \.isEmpty)
    }

    private mutating func breakLine() {
        if pieces.last?.isEmpty == false { pieces.append([]) }
    }

    private mutating func add(_ place: SIMD2<Double>, column own: Double) {
        order += 1
        if place.x.isNaN { isBroken = true; return }
        if own != column {
            finishColumn()
            if isBroken { breakLine() }
            column = own
        }
        isBroken = false
        let entry = (order: order, place: place)
        guard !kept.isEmpty else { kept = Array(repeating: entry, count: 6); return }
        // First, lowest, highest, leftmost, rightmost, last.
        if place.y < kept[1].place.y { kept[1] = entry }
        if place.y > kept[2].place.y { kept[2] = entry }
        if place.x < kept[3].place.x { kept[3] = entry }
        if place.x > kept[4].place.x { kept[4] = entry }
        kept[5] = entry
    }

    private mutating func finishColumn() {
        var before = -1
        for entry in kept.sorted(by: { $0.order < $1.order }) where entry.order != before {
            before = entry.order
            pieces[pieces.count - 1].append(entry.place)
        }
        kept.removeAll(keepingCapacity: true)
    }
}

/// The places of dots, those that are as good as one counted together.
struct DotThinning {
    /// A place, and how many dots it stands for.
    private(set) var dots: [(place: SIMD2<Double>, count: Int)] = []

    /// - Parameter limit: how many may stay, but for the outermost.
    init(_ places: [SIMD2<Double>], limit: Int) {
        guard places.count > limit else {
            dots = places.map { ($0, 1) }
            return
        }
        var cell = 0.5
        repeat {
            cell *= 2
            var index: [SIMD2<Int>: Int] = [:]
            dots.removeAll(keepingCapacity: true)
            for place in places {
                let key = SIMD2(Int((place.x / cell).rounded(.down)), Int((place.y / cell).rounded(.down)))
                if let known = index[key] {
                    dots[known].count += 1
                } else {
                    index[key] = dots.count
                    dots.append((place, 1))
                    if dots.count > limit { break }
                }
            }
        } while dots.count > limit

        let outermost = [
            places.min { $0.x < $1.x }, places.max { $0.x < $1.x },
            places.min { $0.y < $1.y }, places.max { $0.y < $1.y },
        ]
        for place in outermost.compactMap({ $0 }) where !dots.contains(where: { $0.place == place }) {
            dots.append((place, 1))
        }
    }
}
