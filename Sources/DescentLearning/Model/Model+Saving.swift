import DescentCore
import DescentFiles

extension Model {
    /// Writes the values of all variables, under their names, to a safetensors file. It appears whole or not at all.
    ///
    /// ```swift
    /// let model = Sequential(Dense(2, kernelInitializer: .ones))
    /// _ = model([[1, 2, 3]])
    /// try model.save("/tmp/descent-example-model.safetensors")
    /// print(try SafeTensors.read("/tmp/descent-example-model.safetensors").names)   // ["dense.kernel", "dense.bias"]
    ///
    /// let other = Sequential(Dense(2))
    /// try other.loadWeights("/tmp/descent-example-model.safetensors")
    /// print(other([[1, 2, 3]]))   // [[6.0, 6.0]]
    /// ```
    ///
    /// Beside the values stand the shapes of what the model reads and, for a `Sequential`, its configuration.
    ///
    /// - Parameters:
    ///   - path: the file; its folder must exist.
    ///   - metadata: further texts to stand in the file.
    /// - Throws: where the file cannot be written; a model without variables. An older file stays as it was.
    public func save(
        _ path: String, metadata: [String: String] = [:], file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try located(file, line) {
            let named = namedVariables
            guard !named.isEmpty else {
                throw DescentError(
                    "save", "a model must have been called once, so that it has variables", received: path)
            }
            var texts = metadata
            texts["format"] = texts["format"] ?? "descent"
            texts[SavedModel.inputsKey] = SavedModel.text(of: inputSignatures)
            if let sequential = self as? Sequential {
                texts[SavedModel.configKey] = sequential.serialized().json
            }
            try SafeTensors.write(named.map { ($0.name, $0.variable.tensor) }, metadata: texts, to: path)
        }
    }

    /// Takes over the values that a file has for all variables of this model.
    ///
    /// Names and shapes must be the same. Where variables are not made yet they are made for inputs of the shape that is given,
    /// or that stands in the file. Values become the type of the variable.
    ///
    /// - Parameters:
    ///   - path: a safetensors file, of this framework or another.
    ///   - inputShape: the shape of a row of the input, for a model that was never called.
    /// - Throws: a file that cannot be read; names that are missing, and those that nobody here has; another shape. Nothing
    ///   is changed then.
    public func loadWeights(
        _ path: String, inputShape: Shape? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try located(file, line) {
            try unmakingIfThrown {
                let saved = try SafeTensors.read(path)
                let given = inputShape.map { [InputSignature(row: $0, dtype: .float32)] }
                let inputs = try given ?? SavedModel.inputs(in: saved.metadata)
                try Weight.$limit.withValue(SavedModel.largestCount(in: saved)) { try build(inputs, "loadWeights") }
                var changes: [(Variable, Tensor)] = []
                let named = namedVariables
                try SavedModel.check(
                    "loadWeights", path, expected: named.map { ($0.name, $0.variable.shape) },
                    found: saved.names.map { ($0, saved.shape(of: $0) ?? []) })
                for (name, variable) in named { changes.append((variable, try saved[name].cast(to: variable.dtype))) }
                try Engine.update(changes)
            }
        }
    }

    /// The values of all variables, in the order of `variables`.
    public func getWeights() -> [Tensor] { variables.map(\.value) }

    /// Takes over what `getWeights` gave.
    ///
    /// ```swift
    /// let model = Sequential(Dense(1))
    /// _ = model([[1, 2]])
    /// try model.setWeights([[[3], [4]], [5]])
    /// print(model([[1, 1]]))   // [[12.0]]
    /// ```
    ///
    /// - Throws: another number of values than there are variables, or another shape. Nothing is changed then.
    public func setWeights(_ weights: [Tensor], file: StaticString = #fileID, line: UInt = #line) throws {
        try located(file, line) {
            let named = namedVariables
            guard named.count == weights.count else {
                throw DescentError(
                    "setWeights", "there must be a value for each of the \(named.count) variables",
                    received: "\(weights.count) values")
            }
            var changes: [(Variable, Tensor)] = []
            for ((name, variable), weight) in zip(named, weights) {
                if let error = weight.error { throw error }
                guard weight.shape == variable.shape else {
                    throw DescentError(
                        "setWeights", "a value must have the shape of its variable",
                        received: "\(weight.shape) for \(name) of shape \(variable.shape)")
                }
                changes.append((variable, weight.strong().cast(to: variable.dtype)))
            }
            try Engine.update(changes)
        }
    }

    /// Runs `body`. If it throws, variables that it has made are none again: they could be of a shape that only a wrong
    /// file asks for.
    func unmakingIfThrown<Result>(_ body: () throws -> Result) throws -> Result {
        let (unmade, inputs) = (ModuleWalk(self).weights.filter { $0.variable == nil }, trainer.inputs)
        let shape = (self as? Sequential)?.inputShape
        do {
            return try body()
        } catch {
            for weight in unmade { weight.unmake() }
            trainer.inputs = inputs
            (self as? Sequential)?.inputShape = shape
            throw error
        }
    }

