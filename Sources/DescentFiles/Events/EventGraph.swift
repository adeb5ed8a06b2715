import DescentCore

/// An expression as TensorFlow's GraphDef, which is what TensorBoard draws.
enum EventGraph {
    /// The graph of what remains to be computed for `tensor`; what is known are its constants.
    static func definition(of tensor: Tensor) -> Protobuf {
        Walk.lock.withLock { walk in
            walk.run(from: CollectionOfOne(tensor.node)) { node, visit in node.visitPending(visit) }
            var graph = Protobuf()
            var names: [String] = []
            for reference in walk.order.elements {
                reference._withUnsafeGuaranteedRef { node in
                    let isKnown = node.state != .pending
                    let name = "\(isKnown ? "value" : node.primitive.name)_\(names.count)"
                    graph.message(1) { definition in
                        definition.string(1, name)
                        definition.string(2, isKnown ? "Const" : node.primitive.name)
                        node.visitPending { definition.string(3, names[walk.index(of: $0)]) }
                        definition.attribute("_output_shapes") { value in
                            value.message(1) { list in
                                list.message(7) { shape in
                                    for extent in node.shape { shape.message(2) { $0.integer(1, extent) } }
                                }
                            }
                        }
                        definition.attribute("dtype") { $0.integer(6, node.dtype.tensorFlowNumber) }
                    }
                    names.append(name)
                }
            }
            // The version of the format that every reader knows.
            graph.message(4) { $0.integer(1, 22) }
            return graph
        }
    }
}

extension Protobuf {
    fileprivate mutating func attribute(_ name: String, _ value: (inout Protobuf) -> Void) {
        message(5) { entry in
            entry.string(1, name)
            entry.message(2, value)
        }
    }
}

extension DType {
    fileprivate var tensorFlowNumber: Int {
        switch self {
        case .float32: 1
        case .float64: 2
        case .int32: 3
        case .int64: 9
        case .bool: 10
        }
    }
}
