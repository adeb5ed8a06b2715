import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport

/// What a recorded case says that this harness does not understand.
struct Unreadable: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// One recorded training, and its repetition.
struct Trajectory {
    let entry: Configuration
    let dtype: DType
    private let mode: String
    private let variables: [Variable]
    private let calls = CallCounter()
    private let tolerance: Tolerance

    init(_ entry: Configuration, _ dtype: DType) throws {
        self.entry = entry
        self.dtype = dtype
        let known: Set = [
            "id", "mode", "optimizer", "config", "variables", "setup", "steps", "final_state", "after_finalize", "api",
            "grad_loss", "note", "peer_disagreement",
        ]
        if let key = entry.keys.first(where: { !known.contains($0) }) { throw Unreadable("unknown key \(key)") }
        mode = try Self.text(entry, "mode")
        tolerance =
            dtype == .float64
            ? .within(relative: 1e-11, absolute: 1e-13) : .within(relative: 2e-5, absolute: 2e-6)
        variables = try Self.objects(entry, "variables").map { try Self.variable($0, dtype) }
    }

    /// What is different from the record; nil if nothing is.
    func problem() throws -> String? {
        let builder = TrajectoryOptimizer(mode: mode, calls: calls)
        let opt = try builder.make(try Self.text(entry, "optimizer"), try Self.object(entry, "config"))
        if let setup = entry["setup"]?.list {
            for item in setup { try prepare(opt, item.object ?? [:]) }
        }
        for (index, step) in try Self.objects(entry, "steps").enumerated() {
            calls.index = index
            if let problem = try run(opt, step) { return "step \(index): \(problem)" }
        }
        if let recorded = entry["final_state"]?.list {
            if let problem = try compareState(opt, recorded.map { $0.object ?? [:] }) {
                return "at the end: \(problem)"
            }
        }
        if let recorded = entry["after_finalize"] {
            try opt.finalizeVariableValues(variables)
            if let problem = try compare(variables, recorded) { return "after finalizing: \(problem)" }
        }
        return nil
    }

    // MARK: - Before the first step

    private static func variable(_ object: Configuration, _ dtype: DType) throws -> Variable {
        let unknown = object.keys.first { !["name", "shape", "data", "constraint"].contains($0) }
        if let unknown { throw Unreadable("unknown key \(unknown) of a variable") }
        let variable = Variable(
            try Configuration.Value.object(object).goldenTensor(dtype), name: try text(object, "name"), dtype: dtype)
        if let constraint = object["constraint"]?.object {
            guard constraint == ["name": "NonNeg"] else { throw Unreadable("unknown constraint \(constraint)") }
            variable.constraint = { maximum($0, 0) }
        }
        return variable
    }

    private func prepare(_ opt: any Optimizer, _ setup: Configuration) throws {
        for key in setup.keys {
            let value = setup[key]?.object ?? [:]
            switch key {
            case "exclude_from_weight_decay":
                let names = value["var_list"]?.list?.compactMap(\.string) ?? []
                try opt.excludeFromWeightDecay(
                    varList: variables.filter { names.contains($0.name) },
                    varNames: value["var_names"]?.list?.compactMap(\.string) ?? [])
                guard Set(value.keys).isSubset(of: ["var_list", "var_names"]) else {
                    throw Unreadable("unknown key of \(key): \(value)")
                }
            case "set_weights": try fill(opt, value)
            default: throw Unreadable("unknown setup \(key)")
            }
        }
    }

    /// Fills every slot with the number for it. A list that lacks the counter is handed over without it.
    private func fill(_ opt: any Optimizer, _ numbers: Configuration) throws {
        opt.build(variables)
        var unused = Set(numbers.keys)
        var values: [Tensor] = []
        for weight in opt.weights {
            let slot = named(weight).slot
            guard let number = numbers[slot]?.number else {
                if slot == "iter" { continue }
                throw Unreadable("set_weights says nothing of \(slot)")
            }
            unused.remove(slot)
            values.append(Tensor.full(weight.shape, Tensor(number, dtype: .float64)).cast(to: weight.dtype))
        }
        guard unused.isEmpty else { throw Unreadable("set_weights has \(unused), the optimizer has not") }
        try opt.setWeights(values)
    }

    // MARK: - Steps

    private func run(_ opt: any Optimizer, _ step: Configuration) throws -> String? {
        if let key = step.keys.first(where: { !["gradients", "expect", "before"].contains($0) }) {
            throw Unreadable("unknown key \(key) of a step")
        }
        try assign(opt, step["before"]?.object ?? [:])
        let expected = try Self.object(step, "expect")
        let rate = opt.learningRate / (1 + ((opt as? RMSprop)?.decay ?? 0) * Double(opt.iterations))
        let gradients = step["gradients"]?.list ?? []
        guard gradients.count == variables.count else { throw Unreadable("a gradient for each variable is needed") }
        try apply(opt, gradients)
        for key in expected.keys {
            let value = expected[key]!
            switch key {
            case "learning_rate":
                guard let want = value.number else { throw Unreadable("learning_rate \(value)") }
                if let problem = mismatch(Tensor(rate, dtype: .float64), want, tolerance) {
                    return "learning_rate: \(problem)"
                }
            case "iterations":
                if value.integer != opt.iterations { return "iterations: got \(opt.iterations), want \(value)" }
            case "calls":
                if value.integer != opt.state.calls { return "calls: got \(opt.state.calls), want \(value)" }
            case "variables": if let problem = try compare(variables, value) { return problem }
            default: throw Unreadable("unknown expectation \(key)")
            }
        }
        return nil
    }

