/// An operation that the graph knows: the closed list from which everything else is composed.
///
/// A primitive is declared once, as a static member in `Operations`, beside the functions that record it:
/// its name, its kernel, and its derivative. The engine looks only at `kernel`, reverse mode only at
/// `derivative`.
package final class Primitive: Sendable {
    package let name: String
    package let kernel: Kernel
    package let derivative: Derivative

    package init(_ name: String, _ kernel: Kernel, _ derivative: Derivative) {
        self.name = name
        self.kernel = kernel
        self.derivative = derivative
    }

    /// Whether shapes of inputs say all about the shape of the output.
    var isElementwise: Bool { kernel.isElementwise }

    var isView: Bool { if case .view = kernel { true } else { false } }

    // To ask the primitive is cheaper than to compare it with one, which would count references.

    /// Whether this is a value that is given.
    var isConstant: Bool { if case .leaf(isArgument: false) = kernel { true } else { false } }

    /// Whether this stands for an argument while a function is traced.
    var isArgument: Bool { if case .leaf(isArgument: true) = kernel { true } else { false } }
}

/// How the engine computes a primitive. Numbers are opcodes of CDescent.h.
package enum Kernel: Sendable, Equatable {
    /// A value that is given, or stands for one.
    case leaf(isArgument: Bool)
    /// One element from one element; a cast too.
    case unary(Int)
    /// One element from two, broadcasting.
    case binary(Int)
    /// `condition ? first : second`, broadcasting.
    case select
    /// Folds the axes in `Attributes.integers`.
    case reduce(Int)
    /// The index of the largest or smallest element along one axis.
    case argReduce(largest: Bool)
    /// The same elements seen through other strides.
    case view(ViewKind)
    /// Inputs one after the other along an axis.
    case concat
    /// The input inside a border of a constant.
    case pad
    /// Elements of the inputs at equal distances among zeros.
    case place
    case gather
    case scatterAdd
    /// The same with another way to combine: `CD_SCATTER_…`.
    case scatter(Int)
    /// A scan or an order along the axis `integers[0]`: `CD_ALONG_…`; from its end if `integers[1]` is 1.
    case along(Int)
    case matmul
    /// Numbers drawn from a counter-based generator, seeded by the input.
    case random(Int)
    /// Looks at whole matrices, windows or sequences; the parameters are in `Attributes.integers`.
    case routine(Int)

    var isElementwise: Bool {
        switch self {
        case .unary, .binary, .select: true
        default: false
        }
    }
}

/// The ways to see the same elements anew; the parameters are in `Attributes.integers`.
package enum ViewKind: UInt8, Sendable {
    /// The same elements in the same order under another shape.
    case reshape
    /// Axes reordered: axis i of the result is axis `integers[i]` of the input.
    case permute
    /// Stretched by NumPy's rule.
    case broadcast
    /// `integers` holds start, step of each axis; steps may be negative.
    case slice
    /// The input itself, under another identity.
    case alias
}

/// How a gradient passes through a primitive.
///
/// Each case says what the rule needs to know, so that a reader (and memory) can tell: nothing but the
/// incoming gradient, the inputs, or the output. A rule answers with one contribution; the caller sees to
/// shapes (see `Backward.accumulate`).
package enum Derivative: Sendable {
    /// No gradient passes: the function is constant almost everywhere or not about numbers.
    case none
    /// From the gradient alone.
    case linear(@Sendable (_ g: Tensor) -> Tensor)
    /// From the gradient and the input `x`.
    case fromInput(@Sendable (_ g: Tensor, _ x: Tensor) -> Tensor)
    /// From the gradient and the output `y`.
    case fromOutput(@Sendable (_ g: Tensor, _ y: Tensor) -> Tensor)
    /// Of two inputs, each by its own rule, from the gradient and the node's inputs `a`, `b` and output `y`.
    case binary(
        left: @Sendable (_ g: Tensor, _ node: borrowing Node) -> Tensor,
        right: @Sendable (_ g: Tensor, _ node: borrowing Node) -> Tensor)
    /// Anything else: the gradient of input `index` of the node, nil for none.
    case general(@Sendable (_ g: Tensor, _ node: Node, _ index: Int) -> Tensor?)
}

extension Derivative {
    /// What the rule makes of the gradient of a node for one input; nil for nothing.
    func contribution(_ gradient: Tensor, _ node: Node, _ input: Int) -> Tensor? {
        switch self {
        case .none: nil
        case .linear(let rule): rule(gradient)
        case .fromInput(let rule): rule(gradient, node.a)
        case .fromOutput(let rule): rule(gradient, node.y)
        case .binary(let left, let right): input == 0 ? left(gradient, node) : right(gradient, node)
        case .general(let rule): rule(gradient, node, input)
        }
    }
}

/// What rules of two inputs speak of.
extension Node {
    package var a: Tensor { Tensor(first!) }
    package var b: Tensor { Tensor(second!) }
    package var y: Tensor { Tensor(self) }
}
