import DescentCore
import DescentFiles

/// Layers as files describe them.
///
/// ```swift
/// let layer = try Layers.deserialize(["class_name": "Dense", "config": ["units": 2, "activation": "relu"]])
/// print(layer([[1, 2, 3]]).shape)                        // [1, 2]
/// print(Layers.serialize(Flatten())["class_name"]!)      // "Flatten"
/// ```
public enum Layers {
    /// The names of all classes that `deserialize` knows without being told.
    public static var knownNames: [String] { all.map { $0.className } }

    /// The layer that a file describes by class and configuration, as Keras 3 writes it.
    ///
    /// - Parameters:
    ///   - value: an object with `class_name` and `config`.
    ///   - customObjects: layers of one's own, by the names under which files know them.
    /// - Throws: an unknown class or key, a value of a wrong kind or out of range.
    public static func deserialize(
        _ value: Configuration.Value, customObjects: CustomObjects = [:]
    ) throws -> any Layer {
        let entry = try SerializedObject(value, "a layer")
        let type = try entry.type("a layer", of: all, or: customObjects)
        let object = try type.fromConfig(entry.config, customObjects: customObjects)
        if let layer = object as? any Layer { return layer }
        throw DescentError("deserialize", "a layer is a type that conforms to Layer", received: entry.className)
    }

    /// Class and configuration of a layer. One that cannot describe itself, like `Lambda`, is written by its name alone, and
    /// is refused when it is read, unless `customObjects` has a class of that name.
    public static func serialize(_ layer: any Layer) -> Configuration {
        if let layer = layer as? any Configurable { return layer.serialized() }
        let className = String(describing: type(of: layer))
        return [
            "module": nil, "class_name": .string(className), "config": ["name": .init(layer.name)],
            "registered_name": .string(className),
        ]
    }

    static var all: [any Configurable.Type] {
        [Sequential.self] + simple + regularizing + normalizing + shaping + windows + recurrent + preprocessing
    }

    private static var simple: [any Configurable.Type] {
        [
            Dense.self, Activation.self, Embedding.self, Masking.self, ActivityRegularization.self, ReLU.self,
            LeakyReLU.self, PReLU.self, ELU.self, Softmax.self,
        ]
    }
    private static var regularizing: [any Configurable.Type] {
        [
            Dropout.self, SpatialDropout1D.self, SpatialDropout2D.self, GaussianNoise.self, GaussianDropout.self,
            AlphaDropout.self,
        ]
    }
    private static var normalizing: [any Configurable.Type] {
        [
            BatchNormalization.self, LayerNormalization.self, GroupNormalization.self, RMSNormalization.self,
            UnitNormalization.self,
        ]
    }
    private static var shaping: [any Configurable.Type] {
        [
            Flatten.self, Reshape.self, Permute.self, RepeatVector.self, ZeroPadding1D.self, ZeroPadding2D.self,
            Cropping1D.self, UpSampling1D.self, UpSampling2D.self,
        ]
    }
    private static var windows: [any Configurable.Type] {
        [
            Conv1D.self, Conv2D.self, Conv1DTranspose.self, Conv2DTranspose.self, MaxPooling1D.self, MaxPooling2D.self,
            AveragePooling1D.self, AveragePooling2D.self, GlobalMaxPooling1D.self, GlobalMaxPooling2D.self,
            GlobalAveragePooling1D.self, GlobalAveragePooling2D.self,
        ]
    }
    private static var recurrent: [any Configurable.Type] {
        [
            SimpleRNN.self, LSTM.self, GRU.self, Bidirectional.self, TimeDistributed.self,
        ]
    }
    private static var preprocessing: [any Configurable.Type] {
        [
            Normalization.self, Rescaling.self, Discretization.self, CategoryEncoding.self,
        ]
    }
}
