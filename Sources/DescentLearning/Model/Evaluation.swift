import DescentCore
import DescentData

/// The loss and the metrics over data, with variables as they are.
struct Evaluation<M: Model> {
    private let model: M
    private let operation: String
    private var step: TrainingStep<M>
    /// The number of the first row among those that the caller knows.
    private let firstRow: Int

    init(_ model: M, _ operation: StaticString, firstRow: Int = 0) throws {
        self.model = model
        self.operation = "\(operation)"
        self.firstRow = firstRow
        step = try TrainingStep(model, operation)
    }

    func run(
        _ source: any BatchSource<M.Input>, steps: Int?, _ callbacks: [any Callback], _ progress: Progress? = nil
    ) throws -> Logs {
        let meters = model.trainer.meters
        // Amid a training the figures of its epoch are not lost.
        let outer = model.trainer.isFitting ? meters.state : nil
        defer { if let outer { try? meters.set(outer) } }
        meters.reset()
        for callback in callbacks { try callback.onTestBegin() }
        progress?.begin(nil, steps: steps ?? source.batchCount)
        let batches = try source.batches(epoch: 0)
        var (number, step) = (0, step)
        while number < steps ?? .max, let batch = try batches.next() {
            if number == 0 { try step.prepare(batch) }
            for callback in callbacks { try callback.onTestBatchBegin(number, Logs(live: meters)) }
            let loss = try step.test(batch)
            if loss.isNaN {
                // Rows of data in memory are counted as the caller has them.
                let data = source as? TensorBatches<M.Input>
                if let error = try InputFault.nan(
                    in: batch, operation, place: data == nil ? "batch \(number)" : nil,
                    firstRow: data.map { firstRow + number * $0.batchSize } ?? 0)
                {
                    throw error
                }
            }
            for callback in callbacks { try callback.onTestBatchEnd(number, Logs(live: meters)) }
            number += 1
            progress?.advance(to: number, meters)
        }
        guard number > 0 else { throw DescentError(operation: operation, "there must be a batch", received: "none") }
        var logs = Logs()
        logs.merge(Logs(live: meters))
        for callback in callbacks { try callback.onTestEnd(logs) }
        return logs
    }
}
