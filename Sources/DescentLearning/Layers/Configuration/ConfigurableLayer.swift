import DescentCore
import DescentFiles

/// A layer that configurations can describe.
///
/// Conforming takes one function, `make`, which lists the arguments by their documented names; `getConfig` and
/// `fromConfig` follow. See `LayerArguments` for an example.
public protocol ConfigurableLayer: Layer, Configurable {
    /// Makes a layer of arguments, each of which is named once: this reads configurations, and writes them too.
    static func make(_ arguments: LayerArguments<Self>) throws -> Self

    /// Why no such layer can be; nil if it can.
    var argumentError: DescentError? { get }
}

extension ConfigurableLayer {
    /// The name of the type.
    public static var className: String { String(describing: Self.self) }

    /// Nothing is wrong.
    public var argumentError: DescentError? { nil }

    /// The arguments by their documented names, as Keras 3 has them.
    public func getConfig() -> Configuration {
        let arguments = LayerArguments(writing: self, className: Self.className)
        // Only what reads can be refused.
        _ = try? Self.make(arguments)
        var common: Configuration = ["name": .init(name)]
        let weights = ModuleWalk(self).weights
        // Some layers of Keras that have no variables refuse the word.
        if !weights.isEmpty { common["trainable"] = .bool(weights.contains { !$0.isFrozen }) }
        return common.merging(arguments.written)
    }

    /// Makes what the configuration describes; the values of variables are not part of it.
    ///
    /// - Throws: an unknown key, a value of a wrong kind or out of range.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Self {
        let arguments = LayerArguments<Self>(reading: config, for: className, customObjects)
        let layer = try make(arguments)
        let trainable = try arguments.finish()
        if let error = layer.argumentError { throw error }
        if !trainable { layer.trainable = false }
        return layer
    }

    /// The configuration together with the class, as Keras 3 writes it into files.
    public func serialized() -> Configuration {
        let isBuiltIn = Layers.all.contains { $0 == Self.self }
        return [
            "module": isBuiltIn ? "keras.layers" : nil, "class_name": .string(Self.className),
            "config": .object(getConfig()), "registered_name": isBuiltIn ? nil : .string(Self.className),
        ]
    }
}
