extension Chart {
    /// Numbers that belong together: a curve, a cloud of dots, or the bars of a histogram.
    ///
    /// ```swift
    /// let line = Chart.Series.line("square", x: [0, 1, 2], y: [0, 1, 4])
    /// let dots = Chart.Series.dots("measured", x: [0.1, 1.2], y: [0.2, 1.3])
    /// let bars = Chart.Series.bars("count", edges: [0, 1, 2, 3], heights: [5, 9, 2])
    /// print(line.mark, dots.mark, bars.mark)   // line dots bars
    /// ```
    public struct Series: Sendable, Hashable {
        /// How the numbers are drawn.
        public enum Mark: Sendable, Hashable {
            /// From point to point, in their order.
            case line
            /// Each point for itself.
            case dots
            /// From zero to `y[i]`, between `x[i]` and `x[i + 1]`.
            case bars
        }

        /// What the legend calls it; it stays out of the legend if empty.
        public var name: String
        /// How the numbers are drawn.
        public var mark: Mark
        /// The first coordinates; for bars their edges, one more than bars.
        public var x: [Double]
        /// The second coordinates; for bars their heights.
        public var y: [Double]

        /// A curve through (0, y₀), (1, y₁), …
        public static func line(_ name: String = "", _ y: [Double]) -> Series {
            line(name, x: y.indices.map(Double.init), y: y)
        }

        /// A curve through the points, in their order.
        public static func line(_ name: String = "", x: [Double], y: [Double]) -> Series {
            Series(name: name, mark: .line, x: x, y: y)
        }

        /// A dot for each point.
        public static func dots(_ name: String = "", x: [Double], y: [Double]) -> Series {
            Series(name: name, mark: .dots, x: x, y: y)
        }

        /// A bar between each edge and the next.
        public static func bars(_ name: String = "", edges: [Double], heights: [Double]) -> Series {
            Series(name: name, mark: .bars, x: edges, y: heights)
        }

        /// How many points or bars have all their coordinates.
        var count: Int { mark == .bars ? max(min(x.count - 1, y.count), 0) : min(x.count, y.count) }

        /// How many numbers have no partner.
        var unpaired: Int {
            mark == .bars ? abs(max(x.count - 1, 0) - y.count) : abs(x.count - y.count)
        }
    }
}
