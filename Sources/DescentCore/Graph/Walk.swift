/// Walks over the graph, all of them one at a time.
///
/// A walk leaves marks in the nodes and reads inputs that an evaluation may let go of, so it happens under one
/// lock. It lasts tens of nanoseconds a node; computing happens outside.
package struct Walk: ~Copyable {
    /// Every node of the process is looked at by one walk at a time.
    package static let lock = Guarded(Walk())

    /// Marks below this are from earlier walks.
    private var base: UInt64 = 1
    /// The nodes in an order in which inputs come before those that use them. Held by the roots.
    package private(set) var order = Pile<Unmanaged<Node>>()
    private var stack = Pile<Unmanaged<Node>>()
    /// Marks a node whose inputs are being visited.
    private static let open = UInt64.max

    /// Orders all nodes that `roots` need, from those that `inputs` says to stop at.
    ///
    /// `expand` calls its second argument for every input that the walk should go on to.
    @inline(__always)
    package mutating func run(
        from roots: some Collection<Node>, expand: (borrowing Node, (Unmanaged<Node>) -> Void) -> Void
    ) {
        base += UInt64(order.count)
        order.removeAll()
        for index in roots.indices {
            let root = Unmanaged.passUnretained(roots[index])
            stack.append(root)
            while let reference = stack.last {
                reference._withUnsafeGuaranteedRef { node in
                    if node.mark < base {
                        node.mark = Walk.open
                        expand(node) { input in
                            if input._withUnsafeGuaranteedRef({ $0.mark }) < base { stack.append(input) }
                        }
                    } else {
                        stack.removeLast()
                        // Two users may both have asked for the node.
                        guard node.mark == Walk.open else { return }
                        node.mark = base + UInt64(order.count)
                        order.append(reference)
                    }
                }
            }
        }
    }

    /// The position of a node that the last walk has visited.
    package func index(of node: borrowing Node) -> Int { Int(node.mark - base) }

    /// The position of a node that the last walk has visited.
    package func index(of node: Unmanaged<Node>) -> Int {
        node._withUnsafeGuaranteedRef { Int($0.mark - base) }
    }

    /// Whether the last walk has visited the node.
    package func contains(_ node: borrowing Node) -> Bool { node.mark >= base }
}