    private func assign(_ opt: any Optimizer, _ before: Configuration) throws {
        for key in before.keys {
            guard let number = before[key]?.number else { throw Unreadable("\(key) needs a number") }
            switch (key, opt as? RMSprop) {
            case ("set_learning_rate", _): opt.learningRate = number
            case ("set_momentum", let opt?): opt.momentum = number
            case ("set_rho", let opt?): opt.rho = number
            default: throw Unreadable("unknown assignment \(key)")
            }
        }
    }

    private func apply(_ opt: any Optimizer, _ gradients: [Configuration.Value]) throws {
        // TensorFlow 1 knows only the way that computes gradients.
        switch entry["api"]?.string ?? (mode == "tf1" ? "minimize" : "apply_gradients") {
        case "apply_gradients":
            try opt.applyGradients(zip(try zip(gradients, variables).map(gradient), variables))
        case "minimize":
            let gradients = try zip(gradients, variables).map(gradient)
            let loss = {
                zip(gradients, variables).reduce(Tensor(0, dtype: dtype)) { sum, pair in
                    pair.0.map { sum + ($0 * pair.1).sum() } ?? sum
                }
            }
            let weight = entry["grad_loss"]?.number.map { Tensor($0, dtype: dtype) }
            try opt.minimize(loss, variables, gradLoss: weight)
        case let api: throw Unreadable("unknown api \(api)")
        }
    }

    private func gradient(_ value: Configuration.Value, for variable: Variable) throws -> Tensor? {
        if value == .null { return nil }
        if let numbers = value.goldenNumbers { return Tensor(numbers, shape: variable.shape, dtype: dtype) }
        guard let object = value.object, Set(object.keys) == ["indices", "values"],
            let indices = object["indices"]?.list?.compactMap(\.integer),
            let values = object["values"]?.goldenNumbers
        else { throw Unreadable("no gradient: \(value)") }
        let rows = Tensor(values, shape: Shape([indices.count] + variable.shape.dropFirst()), dtype: dtype)
        return IndexedSlices(values: rows, indices: Tensor(indices), shape: variable.shape).tensor
    }

    // MARK: - Comparing

    private func compare(_ variables: [Variable], _ recorded: Configuration.Value) throws -> String? {
        let lists = (recorded.list ?? []).compactMap(\.goldenNumbers)
        guard lists.count == variables.count else { throw Unreadable("values for each variable are needed") }
        for (variable, list) in zip(variables, lists) {
            let want = Tensor(list, shape: variable.shape, dtype: variable.dtype)
            if let problem = mismatch(variable.value, want, tolerance) { return "\(variable.name): \(problem)" }
        }
        return nil
    }

    private func compareState(_ opt: any Optimizer, _ recorded: [Configuration]) throws -> String? {
        var recorded = recorded
        if opt is LossScaleOptimizer {
            // The peer's wrapper has a counter and a rate of its own that mean nothing, and lists the scale after them.
            let own = ["iteration", "learning_rate"]
            recorded.removeAll { own.contains($0["slot"]?.string ?? "") }
        }
        let weights = opt.weights
        guard weights.count == recorded.count else {
            return "\(recorded.count) weights, got \(weights.map(\.name))"
        }
        for (weight, item) in zip(weights, recorded) {
            if let key = item.keys.first(where: { !["slot", "variable", "shape", "data"].contains($0) }) {
                throw Unreadable("unknown key \(key) of the final state")
            }
            var slot = try Self.text(item, "slot")
            if slot.hasPrefix("inner/") { slot.removeFirst(6) }
            let (name, owner) = named(weight)
            guard name == slot, item["variable"].map({ $0.string == owner }) ?? true else {
                return "\(slot) of \(item["variable"] ?? .null) in this place, got \(weight.name)"
            }
            // Whole numbers too are compared as they are recorded, not as what is left of a wrong one.
            let dtype = weight.dtype.isInteger ? .float64 : weight.dtype
            let want = try Configuration.Value.object(item).goldenTensor(dtype)
            if let problem = mismatch(
                weight.value.cast(to: dtype), want, weight.dtype.isInteger ? .exact : tolerance)
            {
                return "\(weight.name): \(problem)"
            }
        }
        return nil
    }

    /// The slot and the name of its variable, taken from the name of a weight.
    private func named(_ weight: Variable) -> (slot: String, owner: String?) {
        let owners = variables.map(\.name).filter {
            weight.name.hasPrefix($0 + "_") || weight.name.hasPrefix($0 + "/")
        }
        guard let owner = owners.max(by: { $0.count < $1.count }) else { return (weight.name, nil) }
        return (String(weight.name.dropFirst(owner.count + 1)), owner)
    }

    // MARK: - Reading

    static func text(_ object: Configuration, _ key: String) throws -> String {
        guard let text = object[key]?.string else { throw Unreadable("\(key) is missing") }
        return text
    }

    static func object(_ object: Configuration, _ key: String) throws -> Configuration {
        guard let result = object[key]?.object else { throw Unreadable("\(key) is missing") }
        return result
    }

    static func objects(_ object: Configuration, _ key: String) throws -> [Configuration] {
        guard let list = object[key]?.list else { throw Unreadable("\(key) is missing") }
        return list.compactMap(\.object)
    }
}
