/// The lines, dots and bars of a chart, cut off at the borders of its plot.
struct SeriesMarkup {
    let chart: Chart
    let layout: Layout

    /// How many places all lines, and all dots, may have in the file.
    static let limit = 6000

    var text: String {
        let (left, top) = (pixels(layout.left), pixels(layout.top))
        let (width, height) = (pixels(layout.frame.width), pixels(layout.frame.height))
        // An inner svg cuts off without naming an id, of which a document with several charts would have several.
        var out = "<svg x=\"\(left)\" y=\"\(top)\" width=\"\(width)\" height=\"\(height)\" "
        out += "viewBox=\"\(left) \(top) \(width) \(height)\">\n"
        for (index, series) in chart.series.enumerated() where series.mark == .bars { out += bars(series, index) }
        for reference in chart.references {
            let places = layout.frame.places(of: reference, in: chart).map(layout.pixel)
            guard !places.isEmpty else { continue }
            out += "<path class=\"reference\" stroke=\"#5c6670\" fill=\"none\" stroke-dasharray=\"3 3\" "
            out += "d=\"\(Self.path(places))\"/>\n"
        }
        for (index, series) in chart.series.enumerated() {
            switch series.mark {
            case .line: out += line(series, index)
            case .dots: out += dots(series, index)
            case .bars: break
            }
        }
        return out + "</svg>\n"
    }

    /// Where the points of a series are; NaN for those that are left out.
    private func places(_ series: Chart.Series) -> [SIMD2<Double>] {
        (0..<series.count).map { i in
            guard chart.isShown(series, i) else { return SIMD2(.nan, .nan) }
            return layout.pixel(layout.frame.place(series.x[i], series.y[i]))
        }
    }

    private func share(of mark: Chart.Series.Mark) -> Int {
        Self.limit / max(chart.series.count { $0.mark == mark }, 1)
    }

    static func path(_ places: [SIMD2<Double>]) -> String {
        var out = ""
        for (i, place) in places.enumerated() {
            out += i == 0 ? "M" : i == 1 ? "L" : " "
            out += "\(pixels(place.x)) \(pixels(place.y))"
        }
        return out
    }

    private static func colour(_ index: Int) -> String {
        let number = Palette.colour(index)
        return "class=\"c\(number + 1)\" color=\"\(Palette.light[number])\""
    }

    private static func stroke(_ index: Int, width: String = "2") -> String {
        let dashes = Palette.dashes[Palette.pattern(index)]
        return
            "\(colour(index)) stroke=\"currentColor\" fill=\"none\" stroke-width=\"\(width)\" stroke-linejoin=\"round\""
            + (dashes.isEmpty ? " stroke-linecap=\"round\"" : " stroke-dasharray=\"\(dashes)\"")
    }

    private func line(_ series: Chart.Series, _ index: Int) -> String {
        let limit = share(of: .line)
        let thinned = LineThinning(
            places(series), columnWidth: max(1, layout.frame.width * 4 / Double(limit)), limit: max(limit, 24))
        var (lines, points) = ("", "")
        for piece in thinned.pieces {
            if piece.count > 1 {
                lines += Self.path(piece)
            } else {
                // A point between two gaps: a line of no length with round ends.
                points += Self.path(piece) + "h0"
            }
        }
        var out = ""
        // A noisy curve of many points needs a finer pen.
        let pen = Double(series.count) > 1.5 * layout.frame.width ? "1.5" : "2"
        if !lines.isEmpty { out += "<path \(Self.stroke(index, width: pen)) d=\"\(lines)\"/>\n" }
        if !points.isEmpty {
            out += "<path \(Self.colour(index)) stroke=\"currentColor\" stroke-width=\"5\" "
            out += "stroke-linecap=\"round\" d=\"\(points)\"/>\n"
        }
        return out
    }

    private func dots(_ series: Chart.Series, _ index: Int) -> String {
        let frame = SIMD4(
            layout.left - 10, layout.top - 10, layout.left + layout.frame.width + 10,
            layout.top + layout.frame.height + 10)
        let places = places(series).filter {
            // What a given range leaves outside needs no room in the file. NaN is not inside either.
            $0.x >= frame.x && $0.x <= frame.z && $0.y >= frame.y && $0.y <= frame.w
        }
        let all = chart.series.reduce(0) { $0 + ($1.mark == .dots ? $1.count : 0) }
        // Many dots are smaller and more transparent, so that one sees where they are many.
        let (radius, opacity) =
            all <= 60 ? (3.5, 0.85) : all <= 400 ? (3.0, 0.6) : all <= 2000 ? (2.5, 0.4) : (1.5, 0.3)
        let shape = Palette.pattern(index)
        let thinned = DotThinning(places, limit: max(share(of: .dots) * 3 / 4 / (shape == 0 ? 1 : 3), 8))
        let ink = "\(Self.colour(index)) \(Self.shapeAttributes(shape, radius))"
        guard thinned.dots.contains(where: { $0.count > 1 }) else {
            let each = thinned.dots.map { "<path d=\"\(Self.shape(shape, $0.place, radius))\"/>" }
            return "<g \(ink) \(Self.opacity(shape))=\"\(opacity)\">" + each.joined() + "</g>\n"
        }
        // The more dots one stands for, the more opaque it is, in few steps.
        let most = Double(thinned.dots.map(\.count).max() ?? 1)
        let opacities = ["0.15", "0.3", "0.45", "0.6", "0.8", "1"]
        var levels = [String](repeating: "", count: opacities.count)
        for (place, count) in thinned.dots {
            let part = decimalLogarithm(Double(count)) / decimalLogarithm(most)
            levels[Int((part * Double(opacities.count - 1)).rounded())] += Self.shape(shape, place, radius)
        }
        return zip(levels, opacities).filter { !$0.0.isEmpty }.map { path, opacity in
            "<path \(ink) \(Self.opacity(shape))=\"\(opacity)\" d=\"\(path)\"/>\n"
        }.joined()
    }

