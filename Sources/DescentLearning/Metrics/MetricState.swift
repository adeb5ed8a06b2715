import DescentCore

/// What a metric knows at a moment: its sums by name, as a value that can be kept, sent and written to a file.
///
/// ```swift
/// let m = Mean()
/// try m.updateState([1, 3, 5, 7])
/// let state = m.state
/// print(state.sums.map(\.name), state.sums[0].numbers)   // ["total", "count"] [16.0]
///
/// let other = Mean()
/// try other.setState(state)
/// print(other.result())   // 4.0
/// ```
public struct MetricState: Hashable, Sendable, Codable {
    /// The sums, in the order in which the metric lists them.
    public var sums: [Sum]

    /// A state of these sums.
    public init(sums: [Sum]) { self.sums = sums }

    /// A named sum, or as many as its shape has elements.
    public struct Sum: Hashable, Sendable {
        /// What is summed, for example `"total"`.
        public var name: String
        /// The extents; empty for a single number.
        public var shape: Shape
        /// The numbers in row-major order, rounded to doubles.
        public var numbers: [Double]
        /// What the rounding has cut off of each number.
        public var residues: [Double]

        /// Sums of numbers that are exact as they stand.
        ///
        /// - Parameters:
        ///   - name: what is summed.
        ///   - shape: the extents; empty for a single number.
        ///   - numbers: the numbers in row-major order.
        ///   - residues: what rounding has cut off of each number; the default is nothing.
        public init(name: String, shape: Shape = [], numbers: [Double], residues: [Double]? = nil) {
            self.name = name
            self.shape = shape
            self.numbers = numbers
            self.residues = residues ?? [Double](repeating: 0, count: numbers.count)
        }
    }
}

extension MetricState.Sum: Codable {
    private enum Key: String, CodingKey { case name, shape, numbers, residues }

    /// Reads what `encode` has written; residues may be missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            shape: Shape(try container.decode([Int].self, forKey: .shape)),
            numbers: try container.decode([AnyNumber].self, forKey: .numbers).map(\.value),
            residues: try container.decodeIfPresent([AnyNumber].self, forKey: .residues)?.map(\.value))
    }

    /// Writes the sum; residues only if there are any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(shape.dimensions, forKey: .shape)
        try container.encode(numbers.map(AnyNumber.init), forKey: .numbers)
        if residues.contains(where: { $0 != 0 }) {
            try container.encode(residues.map(AnyNumber.init), forKey: .residues)
        }
    }
}

/// JSON has no NaN and no infinities; a metric that has seen them must be kept all the same.
private struct AnyNumber: Codable {
    let value: Double
    private static let names: [String: Double] = ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity]

    init(_ value: Double) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            value = number
        } else if let named = AnyNumber.names[try container.decode(String.self)] {
            value = named
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a number, NaN, Infinity or -Infinity must stand here")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isFinite {
            try container.encode(value)
        } else {
            try container.encode(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
        }
    }
}
