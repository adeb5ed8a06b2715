import DescentCore
import DescentFiles

extension Sequential: Configurable {
    /// The name of the class in files.
    public static var className: String { "Sequential" }

    /// Name and layers, as Keras 3 has them.
    ///
    /// ```swift
    /// let model = Sequential(Dense(4, activation: .relu), Dropout(0.5), Dense(1))
    /// let copy = try Sequential.fromConfig(model.getConfig())
    /// print(copy.namedLayers.map(\.name))   // ["dense", "dropout", "dense_1"]
    /// ```
    public func getConfig() -> Configuration {
        var entries: [Configuration.Value] = []
        var config: Configuration = ["name": .init(name), "trainable": true]
        if let inputShape {
            let batch: Configuration.Value = .list([.null] + inputShape.map { .integer($0) })
            let input: Configuration = ["batch_shape": batch, "dtype": "float32", "name": "input_layer"]
            entries.append(.keras("layers", "InputLayer", input))
        }
        for (name, layer) in namedLayers {
            var entry = Layers.serialize(layer)
            var arguments = entry["config"]?.object ?? [:]
            arguments["name"] = .string(name)
            entry["config"] = .object(arguments)
            entries.append(.object(entry))
        }
        config["layers"] = .list(entries)
        if let inputShape { config["build_input_shape"] = .list([.null] + inputShape.map { .integer($0) }) }
        return config
    }

    /// Class and configuration, as Keras 3 writes it into files.
    public func serialized() -> Configuration {
        [
            "module": "keras", "class_name": "Sequential", "config": .object(getConfig()), "registered_name": nil,
        ]
    }

    /// Makes the model that the configuration describes; the values of variables are not part of it.
    ///
    /// - Throws: an unknown class or key, a value of a wrong kind or out of range.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Sequential {
        let reader = ConfigurationReader(config, for: className)
        let name = try reader.string("name")
        let entries = try reader.required("layers", reader.value("layers")?.list)
        var shape = try reader.value("build_input_shape").flatMap { try Sequential.sample($0) }
        for key in ["dtype", "build_config"] { _ = reader.value(key) }
        let trainable = try reader.bool("trainable", default: true)
        try reader.finish()
        var layers: [any Layer] = []
        for value in entries {
            let entry = try SerializedObject(value, "a layer")
            guard entry.className == "InputLayer" else {
                layers.append(try Layers.deserialize(value, customObjects: customObjects))
                continue
            }
            let input = ConfigurationReader(entry.config, for: "InputLayer")
            for key in ["dtype", "sparse", "ragged", "name", "optional", "batch_input_shape"] { _ = input.value(key) }
            shape = try input.value("batch_shape").flatMap { try Sequential.sample($0) } ?? shape
            try input.finish()
        }
        let model = Sequential(layers, name: name)
        model.inputShape = shape
        if !trainable { model.trainable = false }
        return model
    }

    /// The shape of a sample in that of a batch; nil if an extent is open.
    private static func sample(_ value: Configuration.Value) throws -> Shape? {
        guard let extents = value.list else {
            throw DescentError("fromConfig", "the shape of a batch is a list", received: value.json)
        }
        let known = extents.dropFirst().map(\.integer)
        return known.contains(nil) ? nil : Shape(known.compactMap { $0 })
    }
}
