import DescentCore

/// How far a number may be from the one that is wanted.
///
/// NaN is close to NaN alone and an infinity to itself alone, whatever the tolerance.
public struct Tolerance: Sendable, Hashable {
    /// Allowed share of the wanted magnitude.
    public var relative = 0.0
    /// Allowed distance, added to the relative one.
    public var absolute = 0.0
    /// Allowed number of steps between neighbouring numbers of the tensors' type; a number within these is close even
    /// where the other two say no.
    public var ulps: UInt64 = 0
    /// Whether zeros of different sign and NaNs of different bits are different.
    public var bitwise = false

    /// Equal numbers (NaN equals NaN, zeros of either sign are equal).
    public static let exact = Tolerance()
    /// The same bits.
    public static let bits = Tolerance(bitwise: true)

    /// At most `count` steps between neighbouring numbers away.
    public static func ulps(_ count: UInt64) -> Tolerance { Tolerance(ulps: count) }

    /// |got − want| ≤ `absolute` + `relative` |want|.
    public static func within(relative: Double = 0, absolute: Double = 0) -> Tolerance {
        Tolerance(relative: relative, absolute: absolute)
    }
}

/// What is different between two tensors; it prints as a sentence.
public struct Mismatch: Error, Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What was compared and how it differs.
    public let description: String
    /// Indices of the first element that differs; nil if shapes or types differ or nothing could be computed.
    public let position: [Int]?

    /// The same sentence, so that `#expect(mismatch(…) == nil)` shows it.
    public var debugDescription: String { description }
}

/// What is different between `got` and `want`: types, shapes, or the elements that are further apart than
/// `tolerance`. Nil if nothing is.
///
/// A literal in the place of `want` takes the type of `got`. An expression that cannot be computed is a mismatch too, and
/// its error the description.
public func mismatch(_ got: Tensor, _ want: Tensor, _ tolerance: Tolerance = .exact) -> Mismatch? {
    let want = want.adapted(to: got.dtype)
    let left: [Element]
    let right: [Element]
    do {
        left = try elements(of: got)
        right = try elements(of: want)
    } catch {
        return Mismatch(description: "cannot be computed: \(error)", position: nil)
    }
    guard got.dtype == want.dtype else {
        return Mismatch(description: "types differ: got \(got.dtype), want \(want.dtype)", position: nil)
    }
    guard got.shape == want.shape else {
        return Mismatch(description: "shapes differ: got \(got.shape), want \(want.shape)", position: nil)
    }
    var first: Int?
    var worst = 0
    var worstDistance = -1.0
    var count = 0
    for index in left.indices where !left[index].isClose(to: right[index], tolerance) {
        if first == nil { first = index }
        count += 1
        let distance = left[index].distance(to: right[index])
        if distance > worstDistance { (worst, worstDistance) = (index, distance) }
    }
    guard let first else { return nil }
    var text = "\(count) of \(left.count) elements differ; first \(place(first))"
    if worst != first { text += "; furthest \(place(worst))" }
    return Mismatch(description: text, position: indices(of: first, in: got.shape))

    func place(_ index: Int) -> String {
        "at \(indices(of: index, in: got.shape)): got \(left[index]), want \(right[index])"
            + left[index].apart(from: right[index])
    }
}

/// What is different between the number in `got` and `want`, nil if nothing is.
@_disfavoredOverload
public func mismatch(_ got: Tensor, _ want: Double, _ tolerance: Tolerance = .exact) -> Mismatch? {
    mismatch(got, tensor([want], shape: [], dtype: got.dtype), tolerance)
}

// MARK: - Elements

/// One element, in the type of its tensor.
private enum Element: CustomStringConvertible {
    case single(Float)
    case double(Double)
    case integer(Int64)

    var description: String {
        switch self {
        case .single(let x): "\(x)"
        case .double(let x): "\(x)"
        case .integer(let x): "\(x)"
        }
    }

    func isClose(to want: Element, _ tolerance: Tolerance) -> Bool {
        switch (self, want) {
        case (.single(let a), .single(let b)):
            tolerance.bitwise
                ? a.bitPattern == b.bitPattern
                : ulpDistance(a, b) <= tolerance.ulps || within(Double(a), Double(b), tolerance)
        case (.double(let a), .double(let b)):
            tolerance.bitwise
                ? a.bitPattern == b.bitPattern
                : ulpDistance(a, b) <= tolerance.ulps || within(a, b, tolerance)
        case (.integer(let a), .integer(let b)):
            a == b || within(Double(a), Double(b), tolerance)
        default: false
        }
    }

    func distance(to want: Element) -> Double {
        let (a, b) = (number, want.number)
        return a.isFinite && b.isFinite ? (a - b).magnitude : .infinity
    }

    func apart(from want: Element) -> String {
        switch (self, want) {
        case (.single(let a), .single(let b)) where a.isFinite && b.isFinite: " (\(ulpDistance(a, b)) ulp)"
        case (.double(let a), .double(let b)) where a.isFinite && b.isFinite: " (\(ulpDistance(a, b)) ulp)"
        default: ""
        }
    }

    private var number: Double {
        switch self {
        case .single(let x): Double(x)
        case .double(let x): x
        case .integer(let x): Double(x)
        }
    }

    private func within(_ got: Double, _ want: Double, _ tolerance: Tolerance) -> Bool {
        got == want
            || got.isFinite && want.isFinite
                && (got - want).magnitude <= tolerance.absolute + tolerance.relative * want.magnitude
    }
}

private func elements(of tensor: Tensor) throws -> [Element] {
    let tensor = try tensor.evaluated()
    return switch tensor.dtype {
    case .float32: tensor.scalars(as: Float.self).map(Element.single)
    case .float64: tensor.scalars(as: Double.self).map(Element.double)
    case .int32, .int64: tensor.scalars(as: Int64.self).map(Element.integer)
    case .bool: tensor.scalars(as: Bool.self).map { .integer($0 ? 1 : 0) }
    }
}

private func indices(of index: Int, in shape: Shape) -> [Int] {
    var rest = index
    var indices: [Int] = []
    for extent in shape.reversed() {
        indices.append(rest % extent)
        rest /= extent
    }
    return indices.reversed()
}
