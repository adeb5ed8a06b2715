import DescentCore
import DescentFiles

/// What a callback must remember to go on with a training that was cut off: values and tensors by name.
public struct CallbackMemory {
    /// Numbers, texts and the like.
    public var values: Configuration
    /// Tensors by name.
    public var tensors: [(name: String, tensor: Tensor)]

    /// These values and tensors; by default none.
    public init(_ values: Configuration = [:], tensors: [(name: String, tensor: Tensor)] = []) {
        self.values = values
        self.tensors = tensors
    }
}
