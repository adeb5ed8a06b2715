/// The extents of a tensor along its axes. `[]` is the shape of a single number.
///
/// ```swift
/// let shape: Shape = [2, 3]
/// print(shape.rank, shape.count, shape)   // 2 6 [2, 3]
/// ```
public struct Shape: Sendable, Hashable {
    // Every node has a shape, and most shapes are small: up to four extents of 32 bits lie in the structure itself,
    // two in each word, so that copying one counts no references. All others are in an array.
    private var firstTwo: UInt64
    private var nextTwo: UInt64
    private var large: [Int]?
    private var smallRank: UInt8

    /// A shape with these extents.
    public init(_ dimensions: [Int]) { self.init(rank: dimensions.count) { dimensions[$0] } }

    /// A shape with `rank` extents, each asked for once or twice.
    @inline(__always)
    package init(rank: Int, _ extent: (_ axis: Int) -> Int) {
        var words: (UInt64, UInt64) = (0, 0)
        var isSmall = rank <= 4
        if isSmall {
            for axis in 0..<rank {
                let extent = extent(axis)
                if UInt32(exactly: extent) == nil { isSmall = false }
                let bits = UInt64(UInt32(truncatingIfNeeded: extent)) << (32 * UInt64(axis & 1))
                if axis < 2 { words.0 |= bits } else { words.1 |= bits }
            }
        }
        if isSmall {
            (firstTwo, nextTwo) = words
            smallRank = UInt8(rank)
            large = nil
        } else {
            (firstTwo, nextTwo, smallRank) = (0, 0, 0)
            large = (0..<rank).map(extent)
        }
    }

    private init(scalar: Void) { (firstTwo, nextTwo, smallRank, large) = (0, 0, 0, nil) }

    /// The shape of a single number.
    public static var scalar: Shape { Shape(scalar: ()) }

    /// Becomes a shape without references to anything.
    @inline(__always)
    package mutating func forget() { if large != nil { self = .scalar } }

    /// The largest number of axes an operation accepts.
    public static let maximumRank = 8

    /// The number of axes.
    public var rank: Int {
        if let large { return large.count }
        return Int(smallRank)
    }

    /// The extent along an axis, counted from the front.
    public subscript(axis: Int) -> Int {
        if let large { return large[axis] }
        precondition(axis >= 0 && axis < Int(smallRank), "an axis lies in 0..<rank")
        let word = axis < 2 ? firstTwo : nextTwo
        return Int(truncatingIfNeeded: word >> (32 * UInt64(axis & 1)) & 0xFFFF_FFFF)
    }

    /// The extents, outermost first.
    public var dimensions: [Int] { large ?? (0..<rank).map { self[$0] } }

    /// The number of elements.
    public var count: Int {
        var product = 1
        for axis in 0..<rank { product *= self[axis] }
        return product
    }

    /// Whether both have the same extents.
    public static func == (lhs: Shape, rhs: Shape) -> Bool {
        guard lhs.firstTwo == rhs.firstTwo, lhs.nextTwo == rhs.nextTwo, lhs.smallRank == rhs.smallRank else {
            return false
        }
        if lhs.large == nil, rhs.large == nil { return true }
        return lhs.large == rhs.large
    }
}

// A sequence and no collection: `count` is the number of elements of the tensor, not of extents.
extension Shape: ExpressibleByArrayLiteral, Sequence, CustomStringConvertible {
    /// A shape with these extents.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The extents, outermost first.
    public func makeIterator() -> Iterator { Iterator(shape: self) }

    /// Goes through the extents, outermost first.
    public struct Iterator: IteratorProtocol {
        fileprivate let shape: Shape
        private var axis = 0

        fileprivate init(shape: Shape) { self.shape = shape }

        /// The next extent, nil after the innermost.
        public mutating func next() -> Int? {
            guard axis < shape.rank else { return nil }
            defer { axis += 1 }
            return shape[axis]
        }
    }

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
        var fits = true
        let shape = Shape(rank: rank) { axis in
            let left = axis - (rank - self.rank)
            let right = axis - (rank - other.rank)
            let l = left >= 0 ? self[left] : 1
            let r = right >= 0 ? other[right] : 1
            if l != r, l != 1, r != 1 { fits = false }
            return l == 1 ? r : l
        }
        return fits ? shape : nil
    }

    /// Whether a tensor of this shape stretches to `target` without changing `target`.
    public func broadcasts(to target: Shape) -> Bool { broadcast(with: target) == target }

    /// One axis more, the innermost.
    package func appending(_ extent: Int) -> Shape {
        Shape(rank: rank + 1) { $0 < rank ? self[$0] : extent }
    }

    /// Without the `count` outermost axes.
    package func dropping(first count: Int) -> Shape { Shape(rank: rank - count) { self[$0 + count] } }

    /// Without the `count` innermost axes.
    package func dropping(last count: Int) -> Shape { Shape(rank: rank - count) { self[$0] } }

    /// Row-major strides, in elements.
    package var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        var step = 1
        for axis in stride(from: rank - 1, through: 0, by: -1) {
            strides[axis] = step
            step *= self[axis]
        }
        return strides
    }

    /// Axes counted from the front (negative ones count from the back), sorted; nil is every axis.
    package func resolve(
        axes: [Int]?, operation: String
    ) throws(DescentError) -> [Int] {
        guard let axes else { return Array(0..<rank) }
        var resolved: [Int] = []
        resolved.reserveCapacity(axes.count)
        var isSorted = true
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
            if let last = resolved.last, last > positive { isSorted = false }
            resolved.append(positive)
        }
        return isSorted ? resolved : resolved.sorted()
    }

    /// What is left when `axes` (resolved) are folded.
    package func reduced(over axes: [Int], keepDims: Bool) -> Shape {
        if keepDims { return Shape(rank: rank) { axes.contains($0) ? 1 : self[$0] } }
        var next = 0
        return Shape(rank: rank - axes.count) { _ in
            while axes.contains(next) { next += 1 }
            defer { next += 1 }
            return self[next]
        }
    }
}
