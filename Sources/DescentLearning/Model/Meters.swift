import DescentCore

/// The running mean of the loss and the metrics: what logs are read from.
final class Meters {
    /// A metric, and what its figure is called.
    struct Entry {
        let name: String
        let metric: any Metric
        let isWeighted: Bool
    }

    private(set) var entries: [Entry] = []
    private let choices: [any MetricChoice]
    private let weightedChoices: [any MetricChoice]
    /// Whether names have become metrics.
    private(set) var isResolved: Bool
    /// The sum of the losses of batches, each times its rows.
    private(set) var lossTotal = CompensatedSum()
    private(set) var rows = CompensatedSum()

    init(_ choices: [any MetricChoice], weighted: [any MetricChoice]) {
        self.choices = choices
        weightedChoices = weighted
        isResolved = choices.isEmpty && weighted.isEmpty
        // Metrics that are there already can be asked for before any batch.
        if !(choices + weighted).contains(where: { $0 is String }) { try? resolve([], []) }
    }

    /// Makes the metrics that are chosen by name, now that the shapes are known.
    func resolve(_ yTrue: Shape, _ yPred: Shape) throws {
        var entries: [Entry] = []
        for (list, isWeighted) in [(choices, false), (weightedChoices, true)] {
            for choice in list {
                let (name, metric) = try choice.metric(yTrue: yTrue, yPred: yPred)
                entries.append(Entry(name: free(name, isWeighted, entries), metric: metric, isWeighted: isWeighted))
            }
        }
        self.entries = entries
        isResolved = true
    }

    /// A name that no figure has yet: as Keras makes one.
    private func free(_ name: String, _ isWeighted: Bool, _ entries: [Entry]) -> String {
        let taken = Set(entries.map(\.name) + ["loss"])
        guard taken.contains(name) else { return name }
        let base = isWeighted && !name.hasPrefix("weighted_") ? "weighted_\(name)" : name
        var (result, number) = (base, 0)
        while taken.contains(result) {
            number += 1
            result = "\(base)_\(number)"
        }
        return result
    }

    /// Forgets all batches.
    func reset() {
        lossTotal = CompensatedSum()
        rows = CompensatedSum()
        for entry in entries { entry.metric.resetState() }
    }

    /// Records what a batch adds to all metrics, in the order of the entries.
    ///
    /// - Parameter mask: which steps of the predictions count: for means over steps, as in Keras.
    func summands(
        _ yTrue: Tensor, _ yPred: Tensor, _ weight: Tensor?, mask: Tensor?, into list: inout [Tensor]
    ) throws {
        if !isResolved { try resolve(yTrue.shape, yPred.shape) }
        for entry in entries {
            do {
                var weight = entry.isWeighted ? weight : nil
                if let mask, let mean = entry.metric as? any MeanMetric,
                    try mean.values(yTrue, yPred).shape == mask.shape
                {
                    let counts = mask.cast(to: .float32)
                    weight = weight.map { $0.alongSteps(of: mask) * counts } ?? counts
                }
                let summands = try entry.metric.summands(yTrue, yPred, weight)
                list += try entry.metric.core.operands(summands)
            } catch let error as DescentError {
                throw DescentError(operation: entry.name, error.rule, received: error.received)
            }
        }
    }

    /// Takes a batch into account: its loss, then the summands of the metrics, all known.
    func add(_ answers: [Tensor], rows count: Int) -> Double {
        let loss = Number.double(answers[0].node.bits(at: 0), answers[0].dtype)
        lossTotal.add(loss * Double(count))
        rows.add(Double(count))
        var first = 1
        for entry in entries {
            let end = first + entry.metric.core.sumCount
            entry.metric.core.add(known: answers[first..<end])
            first = end
        }
        return loss
    }

    /// The loss and the metrics as they stand.
    var figures: [(name: String, value: Double)] {
        var figures = [("loss", quotient(lossTotal.value, rows.value))]
        for entry in entries { figures += Meters.figures(entry.name, entry.metric.result()) }
        return figures
    }

    /// A metric that gives one number is one figure; one that gives several is one for each, numbered.
    private static func figures(_ name: String, _ result: Tensor) -> [(name: String, value: Double)] {
        guard let numbers = try? result.cast(to: .float64).evaluated().scalars(as: Double.self) else {
            return [(name, .nan)]
        }
        guard result.rank > 0 else { return [(name, numbers[0])] }
        return numbers.enumerated().map { ("\(name)_\($0.offset)", $0.element) }
    }

    // MARK: - State

    /// All that the meters know.
    struct State {
        var lossTotal = CompensatedSum()
        var rows = CompensatedSum()
        var metrics: [MetricState] = []
    }

    var state: State { State(lossTotal: lossTotal, rows: rows, metrics: entries.map(\.metric.state)) }

    func set(_ state: State) throws {
        (lossTotal, rows) = (state.lossTotal, state.rows)
        for (entry, metric) in zip(entries, state.metrics) { try entry.metric.setState(metric) }
        // Those that were not there yet had seen nothing.
        for entry in entries.dropFirst(state.metrics.count) { entry.metric.resetState() }
    }
}

extension MetricCore {
    /// How many summands a batch gives.
    var sumCount: Int { sums.count }
}
