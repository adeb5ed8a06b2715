import DescentCore
import DescentData

/// The loss and the metrics over data, with variables as they are.
struct Evaluation<M: Model> {
    private let model: M
    private var step: TrainingStep<M>

    init(_ model: M, _ operation: StaticString) throws {
        self.model = model
        step = try TrainingStep(model, operation)
    }

    func run(
        _ source: any BatchSource<M.Input>, steps: Int?, _ callbacks: [any Callback], _ progress: Progress? = nil
    ) throws -> Logs {
        let meters = model.trainer.meters
        // Amid a training the figures of its epoch are not lost.
        let outer = model.trainer.isFitting ? meters.state : nil
        meters.reset()
        for callback in callbacks { try callback.onTestBegin() }
        progress?.begin(nil, steps: steps ?? source.batchCount)
        let batches = try source.batches(epoch: 0)
        var (number, step) = (0, step)
        while number < steps ?? .max, let batch = try batches.next() {
            if number == 0 { try step.prepare(batch) }
            for callback in callbacks { try callback.onTestBatchBegin(number, Logs(live: meters)) }
            let loss = try step.test(batch)
            if loss.isNaN, let error = try InputFault.nan(in: batch, "evaluate", place: "batch \(number)") {
                throw error
            }
            for callback in callbacks { try callback.onTestBatchEnd(number, Logs(live: meters)) }
            number += 1
            progress?.advance(to: number, meters)
        }
        guard number > 0 else { throw DescentError("evaluate", "there must be a batch", received: "none") }
        var logs = Logs()
        logs.merge(Logs(live: meters))
        if let outer { try meters.set(outer) }
        for callback in callbacks { try callback.onTestEnd(logs) }
        return logs
    }
}
