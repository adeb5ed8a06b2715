import DescentCore
import DescentFiles

/// `scale · x + offset`: pixels from 0 to 255 become numbers from 0 to 1 or from −1 to 1.
///
/// ```swift
/// print(Rescaling(1.0 / 127.5, offset: -1)([[0, 255]]))   // [[-1.0,  1.0]]
/// ```
public final class Rescaling: MaskedLayer, ConfigurableLayer {
    /// What x is multiplied by: one number, or one for each feature.
    public let scale: [Double]
    /// What is added: one number, or one for each feature.
    public let offset: [Double]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer with one scale and offset for all.
    public convenience init(_ scale: Double, offset: Double = 0, name: String? = nil) {
        self.init([scale], offset: [offset], name: name)
    }

    /// A layer with scales and offsets for the features.
    public init(_ scale: [Double], offset: [Double] = [0], name: String? = nil) {
        self.scale = scale
        self.offset = offset
        self.name = name
    }

    /// scale · x + offset
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, atLeast: 0) { x in x * numbers(scale, x.dtype) + numbers(offset, x.dtype) }
    }

    private func numbers(_ numbers: [Double], _ dtype: DType) -> Tensor {
        numbers.count == 1
            ? .number(numbers[0], with: dtype) : Tensor(numbers, shape: [numbers.count]).cast(to: dtype)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Rescaling>) throws -> Rescaling {
        let scale: Numbers = try arguments.required("scale", { Numbers(list: $0.scale) })
        let offset = try arguments("offset", { Numbers(list: $0.offset) }, default: Numbers(list: [0]))
        return Rescaling(scale.list, offset: offset.list, name: try arguments.name())
    }
}
