/// What only some nodes have.
package final class Attributes: @unchecked Sendable {
    /// Parameters of the operation; part of what makes two expressions the same.
    package let integers: [Int]
    /// Inputs of operations that take any number of them.
    package private(set) var inputs: [Node]
    package let error: DescentError?
    /// Where the operation was called, for errors that show only when it runs.
    package let location: SourceLocation?
    /// The rule of a `customGradient`.
    package let rule: CustomRule?
    /// The serials of what belongs to a checkpointed stretch.
    package let region: Range<UInt64>?
    /// Which rows of a computed sum of rows may differ from zero.
    package let rows: Node?

    package typealias CustomRule = @Sendable (_ gradient: Tensor) -> [Tensor?]

    package init(
        _ integers: [Int] = [], inputs: [Node] = [], error: DescentError? = nil, location: SourceLocation? = nil,
        rule: CustomRule? = nil, region: Range<UInt64>? = nil, rows: Node? = nil
    ) {
        self.integers = integers
        self.inputs = inputs
        self.error = error
        self.location = location
        self.rule = rule
        self.region = region
        self.rows = rows
    }

    /// The axes 0..<n, for each n: gradients of biases are sums over them, at every step.
    static let firstAxes = (0...Shape.maximumRank).map { Attributes(Array(0..<$0)) }

    /// Marks a stand-in for a number that is 0 where its sample is, and else not.
    static let ofSampleSort = Attributes()

    func takeInputs() -> [Node] {
        defer { inputs = [] }
        return inputs
    }
}

extension Primitive {
    /// A value that is given rather than computed.
    package static let constant = Primitive("constant", .leaf(isArgument: false), .none)
}
