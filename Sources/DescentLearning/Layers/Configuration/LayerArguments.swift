import DescentCore
import DescentFiles

/// The arguments of a layer on their way from a configuration, or into one. A layer lists them once, in `make`.
///
/// ```swift
/// final class Scale: ConfigurableLayer {
///     let factor: Double
///     let name: String?
///     init(factor: Double, name: String? = nil) { (self.factor, self.name) = (factor, name) }
///     func callAsFunction(_ x: Tensor) -> Tensor { factor * x }
///     static func make(_ arguments: LayerArguments<Scale>) throws -> Scale {
///         try Scale(factor: arguments.required("factor", \.factor), name: arguments.name())
///     }
/// }
/// let config = Scale(factor: 3, name: "triple").getConfig()
/// print(config)                                         // {"name": "triple", "factor": 3.0}
/// print(try Scale.fromConfig(config)([1, 2]))           // [3.0, 6.0]
/// ```
public final class LayerArguments<L: Layer> {
    private enum Way {
        case reading(Configuration, ConfigurationReader)
        case writing(L)
    }

    private let way: Way
    private let className: String
    /// Types that the configuration may name beside the built-in ones.
    public let customObjects: CustomObjects
    private(set) var written: Configuration = [:]

    init(reading config: Configuration, for className: String, _ customObjects: CustomObjects) {
        way = .reading(config, ConfigurationReader(config, for: className))
        self.className = className
        self.customObjects = customObjects
    }

    init(writing layer: L, className: String) {
        way = .writing(layer)
        self.className = className
        customObjects = [:]
    }

    /// An argument that has a standard value.
    ///
    /// - Parameters:
    ///   - key: its documented name.
    ///   - value: where the layer keeps it.
    ///   - standard: what stands for a missing one.
    public func callAsFunction<Value: LayerArgument>(
        _ key: String, _ value: (L) -> Value, default standard: @autoclosure () -> Value
    ) throws -> Value {
        try find(key, value) ?? standard()
    }

    /// An argument that must be there.
    public func required<Value: LayerArgument>(_ key: String, _ value: (L) -> Value) throws -> Value {
        if let value = try find(key, value) { return value }
        throw DescentError("fromConfig", "a configuration of \(className) must have \(key)", received: "none")
    }

    /// An argument that is nil where it is missing.
    public func callAsFunction<Value: LayerArgument>(_ key: String, _ value: (L) -> Value?) throws -> Value? {
        try find(key, value) ?? nil
    }

    /// The name of the layer.
    public func name() throws -> String? { try self("name", \.name) }

    /// An argument of Keras that layers have here only with this value.
    public func only(_ key: String, _ value: Configuration.Value) throws {
        switch way {
        case .writing: written[key] = value
        case .reading(_, let reader):
            guard let given = reader.value(key), given != value else { return }
            throw DescentError("fromConfig", "\(key) of \(className) can only be \(value.json)", received: given.json)
        }
    }

    /// Writes an argument that is read in another way.
    func write(_ key: String, _ value: (L) -> Configuration.Value) {
        if case .writing(let layer) = way { written[key] = value(layer) }
    }

    /// Reads an argument that is written in another way; nil where it is missing or null.
    func read(_ key: String) -> Configuration.Value? {
        if case .reading(_, let reader) = way { reader.value(key) } else { nil }
    }

    /// The layer itself, while its arguments are written.
    var source: L? { if case .writing(let layer) = way { layer } else { nil } }

    private func find<Value: LayerArgument>(_ key: String, _ value: (L) -> Value) throws -> Value? {
        switch way {
        case .writing(let layer):
            let value = value(layer)
            written[key] = value.written
            return value
        case .reading(let config, let reader):
            // Asked for in any case, so that it is known.
            let given = reader.value(key)
            guard let entry = config[key] else { return nil }
            if let value = try Value.read(given ?? entry, customObjects) { return value }
            // For most arguments `None` means the standard value.
            if entry == .null { return nil }
            throw DescentError("fromConfig", "\(key) of \(className) must be \(Value.kind)", received: entry.json)
        }
    }

    /// Reads what every layer of Keras may say, and refuses what nobody asked for.
    ///
    /// - Returns: whether the layer is to be trained.
    func finish() throws -> Bool {
        guard case .reading(_, let reader) = way else { return true }
        for key in ["dtype", "build_config", "module", "registered_name", "quantization_config", "batch_input_shape"] {
            _ = reader.value(key)
        }
        let trainable = try reader.bool("trainable", default: true)
        try reader.finish()
        return trainable
    }
}
