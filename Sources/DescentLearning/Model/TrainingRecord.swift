import DescentCore
import DescentFiles

/// A training as the content of a file, and back.
struct TrainingRecord<M: Model> {
    private let model: M
    private let trainer: Trainer
    private let optimizer: any Optimizer
    private static var stateKey: String { "descent.training" }

    init(_ model: M) throws {
        self.model = model
        trainer = model.trainer
        optimizer = try trainer.compiled("Checkpoint").optimizer
    }

    // MARK: - Writing

    func content() throws -> (tensors: [(String, Tensor)], metadata: [String: String]) {
        let named = model.namedVariables
        guard !named.isEmpty else {
            throw DescentError("Checkpoint.save", "a model must have variables", received: "one that was never called")
        }
        var tensors = named.map { ("model/\($0.name)", $0.variable.value) }
        // Slots that lag behind follow first, as they do where the optimizer is asked for its weights.
        for (name, variable) in slots(named) { tensors.append((name, variable.value)) }
        let meters = trainer.meters
        for (entry, state) in zip(meters.entries, meters.state.metrics) {
            for sum in state.sums {
                tensors.append(("metric/\(entry.name)/\(sum.name)", Tensor(sum.numbers, shape: sum.shape)))
                tensors.append(("metric/\(entry.name)/\(sum.name)/residue", Tensor(sum.residues, shape: sum.shape)))
            }
        }
        var callbacks: [Configuration.Value] = []
        for (number, callback) in trainer.callbacks.enumerated() {
            let memory = callback.memory
            for (name, tensor) in memory.tensors { tensors.append(("callback/\(number)/\(name)", tensor)) }
            callbacks.append([
                "kind": .string("\(type(of: callback))"), "values": .object(memory.values),
                "tensors": .list(memory.tensors.map { .string($0.name) }),
            ])
        }
        let state = state(named, callbacks)
        return (
            tensors.map { ($0.0, $0.1) },
            ["format": "descent", Self.stateKey: state.json, SavedModel.inputsKey: SavedModel.text(of: trainer.inputs)]
        )
    }

    private func state(
        _ named: [(name: String, variable: Variable)], _ callbacks: [Configuration.Value]
    ) -> Configuration {
        let own = optimizer.state
        let (position, meters) = (trainer.position, trainer.meters.state)
        let paths = Dictionary(named.map { (ObjectIdentifier($0.variable), $0.name) }, uniquingKeysWith: { a, _ in a })
        return [
            "version": 1, "optimizer": .string("\(type(of: optimizer))"), "calls": .integer(own.calls),
            "learning_rate": .init(own.learningRateSource.number),
            "scale": .init(own.dynamicScale?.scale), "scale_counter": .init(own.dynamicScale?.counter),
            "owners": .list(own.entries.map { .init(paths[ObjectIdentifier($0.variable)]) }),
            "position": [
                "seed": .integer(position.seed), "epoch": .integer(position.epoch), "batch": .integer(position.batch),
                "step": .integer(position.step), "data_epoch": .integer(position.dataEpoch),
                "data_batch": .integer(position.dataBatch),
            ],
            "loss": .list([
                .number(meters.lossTotal.value), .number(meters.lossTotal.residue), .number(meters.rows.value),
                .number(meters.rows.residue),
            ]),
            "metrics": .list(
                zip(trainer.meters.entries, meters.metrics).map { entry, state in
                    ["name": .string(entry.name), "sums": .list(state.sums.map { .string($0.name) })]
                }),
            "history": .object(trainer.historySoFar.configuration), "callbacks": .list(callbacks),
        ]
    }

    /// What the optimizer keeps in variables, each under a name of its own.
    private func slots(_ named: [(name: String, variable: Variable)]) -> [(String, Variable)] {
        let paths = Dictionary(named.map { (ObjectIdentifier($0.variable), $0.name) }, uniquingKeysWith: { a, _ in a })
        var shared = 0
        return optimizer.keepsakes.compactMap { keepsake in
            guard case .variable(let variable) = keepsake.place else { return nil }
            guard let owner = keepsake.owner else {
                shared += 1
                return ("optimizer/\(keepsake.slot)/\(shared - 1)", variable)
            }
            return ("optimizer/\(keepsake.slot)/\(paths[ObjectIdentifier(owner)] ?? owner.name)", variable)
        }
    }

    // MARK: - Reading

