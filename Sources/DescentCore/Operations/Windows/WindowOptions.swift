/// Where the axis of channels is. Axis 0 counts the samples of the batch.
///
/// ```swift
/// let x = Tensor.ones([1, 5, 2])   // one sample of length 5 with 2 channels
/// print(maxPool1d(x, window: 5, dataFormat: .channelsLast).shape)   // [1, 1, 2]
/// ```
public enum DataFormat: Sendable {
    /// [batch, channels, …], as in PyTorch.
    case channelsFirst
    /// [batch, …, channels], as in Keras.
    case channelsLast
}

/// A number for each spatial axis; a single one counts for all.
///
/// ```swift
/// let x = Tensor.ones([1, 1, 4, 6])
/// print(avgPool2d(x, window: 2).shape)        // [1, 1, 2, 3]
/// print(avgPool2d(x, window: [4, 2]).shape)   // [1, 1, 1, 3]
/// ```
public struct SpatialExtents: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    package let numbers: [Int]

    /// One number for all axes.
    public init(_ number: Int) { numbers = [number] }

    /// A number for each axis.
    public init(_ numbers: [Int]) { self.numbers = numbers }

    /// One number for all axes.
    public init(integerLiteral number: Int) { self.init(number) }

    /// A number for each axis.
    public init(arrayLiteral numbers: Int...) { self.init(numbers) }
}

/// What surrounds the spatial axes of the input of a convolution or pool.
///
/// ```swift
/// let x = Tensor.ones([1, 1, 5])
/// let kernel = Tensor.ones([1, 1, 3])
/// print(conv1d(x, kernel).shape)                                  // [1, 1, 3]
/// print(conv1d(x, kernel, padding: .same).shape)                  // [1, 1, 5]
/// print(conv1d(x, kernel, padding: .explicit(2)).shape)           // [1, 1, 7]
/// print(conv1d(x, kernel, padding: .borders([(2, 0)])).shape)     // [1, 1, 5]
/// ```
public enum WindowPadding: Sendable {
    /// Nothing.
    case valid
    /// So much that there is a result for every `stride`-th element; of an odd number one more behind.
    case same
    /// So much before and behind, for each axis.
    case explicit(SpatialExtents)
    /// For each axis so much before and so much behind.
    case borders([(before: Int, after: Int)])
}
