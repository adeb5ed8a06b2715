/// The extents of a tensor along its axes. `[]` is the shape of a single number.
///
/// ```swift
/// let shape: Shape = [2, 3]
/// print(shape.rank, shape.count, shape)   // 2 6 [2, 3]
/// ```
public struct Shape: Sendable, Hashable {
    /// The extents, outermost first.
    public let dimensions: [Int]

    /// A shape with these extents.
    @inlinable
    public init(_ dimensions: [Int]) { self.dimensions = dimensions }

    /// The shape of a single number.
    public static var scalar: Shape { Shape([]) }

    /// The largest number of axes an operation accepts.
    public static let maximumRank = 8

    /// The number of axes.
    @inlinable
    public var rank: Int { dimensions.count }

    /// The number of elements.
    @inlinable
    public var count: Int {
        var product = 1
        for extent in dimensions { product *= extent }
        return product
    }

    /// Whether both have the same extents.
    @inlinable
    public static func == (lhs: Shape, rhs: Shape) -> Bool { lhs.dimensions == rhs.dimensions }
}

// A sequence and no collection: `count` is the number of elements of the tensor, not of extents.
extension Shape: ExpressibleByArrayLiteral, Sequence, CustomStringConvertible {
    /// A shape with these extents.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The extent along an axis, counted from the front.
    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// The extents, outermost first.
    public func makeIterator() -> IndexingIterator<[Int]> { dimensions.makeIterator() }

    /// The extents in brackets, `[2, 3]`.
    public var description: String {
        "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
    }
}

extension Shape {
    /// The shape two operands broadcast to by NumPy's rule (aligned at the last axis, 1 stretches), or nil.
    public func broadcast(with other: Shape) -> Shape? {
        if self == other || other.rank == 0 { return self }
        if rank == 0 { return other }
        let rank = Swift.max(rank, other.rank)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let left = axis - (rank - self.rank)
            let right = axis - (rank - other.rank)
            let l = left >= 0 ? dimensions[left] : 1
            let r = right >= 0 ? other.dimensions[right] : 1
            guard l == r || l == 1 || r == 1 else { return nil }
            result[axis] = l == 1 ? r : l
        }
        return Shape(result)
    }

    /// Whether a tensor of this shape stretches to `target` without changing `target`.
    public func broadcasts(to target: Shape) -> Bool { broadcast(with: target) == target }

    /// Row-major strides, in elements.
    package var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        var step = 1
        for axis in stride(from: rank - 1, through: 0, by: -1) {
            strides[axis] = step
            step *= dimensions[axis]
        }
        return strides
    }

    /// Axes counted from the front (negative ones count from the back), sorted; nil is every axis.
    package func resolve(
        axes: [Int]?, operation: String
    ) throws(DescentError) -> [Int] {
        guard let axes else { return Array(0..<rank) }
        var resolved: [Int] = []
        for axis in axes {
            let positive = axis < 0 ? axis + rank : axis
            guard positive >= 0, positive < rank else {
                throw DescentError(
                    operation: operation, "axes lie in \(-rank)..<\(rank) for rank \(rank)",
                    received: "axis \(axis), shape \(self)")
            }
            guard !resolved.contains(positive) else {
                throw DescentError(
                    operation: operation, "an axis may be named once only", received: "axes \(axes), shape \(self)")
            }
            resolved.append(positive)
        }
        return resolved.sorted()
    }

    /// What is left when `axes` (resolved) are folded.
    package func reduced(over axes: [Int], keepDims: Bool) -> Shape {
        var result: [Int] = []
        for axis in 0..<rank {
            if !axes.contains(axis) {
                result.append(dimensions[axis])
            } else if keepDims {
                result.append(1)
            }
        }
        return Shape(result)
    }
}
