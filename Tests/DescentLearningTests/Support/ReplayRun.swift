import Descent
import Testing

/// A training that is run several times: as it comes, with all that is known forgotten before every step, and with every
/// step recorded, which is never taken again. All must come to the same.
final class ReplayRun {
    private enum Mode: CaseIterable { case short, forgetful, long }

    private let mode: Mode
    private var lines: [String] = []
    private var kept: [Tensor] = []
    private var optimizers: [any Optimizer] = []

    private init(_ mode: Mode) { self.mode = mode }

    /// How often steps were taken again.
    var taken: Int { optimizers.reduce(0) { $0 + $1.state.replays.taken } }

    /// An optimizer of this run.
    func make<Kind>(_ opt: Kind) -> Kind {
        if let opt = opt as? any Optimizer { optimizers.append(opt) }
        return opt
    }

    /// Takes a step, and notes what it answers or throws.
    func step(_ opt: any Optimizer, _ variables: [Variable], _ loss: () throws -> Tensor) {
        step(opt) { try opt.minimize(loss, variables) }
    }

    /// The same for any way to take a step.
    func step(_ opt: any Optimizer, _ take: () throws -> Tensor) {
        if mode == .forgetful { opt.state.replays.removeAll() }
        do {
            keep(mode == .long ? try GradientTape().record(take) : try take())
        } catch {
            note("\(error)")
        }
    }

    /// Notes what variables are now.
    func note(_ variables: [Variable]) { for variable in variables { note(Self.bits(variable.value)) } }

    /// Notes a text.
    func note(_ text: String) { lines.append(text) }

    /// Keeps a tensor, which is read at the end.
    func keep(_ tensor: Tensor) { kept.append(tensor) }

    /// The elements; of what is not a number just that.
    static func bits(_ tensor: Tensor) -> String {
        do {
            let tensor = try tensor.evaluated()
            guard tensor.dtype.isFloatingPoint else { return "\(tensor)" }
            let bits = tensor.cast(to: .float64).scalars(as: Double.self).map { $0.isNaN ? .max : $0.bitPattern }
            return "\(tensor.dtype) \(tensor.shape) \(bits)"
        } catch {
            return "\(error)"
        }
    }

    /// Runs a training in all ways; how often steps were taken again.
    @discardableResult
    static func expectTheSame(
        _ comment: String = "", sourceLocation: Testing.SourceLocation = #_sourceLocation,
        _ train: (ReplayRun) throws -> Void
    ) rethrows -> Int {
        let runs = try Mode.allCases.map { mode in
            let run = ReplayRun(mode)
            try train(run)
            run.lines += run.kept.map(bits)
            return run
        }
        for run in runs {
            #expect(run.lines.count == runs[0].lines.count, "\(comment) \(run.mode)", sourceLocation: sourceLocation)
            let first = zip(runs[0].lines, run.lines).enumerated().first { $1.0 != $1.1 }
            #expect(first == nil, "\(comment) \(run.mode)", sourceLocation: sourceLocation)
        }
        #expect(runs[2].taken == 0, sourceLocation: sourceLocation)
        return runs[0].taken
    }
}
