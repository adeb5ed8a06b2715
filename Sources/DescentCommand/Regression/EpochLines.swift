import Descent

/// Tells how a training goes: a line for some of the epochs, and on a terminal one that moves.
final class EpochLines: Callback {
    private let console: Console
    private let epochs: Int
    private let stride: Int
    private var steps = 0
    private var shown = -1
    private var last: (epoch: Int, logs: Logs)?
    private var movedAt = ContinuousClock.now
    private var saidAt = ContinuousClock.now
    private weak var model: (any Model)?

    init(_ console: Console, epochs: Int) {
        self.console = console
        self.epochs = epochs
        stride = max(epochs / 6, 1)
    }

    func setModel(_ model: any Model) { self.model = model }

    func onTrainBatchEnd(_ batch: Int, _ logs: Logs) throws {
        steps += 1
        guard console.isTerminal, steps.isMultiple(of: 16), ContinuousClock.now - movedAt > .milliseconds(50) else {
            return
        }
        movedAt = .now
        let epoch = model?.trainer.epochsFinished ?? 0
        try console.move(line(epoch, logs) + "   step \(batch + 1)")
    }

    func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {
        last = (epoch, logs)
        // Epochs that take long are all told of.
        let isDue = epoch == 0 || (epoch + 1).isMultiple(of: stride) || ContinuousClock.now - saidAt > .seconds(5)
        if isDue { try say(epoch, logs) }
    }

    func onTrainEnd(_ logs: Logs) throws {
        if let last, shown < last.epoch { try say(last.epoch, last.logs) }
    }

    private func say(_ epoch: Int, _ logs: Logs) throws {
        try console.say(line(epoch, logs))
        shown = epoch
        saidAt = .now
    }

    private func line(_ epoch: Int, _ logs: Logs) -> String {
        let figures = logs.map { "\($0.name) \($0.value.magnitude < 1e-3 ? brief($0.value) : fixed($0.value, 4))" }
        return "  epoch \(padded("\(epoch + 1)", to: "\(epochs)".count))   " + figures.joined(separator: "   ")
    }
}
