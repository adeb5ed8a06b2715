import DescentCore

/// Tells on the standard output how far a training, an evaluation or a prediction is.
final class Progress {
    private enum Style { case silent, lines, bar }

    private let style: Style
    /// The number of epochs; nil outside of training.
    private let epochs: Int?
    private let name: String
    private var epoch: Int?
    private var steps: Int?
    private var began = 0.0
    private var shownAt = 0.0
    private var done = 0
    /// Steps until the clock is looked at again.
    private var patience = 0
    private var stride = 1
    /// Whether a bar stands in the current line.
    private var isOpen = false
    /// So many times a second, at most.
    private static let interval = 0.05

    /// - Parameters:
    ///   - epochs: the number of epochs; nil outside of training.
    ///   - name: what is under way, outside of training.
    init(_ verbosity: Verbosity, epochs: Int?, name: String = "") {
        self.epochs = epochs
        self.name = name
        switch verbosity {
        case .silent: style = .silent
        case .bar: style = .bar
        case .lines: style = .lines
        case .auto: style = Terminal.isStandardOutput ? .bar : .lines
        }
    }

    /// An epoch begins, or an evaluation.
    func begin(_ epoch: Int?, steps: Int?) {
        guard style != .silent else { return }
        (self.epoch, self.steps, done, stride, patience) = (epoch, steps, 0, 1, 1)
        began = Terminal.now
        shownAt = began
    }

    /// So many steps are done.
    @inline(__always)
    func advance(to steps: Int, _ meters: Meters?) {
        guard style == .bar else { return }
        show(steps, meters)
    }

    private func show(_ steps: Int, _ meters: Meters?) {
        done = steps
        patience -= 1
        guard patience <= 0 else { return }
        let now = Terminal.now
        // The clock is read about five times in an interval.
        let each = (now - began) / Double(max(steps, 1))
        stride = max(1, min(10_000, Int(Self.interval / 5 / max(each, 1e-9))))
        patience = stride
        guard now - shownAt >= Self.interval else { return }
        shownAt = now
        let line = BarLine(
            label: label, done: steps, steps: self.steps, elapsed: now - began,
            logs: meters.map { Logs(live: $0).description } ?? "")
        Terminal.write("\r" + line.text(width: Terminal.width) + "\u{1B}[K")
        isOpen = true
    }

    /// The epoch, or the evaluation, is over.
    func finish(_ epoch: Int?, _ logs: Logs) {
        guard style != .silent else { return }
        let elapsed = Terminal.now - began
        var parts = label.isEmpty ? [] : [label]
        if style == .bar, done > 0 {
            parts.append("\(done)/\(steps ?? done)")
            parts.append("\(Numeral.duration(elapsed)) (\(Numeral.duration(elapsed / Double(done))) each)")
        } else {
            parts.append(Numeral.duration(elapsed))
        }
        let text = logs.description
        if !text.isEmpty { parts.append(text) }
        Terminal.write((isOpen ? "\r\u{1B}[K" : "") + parts.joined(separator: "  ") + "\n")
        isOpen = false
    }

    /// Nothing more comes: a line that was begun is ended.
    func end() {
        guard isOpen else { return }
        Terminal.write("\n")
        isOpen = false
    }

    private var label: String {
        guard let epoch, let epochs else { return name }
        return "epoch \(epoch + 1)/\(epochs)"
    }
}

/// The line that moves.
struct BarLine {
    var label: String
    var done: Int
    /// nil if nobody knows how many there will be.
    var steps: Int?
    var elapsed: Double
    var logs: String

    /// The line, in so many columns at most. What does not fit is left out: first the bar gets shorter, then the figures go.
    func text(width: Int) -> String {
        let each = elapsed / Double(max(done, 1))
        var head = label.isEmpty ? "" : label + "  "
        head += steps.map { "\(done)/\($0)" } ?? "\(done)"
        var tail = "  \(Numeral.duration(each)) each"
        if let steps, steps > done { tail += "  ETA \(Numeral.duration(each * Double(steps - done)))" }
        if !logs.isEmpty { tail += "  " + logs }
        // The last column stays free: some terminals would begin a new line.
        let room = width - 1 - head.count - tail.count - 2
        if let steps, steps > 0, room >= 5 {
            head += "  " + bar(min(room, 24), Double(min(done, steps)) / Double(steps))
        }
        return String((head + tail).prefix(max(width - 1, 1)))
    }

    private func bar(_ cells: Int, _ share: Double) -> String {
        let full = Int((Double(cells) * share).rounded(.down))
        return String(repeating: "━", count: full) + String(repeating: "┄", count: cells - full)
    }
}
