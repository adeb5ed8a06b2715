import Descent

/// Keeps the variables of the best epoch, and gives them back at the end. An epoch that Ctrl-C has cut off does not count.
final class BestEpoch: Callback {
    /// The figure to be small; nil keeps the last epoch.
    private let monitor: String?
    private var best: (value: Double, epoch: Int, weights: [Tensor])?
    private var isCut = false
    private weak var model: (any Model)?

    init(monitor: String?) { self.monitor = monitor }

    /// The number of the epoch, from 1 on; nil if none came to its end.
    var epoch: Int? { best.map { $0.epoch + 1 } }

    func setModel(_ model: any Model) { self.model = model }

    func onInterrupt() { isCut = true }

    func onEpochEnd(_ epoch: Int, _ logs: Logs) {
        guard !isCut, let model else { return }
        let value = monitor.flatMap { logs[$0] } ?? 0
        guard value.isFinite else { return }
        if let best, monitor != nil, value >= best.value { return }
        best = (value, epoch, model.getWeights())
    }

    func onTrainEnd(_ logs: Logs) throws {
        if let best { try model?.setWeights(best.weights) }
    }
}
