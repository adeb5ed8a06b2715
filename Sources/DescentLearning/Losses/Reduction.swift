/// How the losses of a batch become one number.
///
/// ```swift
/// let mse = Loss.meanSquaredError(reduction: .sum)
/// print(mse([[0, 0], [1, 1]], [[1, 1], [1, 3]]))   // 3.0
/// ```
public enum Reduction: String, Sendable, Hashable, CaseIterable {
    /// The sum of all losses, weighted if there are weights, divided by how many there are.
    case sumOverBatchSize = "sum_over_batch_size"
    /// The same as `sumOverBatchSize`.
    case mean
    /// The sum of all losses, weighted if there are weights.
    case sum
    /// One loss for each sample.
    case none
    /// The weighted sum of all losses divided by the sum of the weights; 0 where that is 0. A weight that several
    /// losses share counts for each of them, so that equal weights give the mean.
    case meanWithSampleWeight = "mean_with_sample_weight"
}
