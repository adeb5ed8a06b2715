import DescentCore

/// A layer that knows of steps that do not count: those of sequences that were filled up to a common length.
///
/// A mask is a tensor [samples, steps] of truths. `Embedding(maskZero: true)` and `Masking` make one, recurrent layers skip
/// what it excludes, and layers that treat every step by itself pass it on. In `Sequential` masks go from layer to layer by
/// themselves; a layer that does not conform ends them. By hand:
///
/// ```swift
/// let embedding = Embedding(10, 2, embeddingsInitializer: .ones, maskZero: true)
/// let words = Tensor([[3, 4, 0], [5, 0, 0]], dtype: .int32)
/// let mask = embedding.outputMask(words, mask: nil)
/// print(mask!)
/// // [[ true,  true, false],
/// //  [ true, false, false]]
/// let y = LSTM(3)(embedding(words), mask: mask)
/// print(y.shape)                                  // [2, 3]
/// ```
public protocol MaskedLayer: Layer {
    /// What the layer makes of a batch of which only the steps count that the mask has.
    func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor

    /// Which steps of the result count; nil if all do.
    func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor?
}

extension MaskedLayer {
    /// The same as without a mask.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor { self(x) }

    /// The mask of the input.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? { mask }
}
