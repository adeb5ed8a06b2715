/// The least that a step must do, whoever does it: what it reads, writes and computes, and what has to be recorded.
///
/// A step cannot take less than the longest of these on a machine with the figures of `Machine`.
struct Floor: Sendable {
    /// Bytes read and written at least once.
    var read = 0.0
    var written = 0.0
    /// Whether a cache holds them from step to step.
    var isCached = false
    /// Multiplications and additions in matrix products.
    var operations = 0.0
    /// Operations recorded. None is cheaper than one on known numbers.
    var nodes = 0.0

    /// In seconds, and what takes so long.
    func time(on machine: Machine) -> (seconds: Double, limit: String) {
        let memory = isCached ? machine.cache : machine.memory
        return [
            (memory.seconds(read: read, written: written), isCached ? "cache" : "memory"),
            (operations / (machine.arithmetic.best * 1e9), "arithmetic"),
            (nodes * machine.node * 1e-9, "nodes"),
        ].max { $0.0 < $1.0 }!
    }

    /// Of the workloads that have one.
    static func of(_ workload: String) -> Floor? {
        let array = 4e7  // ten million numbers
        switch workload {
        case "scalar-minimize": return Floor(nodes: 20)
        case "scalar-tape": return Floor(nodes: 2000)
        case "linear-regression": return Floor(nodes: 56)
        case "mlp-small", "fit", "fit-bare":
            var floor = network([9, 64, 64, 1], batch: 32)
            floor.nodes = 102
            // What is timed as one are all steps of a training.
            let steps = workload == "mlp-small" ? 1 : Training.steps
            floor.nodes *= steps
            floor.operations *= steps
            return floor
        case "mlp-mnist": return network([784, 512, 10], batch: 128)
        case "mlp-large": return network([256, 1024, 1024, 1], batch: 512)
        case "elementwise-1M": return Floor(read: 4e6, written: 4e6, isCached: true)
        // Once for the loss, once more for the gradient, which needs the loss.
        case "rmse-10M": return Floor(read: 4 * array, written: array)
        case "rmse-metric-10M": return Floor(read: 3 * array)
        case "rmsprop-10M": return Floor(read: 3 * array, written: 2 * array)
        case "rmsprop-many-small":
            let arrays = 200 * 64 * 64 * 4.0
            return Floor(read: 3 * arrays, written: 2 * arrays, isCached: true)
        case "softmax-rows":
            let rows = 4096 * 1024 * 4.0
            return Floor(read: 2 * rows, written: rows)
        case "embedding-sparse":
            let rows = 1024 * 64 * 4.0
            return Floor(read: 2 * rows, written: 2 * rows)
        default:
            guard let n = workload.split(separator: "-").last.flatMap({ Double($0) }), workload.hasPrefix("gemm")
            else { return nil }
            return Floor(operations: 2 * n * n * n)
        }
    }

    /// Products forward, for the gradients of all kernels, and for those of all inputs but the first.
    private static func network(_ sizes: [Double], batch: Double) -> Floor {
        let products = zip(sizes, sizes.dropFirst()).map { 2 * batch * $0 * $1 }
        return Floor(operations: 3 * products.reduce(0, +) - products[0])
    }
}
