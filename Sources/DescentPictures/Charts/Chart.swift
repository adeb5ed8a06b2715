/// A picture of numbers, as a value: what it shows, not how it is drawn.
///
/// ```swift
/// let chart = Chart(
///     "Training", x: "epoch", y: "loss",
///     series: [.line("loss", [0.9, 0.5, 0.3, 0.2]), .line("val_loss", [1.0, 0.7, 0.5, 0.5])])
/// let file = chart.svg(width: 640, height: 400)
/// print(file.hasPrefix("<svg"), chart.notes)   // true []
/// ```
///
/// `svg(width:height:)` makes a file for browsers and papers of it, `terminal(width:height:)` a text, and `HTMLReport`
/// puts several side by side. Points that are not finite, and on a logarithmic axis those that are not positive, are
/// left out: a line breaks there, and a note below the picture counts them.
public struct Chart: Sendable, Hashable {
    /// What stands above the picture; nothing if empty.
    public var title: String
    /// The axis from left to right.
    public var x: Axis
    /// The axis upwards.
    public var y: Axis
    /// What is drawn, the first below the others.
    public var series: [Series]
    /// Thin lines to compare with, below all series.
    public var references: [Reference]
    /// Whether both axes show the same numbers and are equally long (if they have the same scale).
    public var equalScales = false
    /// Whether series with names and references with labels are listed above the picture.
    public var showsLegend = true
    /// Sentences that stand below the picture, before the notes that it makes itself.
    public var remarks: [String] = []

    /// A chart of `series`.
    ///
    /// ```swift
    /// var chart = Chart("Decay", x: "t", y: Chart.Axis("rest", .logarithmic))
    /// chart.series.append(.dots("measured", x: [0, 1, 2, 3], y: [1, 0.37, 0.13, 0.0]))
    /// print(chart.notes)   // ["1 point is not positive and left out."]
    /// ```
    ///
    /// - Parameters:
    ///   - title: what stands above the picture.
    ///   - x: the axis from left to right; a string literal is a linear axis of that title.
    ///   - y: the axis upwards.
    ///   - series: what is drawn.
    ///   - references: lines to compare with.
    public init(
        _ title: String = "", x: Axis = Axis(), y: Axis = Axis(), series: [Series] = [], references: [Reference] = []
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
        self.references = references
    }

    /// How numbers become places on an axis.
    public enum Scale: Sendable, Hashable {
        /// Equal steps are equally long.
        case linear
        /// Equal factors are equally long; only positive numbers have a place.
        case logarithmic
    }

    /// One of the two axes.
    ///
    /// ```swift
    /// let axis = Chart.Axis("learning rate", .logarithmic, range: 1e-5...1)
    /// print(axis.title, axis.scale)   // learning rate logarithmic
    /// ```
    public struct Axis: Sendable, Hashable, ExpressibleByStringLiteral {
        /// What the numbers mean; nothing if empty.
        public var title: String
        /// Whether steps or factors are equally long.
        public var scale: Scale
        /// What the axis shows; without it, all that there is. Only finite (and on a logarithmic axis positive) bounds count.
        public var range: ClosedRange<Double>?

        /// An axis, linear unless told otherwise, that shows all that there is unless told otherwise.
        public init(_ title: String = "", _ scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
            self.title = title
            self.scale = scale
            self.range = range
        }

        /// A linear axis of this title.
        public init(stringLiteral title: String) { self.init(title) }
    }

    /// A thin line to compare with.
    public enum Reference: Sendable, Hashable {
        /// All points with this y.
        case horizontal(Double, label: String = "")
        /// All points with this x.
        case vertical(Double, label: String = "")
        /// All points where y = x.
        case diagonal(label: String = "")

        var label: String {
            switch self {
            case .horizontal(_, let label), .vertical(_, let label), .diagonal(let label): label
            }
        }
    }
}
