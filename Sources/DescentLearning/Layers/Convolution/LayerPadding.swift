/// What a layer with windows does at the borders.
public enum LayerPadding: String, Sendable, CaseIterable, LayerArgument {
    /// Nothing: windows lie within the input.
    case valid
    /// Zeros around the input, so that there is a result for every `strides`-th element.
    case same
    /// Zeros before a sequence, so that no result sees what comes after it.
    case causal
}
