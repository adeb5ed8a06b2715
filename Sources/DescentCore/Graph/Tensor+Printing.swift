// Printing: the shortest digits that read back as the same number, rows under each other.

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
    /// The numbers; above 1000 of them only the first and last three along each axis.
    ///
    /// ```swift
    /// print(Tensor([[1, 2], [3, 40]]))
    /// // [[ 1.0,  2.0],
    /// //  [ 3.0, 40.0]]
    /// ```
    public var description: String {
        do {
            return Listing(try known()).text
        } catch {
            return error.description
        }
    }

    /// The numbers, with shape and type.
    public var debugDescription: String {
        error?.description ?? "Tensor(\(description), shape: \(shape), dtype: \(dtype))"
    }
}

extension Variable: CustomStringConvertible, CustomDebugStringConvertible {
    /// The numbers of this moment, as a tensor prints them.
    public var description: String { tensor.description }

    /// The numbers, with name, shape and type.
    public var debugDescription: String {
        "Variable(\(description), name: \"\(name)\", shape: \(shape), dtype: \(dtype))"
    }
}

/// A known tensor laid out as text.
private struct Listing {
    private static let summarizedAbove = 1000
    private static let edge = 3

    private let node: Node
    private let summarized: Bool
    private let strides: [Int]

    init(_ tensor: Tensor) {
        node = tensor.node
        summarized = tensor.count > Listing.summarizedAbove
        strides = tensor.shape.strides
    }

    var text: String {
        guard node.shape.rank > 0 else { return string(at: 0) }
        // A vector needs no columns; from matrices on, numbers stand under each other.
        return list(axis: 0, offset: 0, width: node.shape.rank > 1 ? width(axis: 0, offset: 0) : 0)
    }

    /// The positions along an axis to show; nil stands for those left out.
    private func positions(_ axis: Int) -> [Int?] {
        let extent = node.shape[axis]
        guard summarized, extent > 2 * Listing.edge else { return Array(0..<extent) }
        return Array(0..<Listing.edge) + [nil] + Array(extent - Listing.edge..<extent)
    }

    private func list(axis: Int, offset: Int, width: Int) -> String {
        let isRow = axis == node.shape.rank - 1
        let parts = positions(axis).map { position -> String in
            guard let position else { return "…" }
            let offset = offset + position * strides[axis]
            guard isRow else { return list(axis: axis + 1, offset: offset, width: width) }
            let number = string(at: offset)
            return String(repeating: " ", count: Swift.max(0, width - number.count)) + number
        }
        let blankLines = String(repeating: "\n", count: node.shape.rank - axis - 1)
        let indent = String(repeating: " ", count: axis + 1)
        return "[" + parts.joined(separator: isRow ? ", " : "," + blankLines + indent) + "]"
    }

    private func width(axis: Int, offset: Int) -> Int {
        var widest = 0
        for case let position? in positions(axis) {
            let offset = offset + position * strides[axis]
            let isRow = axis == node.shape.rank - 1
            widest = Swift.max(
                widest, isRow ? string(at: offset).count : width(axis: axis + 1, offset: offset))
        }
        return widest
    }

    private func string(at index: Int) -> String {
        let bits = node.bits(at: index)
        return switch node.dtype {
        case .float32: Float(bitPattern: UInt32(truncatingIfNeeded: bits)).description
        case .float64: Double(bitPattern: bits).description
        case .int32: Int32(truncatingIfNeeded: bits).description
        case .int64: Int64(bitPattern: bits).description
        case .bool: bits & 1 == 1 ? "true" : "false"
        }
    }
}
