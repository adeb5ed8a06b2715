/// What may stand in a tensor's subscript: a position, a range, or one of the names of `Slice`.
///
/// Positions and bounds count from the front, negative ones from the back: `x[-1]` is the last row, `x[(-2)...]`
/// the last two.
public protocol TensorIndex: Sendable {
    /// The same, spelled out.
    var slice: Slice { get }
}

/// A choice of positions along an axis, or a new axis.
///
/// ```swift
/// let x = Tensor.arange(6).reshape(2, 3)
/// print(x[.all, 0])                          // [0.0, 3.0]
/// print(x[1, .range(step: -1)])              // [5.0, 4.0, 3.0]
/// print(x[.ellipsis, (0...).step(2)].shape)  // [2, 2]
/// ```
public struct Slice: TensorIndex, Hashable {
    enum Kind: Hashable {
        /// One position; its axis goes.
        case position(Int)
        /// From one position to before another, or to the end.
        case range(from: Int?, to: Int?, step: Int)
        /// As far as the position, which is included.
        case through(from: Int?, to: Int, step: Int)
        case newAxis
        case ellipsis
    }

    let kind: Kind

    /// This choice itself.
    public var slice: Slice { self }
}

extension TensorIndex where Self == Slice {
    /// The whole axis.
    public static var all: Slice { Slice(kind: .range(from: nil, to: nil, step: 1)) }

    /// A new axis of extent 1.
    public static var newAxis: Slice { Slice(kind: .newAxis) }

    /// All axes that no other index speaks of.
    public static var ellipsis: Slice { Slice(kind: .ellipsis) }

    /// Every `step`-th position from `from` to before `to`; with a negative step from the back to the front.
    ///
    /// - Parameters:
    ///   - from: the first position; the default is the first, or the last if the step is negative.
    ///   - to: where to stop, not included; the default is beyond the end that the step leads to.
    ///   - step: the distance, not 0.
    public static func range(from: Int? = nil, to: Int? = nil, step: Int = 1) -> Slice {
        Slice(kind: .range(from: from, to: to, step: step))
    }
}

extension Int: TensorIndex {
    /// The position.
    public var slice: Slice { Slice(kind: .position(self)) }
}

extension Range<Int>: TensorIndex {
    /// Every position of the range.
    public var slice: Slice { step(1) }

    /// Every `step`-th position of the range, as a tensor's index.
    public func step(_ step: Int) -> Slice {
        Slice(kind: .range(from: lowerBound, to: upperBound, step: step))
    }
}

extension ClosedRange<Int>: TensorIndex {
    /// Every position of the range.
    public var slice: Slice { step(1) }

    /// Every `step`-th position of the range, as a tensor's index.
    public func step(_ step: Int) -> Slice {
        Slice(kind: .through(from: lowerBound, to: upperBound, step: step))
    }
}

extension PartialRangeFrom<Int>: TensorIndex {
    /// From the bound to the end.
    public var slice: Slice { step(1) }

    /// Every `step`-th position of the range, as a tensor's index.
    public func step(_ step: Int) -> Slice { Slice(kind: .range(from: lowerBound, to: nil, step: step)) }
}

extension PartialRangeUpTo<Int>: TensorIndex {
    /// From the start to before the bound.
    public var slice: Slice { step(1) }

    /// Every `step`-th position of the range, as a tensor's index.
    public func step(_ step: Int) -> Slice { Slice(kind: .range(from: nil, to: upperBound, step: step)) }
}

extension PartialRangeThrough<Int>: TensorIndex {
    /// From the start to the bound, which is included.
    public var slice: Slice { step(1) }

    /// Every `step`-th position of the range, as a tensor's index.
    public func step(_ step: Int) -> Slice { Slice(kind: .through(from: nil, to: upperBound, step: step)) }
}

extension Slice: CustomStringConvertible {
    /// The choice in words, as messages show it.
    public var description: String {
        func bound(_ position: Int?) -> String { position.map(String.init) ?? "" }
        func suffix(_ step: Int) -> String { step == 1 ? "" : " step \(step)" }
        return switch kind {
        case .position(let position): "\(position)"
        case .range(let from, let to, let step): "\(bound(from))..<\(bound(to))\(suffix(step))"
        case .through(let from, let to, let step): "\(bound(from))...\(to)\(suffix(step))"
        case .newAxis: "newAxis"
        case .ellipsis: "ellipsis"
        }
    }
}

extension Slice {
    /// The positions of this range on an axis of `extent` elements, or nil if it leaves the axis.
    func resolved(_ extent: Int) -> (start: Int, step: Int, count: Int)? {
        func position(_ bound: Int) -> Int { bound < 0 ? bound + extent : bound }
        let from: Int?
        let step: Int
        let end: Int?
        switch kind {
        case .position(let index):
            let start = position(index)
            return start >= 0 && start < extent ? (start, 1, 1) : nil
        case .range(let lower, let upper, let distance):
            (from, step, end) = (lower, distance, upper.map(position))
        case .through(let lower, let upper, let distance):
            (from, step, end) = (lower, distance, position(upper) + distance.signum())
        case .newAxis, .ellipsis:
            return nil
        }
        guard step != 0 else { return nil }
        let start = from.map(position) ?? (step > 0 ? 0 : extent - 1)
        let stop = end ?? (step > 0 ? extent : -1)
        // Going forward, bounds lie in 0...extent; going backward, in -1..<extent.
        let allowed = step > 0 ? 0...extent : -1...Swift.max(extent - 1, -1)
        guard allowed.contains(start), allowed.contains(stop) else { return nil }
        let distance = step > 0 ? stop - start : start - stop
        guard distance >= 0 else { return nil }
        let count = (distance + step.magnitude.asInt - 1) / step.magnitude.asInt
        return (count == 0 ? 0 : start, step, count)
    }
}

extension UInt {
    fileprivate var asInt: Int { Int(clamping: self) }
}
