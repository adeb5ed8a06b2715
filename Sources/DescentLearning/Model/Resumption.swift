import DescentCore
import DescentFiles

/// Where a training goes on, and what its callbacks remember.
struct Resumption {
    var position: TrainingPosition
    var history: History
    /// The sums of the epoch that was under way.
    var meters: Meters.State
    var memories: [(kind: String, memory: CallbackMemory)]

    /// Hands each callback what it remembered: the first of its class the first memory of that class, and so on.
    func restore(_ callbacks: [any Callback]) throws {
        var rest = memories
        for callback in callbacks {
            let kind = "\(type(of: callback))"
            guard let place = rest.firstIndex(where: { $0.kind == kind }) else { continue }
            try callback.remember(rest.remove(at: place).memory)
        }
    }
}
