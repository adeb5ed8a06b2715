import DescentCore

/// Looks along a line for a step after which the loss is clearly lower and its slope clearly flatter: the strong Wolfe
/// conditions. First steps become longer until a stretch holds such a step, then the stretch becomes shorter
/// (Nocedal and Wright, algorithms 3.5 and 3.6).
struct WolfeSearch {
    /// A step along the line, and what is there.
    struct Trial {
        let step: Double
        let value: Double
        let slope: Double
        let place: Landscape.Place

        var isFinite: Bool { value.isFinite && slope.isFinite }
    }

    /// Where the line begins; its slope is negative.
    let start: Trial
    /// Differences of values up to this are rounding: there the slopes alone decide.
    let noise: Double
    /// Stretches shorter than this are not searched.
    let shortest: Double

    /// What share of the fall that the first slope promises there must be.
    private let decrease = 1e-4
    /// What share of the first slope may be left.
    private let flatness = 0.9
    private let mostTrials = 25

    init(start: Trial, noise: Double, shortest: Double) {
        self.start = start
        self.noise = noise
        self.shortest = shortest
    }

    /// The step that was found; the best one seen, if none fulfils the conditions; `start`, if none is better.
    func run(first: Double, _ look: (Double) throws -> Trial) throws -> Trial {
        var last = start
        var step = first
        for count in 1...mostTrials {
            let trial = try look(step)
            if isTooHigh(trial) || (count > 1 && trial.value > last.value + noise) {
                return try narrow(last, trial, trials: count, look)
            }
            if isFlat(trial) { return trial }
            if trial.slope >= 0 { return try narrow(trial, last, trials: count, look) }
            // Still falling: further along, between 2 and 10 times the last stretch.
            let stretch = trial.step - last.step
            let guess = cubicMinimum(last, trial) ?? .infinity
            last = trial
            step = min(max(guess, trial.step + stretch), trial.step + 9 * stretch)
        }
        return last
    }

    /// Between `low`, the best step so far, and `high`, beyond a minimum.
    private func narrow(_ low: Trial, _ high: Trial, trials: Int, _ look: (Double) throws -> Trial) throws -> Trial {
        var (low, high) = (low, high)
        for _ in trials..<(trials + mostTrials) {
            let width = abs(high.step - low.step)
            if width <= shortest { break }
            let middle = (low.step + high.step) / 2
            // Not too near the ends: a stretch that shrinks slowly is a search without end.
            let (least, greatest) = (min(low.step, high.step) + 0.1 * width, max(low.step, high.step) - 0.1 * width)
            let guess = high.isFinite ? cubicMinimum(low, high) ?? middle : middle
            let trial = try look(min(max(guess, least), greatest))
            if isTooHigh(trial) || trial.value > low.value + noise {
                high = trial
            } else {
                if isFlat(trial) { return trial }
                if trial.slope * (high.step - low.step) >= 0 { high = low }
                low = trial
            }
        }
        return low
    }

    private func isTooHigh(_ trial: Trial) -> Bool {
        !trial.isFinite || trial.value > start.value + decrease * trial.step * start.slope + noise
    }

    private func isFlat(_ trial: Trial) -> Bool { abs(trial.slope) <= flatness * abs(start.slope) }

    /// Where the cubic with the values and slopes of both has its minimum; nil if it has none.
    private func cubicMinimum(_ a: Trial, _ b: Trial) -> Double? {
        let d = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
        let square = d * d - a.slope * b.slope
        guard square >= 0 else { return nil }
        let root = (b.step > a.step ? 1 : -1) * square.squareRoot()
        let step = b.step - (b.step - a.step) * (b.slope + root - d) / (b.slope - a.slope + 2 * root)
        return step.isFinite ? step : nil
    }
}