    /// Circles are lines of no length with round ends: the shortest text.
    private static func shapeAttributes(_ shape: Int, _ radius: Double) -> String {
        shape == 0 || shape >= 5
            ? "stroke=\"currentColor\" fill=\"none\" stroke-linecap=\"round\" stroke-width=\"\(shape == 0 ? pixels(2 * radius) : "1.5")\""
            : "fill=\"currentColor\""
    }

    private static func opacity(_ shape: Int) -> String {
        shape == 0 || shape >= 5 ? "stroke-opacity" : "fill-opacity"
    }

    /// The path of a dot: circle, square, triangle, diamond, triangle on its tip, plus, cross, empty square.
    private static func shape(_ shape: Int, _ place: SIMD2<Double>, _ radius: Double) -> String {
        func move(_ x: Double, _ y: Double) -> String {
            "M\(pixels(place.x + x * radius)) \(pixels(place.y + y * radius))"
        }
        func length(_ factor: Double) -> String { pixels(factor * radius) }
        let (wide, half, tall, slope) = (length(2.4), length(1.2), length(2.1), length(1.3))
        switch shape {
        case 0: return move(0, 0) + "h0"
        case 1: return move(-0.9, -0.9) + "h\(length(1.8))v\(length(1.8))h-\(length(1.8))z"
        case 2: return move(-1.2, 1) + "h\(wide)l-\(half)-\(tall)z"
        case 3: return move(-1.3, 0) + "l\(slope)-\(slope) \(slope) \(slope)-\(slope) \(slope)z"
        case 4: return move(-1.2, -1) + "h\(wide)l-\(half) \(tall)z"
        case 5: return move(-1.2, 0) + "h\(wide)" + move(0, -1.2) + "v\(wide)"
        case 6: return move(-1, -1) + "l\(length(2)) \(length(2))" + move(1, -1) + "l-\(length(2)) \(length(2))"
        default: return move(-1.1, -1.1) + "h\(length(2.2))v\(length(2.2))h-\(length(2.2))z"
        }
    }

    private func bars(_ series: Chart.Series, _ index: Int) -> String {
        let (frame, foot) = (layout.frame, layout.top + layout.frame.height)
        let zero = frame.y.isLogarithmic ? foot : foot - min(max(frame.y.place(0), 0), 1) * frame.height
        var out = ""
        for i in 0..<series.count where chart.isShown(series, i) && series.y[i] != 0 {
            let ends = [series.x[i], series.x[i + 1]].map { layout.left + frame.x.place($0) * frame.width }.sorted()
            let top = layout.pixel(frame.place(series.x[i], series.y[i])).y
            // A gap of paper between bars that are wide enough for it.
            let gap = ends[1] - ends[0] >= 5 ? 0.5 : 0
            out += "M\(pixels(ends[0] + gap)) \(pixels(zero))V\(pixels(top))H\(pixels(ends[1] - gap))V\(pixels(zero))z"
        }
        guard !out.isEmpty else { return "" }
        let opacity = chart.series.count { $0.mark == .bars } > 1 ? "0.55" : "0.85"
        return "<path \(Self.colour(index)) fill=\"currentColor\" fill-opacity=\"\(opacity)\" d=\"\(out)\"/>\n"
    }

    /// What the legend shows of a series.
    static func sample(of series: Chart.Series, _ index: Int, x: Double, y: Double, width: Double) -> String {
        switch series.mark {
        case .line:
            return "<path \(stroke(index)) d=\"M\(pixels(x)) \(pixels(y))h\(pixels(width))\"/>"
        case .dots:
            let shape = Palette.pattern(index)
            return "<path \(colour(index)) \(shapeAttributes(shape, 3.5)) "
                + "d=\"\(Self.shape(shape, SIMD2(x + width / 2, y), 3.5))\"/>"
        case .bars:
            return "<path \(colour(index)) fill=\"currentColor\" fill-opacity=\"0.85\" "
                + "d=\"M\(pixels(x + 4)) \(pixels(y - 5))h14v10h-14z\"/>"
        }
    }
}