    /// Makes variables that are not there yet, for inputs of these shapes.
    func build(_ inputs: [InputSignature]?, _ operation: StaticString) throws {
        guard ModuleWalk(self).weights.contains(where: { $0.variable == nil }) || variables.isEmpty else { return }
        let known = inputSignatures.isEmpty ? inputs ?? [] : inputSignatures
        guard !known.isEmpty else {
            throw DescentError(
                operation, "a model that was never called needs inputShape", received: "a file that does not say it")
        }
        let output = try Pass.outside { self(try Input(tensors: known.map(\.placeholder))) }
        if let error = output.error { throw error }
        trainer.inputs = known
    }

    /// The shapes and types of what the model reads, as far as they are known.
    private var inputSignatures: [InputSignature] {
        if !trainer.inputs.isEmpty { return trainer.inputs }
        guard let shape = (self as? Sequential)?.inputShape else { return [] }
        return [InputSignature(row: shape, dtype: .float32)]
    }
}

extension Sequential {
    /// The model that `save` has written: its layers, and the values of their variables.
    ///
    /// ```swift
    /// let model = Sequential(Dense(3, activation: .relu), Dense(1))
    /// let y = model([[1, 2]])
    /// try model.save("/tmp/descent-example-model.safetensors")
    /// let again = try Sequential.load("/tmp/descent-example-model.safetensors")
    /// print((again([[1, 2]]) .== y).all())   // true
    /// ```
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - customObjects: layers and the like that may be named beside the built-in ones.
    /// - Throws: a file that cannot be read, or has no configuration; a class that nobody knows.
    public static func load(
        _ path: String, customObjects: CustomObjects = [:], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Sequential {
        try located(file, line) {
            let saved = try SafeTensors.read(path)
            guard let text = saved.metadata[SavedModel.configKey],
                let config = try Configuration(json: text)["config"]?.object
            else {
                throw DescentError("load", "the file must say which layers there are", received: path)
            }
            return try Weight.$limit.withValue(SavedModel.largestCount(in: saved)) {
                let model = try fromConfig(config, customObjects: customObjects)
                try model.loadWeights(path)
                return model
            }
        }
    }
}

/// What stands in the file of a model besides the values.
enum SavedModel {
    static let configKey = "descent.model"
    static let inputsKey = "descent.inputs"

    /// The shapes and types of inputs as JSON.
    static func text(of inputs: [InputSignature]) -> String { Configuration.Value.list(inputs.map(value)).json }

    /// The shapes and types of inputs that metadata name; nil if they name none.
    static func inputs(in metadata: [String: String]) throws -> [InputSignature]? {
        guard let text = metadata[inputsKey] else { return nil }
        return try Configuration(json: #"{"inputs": \#(text)}"#)["inputs"].flatMap(inputs)
    }

    static func value(_ input: InputSignature) -> Configuration.Value {
        ["shape": .list(input.row.dimensions.map { .integer($0) }), "dtype": .string("\(input.dtype)")]
    }

    static func inputs(_ value: Configuration.Value) -> [InputSignature]? {
        guard let list = value.list, !list.isEmpty else { return nil }
        let inputs = list.compactMap { entry -> InputSignature? in
            guard let object = entry.object, let list = object["shape"]?.list,
                case let extents = list.compactMap(\.integer), extents.count == list.count,
                let dtype = DType.allCases.first(where: { $0.description == object["dtype"]?.string })
            else { return nil }
            return InputSignature(row: Shape(extents), dtype: dtype)
        }
        return inputs.count == list.count ? inputs : nil
    }

    /// How many numbers the largest value has.
    static func largestCount(in file: SafeTensors) -> Int {
        file.names.reduce(0) { max($0, file.shape(of: $1)?.count ?? 0) }
    }

    /// Refuses names that are missing or that nobody has, and shapes that differ.
    static func check(
        _ operation: StaticString, _ path: String, expected: [(String, Shape)], found: [(String, Shape)]
    ) throws {
        let (wanted, given) = (Set(expected.map(\.0)), Set(found.map(\.0)))
        let missing = expected.map(\.0).filter { !given.contains($0) }
        let surplus = found.map(\.0).filter { !wanted.contains($0) }
        guard missing.isEmpty, surplus.isEmpty else {
            var parts: [String] = []
            if !missing.isEmpty { parts.append("missing \(missing.joined(separator: ", "))") }
            if !surplus.isEmpty { parts.append("surplus \(surplus.joined(separator: ", "))") }
            throw DescentError(
                operation, "the file must have the variables of the model, and no others",
                received: "\(parts.joined(separator: "; ")) (\(path))")
        }
        let shapes = Dictionary(found, uniquingKeysWith: { first, _ in first })
        for (name, shape) in expected where shapes[name] != shape {
            throw DescentError(
                operation, "a value must have the shape of its variable",
                received: "\(shapes[name] ?? []) for \(name) of shape \(shape) (\(path))")
        }
    }
}