    func restore(_ file: SafeTensors, _ path: String) throws {
        func refusal(_ rule: String, _ received: String) -> DescentError {
            DescentError(operation: "Checkpoint.restore", rule, received: "\(received) (\(path))")
        }
        guard let text = file.metadata[Self.stateKey], let state = try? Configuration(json: text),
            let position = state["position"]?.object.flatMap(TrainingPosition.init), let calls = state["calls"]?.integer
        else { throw refusal("the file must be a checkpoint", "something else") }
        guard state["version"] == 1 else {
            throw refusal("a checkpoint must be of version 1", state["version"]?.json ?? "none")
        }
        guard state["optimizer"] == .string("\(type(of: optimizer))") else {
            throw refusal("the optimizer must be the one of the checkpoint", state["optimizer"]?.json ?? "none")
        }
        let inputs = try SavedModel.inputs(in: file.metadata)
        try Weight.$limit.withValue(SavedModel.largestCount(in: file)) {
            try model.build(inputs, "Checkpoint.restore")
        }
        let named = model.namedVariables
        let byName = Dictionary(named.map { ($0.name, $0.variable) }, uniquingKeysWith: { a, _ in a })
        let owners = (state["owners"]?.list ?? []).compactMap { $0.string.flatMap { byName[$0] } }
        let known = optimizer.state.entries.count
        do {
            optimizer.build(owners)
            let targets = named.map { ("model/\($0.name)", $0.variable) } + slots(named)
            let others = file.names.filter { $0.hasPrefix("model/") || $0.hasPrefix("optimizer/") }
            try SavedModel.check(
                "Checkpoint.restore", path, expected: targets.map { ($0.0, $0.1.shape) },
                found: others.map { ($0, file.shape(of: $0) ?? []) })
            let meters = try meters(state, file)
            let resumption = Resumption(
                position: position, history: History(state["history"]?.object ?? [:]), meters: meters,
                memories: try memories(state, file))
            try Engine.update(try targets.map { ($0.1, try file[$0.0]) })
            trainer.resumption = resumption
        } catch {
            optimizer.state.restore(known)
            throw error
        }
        let own = optimizer.state
        own.calls = calls
        if let rate = state["learning_rate"]?.number { own.learningRate = rate }
        if let scale = state["scale"]?.number { own.dynamicScale?.scale = scale }
        if let counter = state["scale_counter"]?.integer { own.dynamicScale?.counter = counter }
        trainer.position.step = position.step
    }

    private func meters(_ state: Configuration, _ file: SafeTensors) throws -> Meters.State {
        var meters = Meters.State()
        let loss = state["loss"]?.list?.compactMap(\.number) ?? []
        if loss.count == 4 {
            meters.lossTotal = CompensatedSum(loss[0], residue: loss[1])
            meters.rows = CompensatedSum(loss[2], residue: loss[3])
        }
        for entry in state["metrics"]?.list?.compactMap(\.object) ?? [] {
            guard let name = entry["name"]?.string, let sums = entry["sums"]?.list?.compactMap(\.string) else {
                continue
            }
            meters.metrics.append(
                MetricState(
                    sums: try sums.map { sum in
                        let numbers = try file["metric/\(name)/\(sum)"]
                        let residues = try file["metric/\(name)/\(sum)/residue"]
                        return MetricState.Sum(
                            name: sum, shape: numbers.shape, numbers: numbers.scalars(as: Double.self),
                            residues: residues.scalars(as: Double.self))
                    }))
        }
        return meters
    }

    private func memories(
        _ state: Configuration, _ file: SafeTensors
    ) throws -> [(kind: String, memory: CallbackMemory)] {
        try (state["callbacks"]?.list?.compactMap(\.object) ?? []).enumerated().map { number, entry in
            let names = entry["tensors"]?.list?.compactMap(\.string) ?? []
            return (
                entry["kind"]?.string ?? "",
                CallbackMemory(
                    entry["values"]?.object ?? [:],
                    tensors: try names.map { ($0, try file["callback/\(number)/\($0)"]) })
            )
        }
    }
}

extension TrainingPosition {
    /// The place that a checkpoint names.
    fileprivate init?(_ values: Configuration) {
        guard let seed = values["seed"]?.integer, let epoch = values["epoch"]?.integer,
            let batch = values["batch"]?.integer, let step = values["step"]?.integer,
            let dataEpoch = values["data_epoch"]?.integer, let dataBatch = values["data_batch"]?.integer
        else { return nil }
        self.init(seed: seed, epoch: epoch, batch: batch, step: step, dataEpoch: dataEpoch, dataBatch: dataBatch)
    }
}
