import DescentCore

/// A float64 vector: NaN and infinities are no literals of tensors.
func numbers(_ elements: Double...) -> Tensor { Tensor(elements) }
