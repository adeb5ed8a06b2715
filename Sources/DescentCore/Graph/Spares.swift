import CDescent

/// Nodes that are no longer used, for those to come, a list for each thread.
///
/// A training step makes as many nodes as the step before and lets go of them; taking one from here is several times
/// faster than to allocate it, and so is putting it back.
enum Spares {
    /// A node that is empty; whoever takes it owns it.
    @inline(__always)
    static func take() -> Unmanaged<Node>? {
        let recorder = cd_recorder_current()
        guard let pointer = recorder.pointee.spares else { return nil }
        let node = Unmanaged<Node>.fromOpaque(pointer)
        node._withUnsafeGuaranteedRef {
            recorder.pointee.spares = UnsafeMutableRawPointer(bitPattern: UInt($0.mark))
            recorder.pointee.spare_count -= 1
            // Walks have not seen it yet.
            $0.mark = 0
        }
        return node
    }

    /// Keeps an empty node that only the caller holds.
    @inline(__always)
    static func keep(_ node: Unmanaged<Node>) {
        let recorder = cd_recorder_current()
        guard recorder.pointee.spare_count < recorder.pointee.spare_limit else { return giveBack(node) }
        node._withUnsafeGuaranteedRef { $0.mark = UInt64(UInt(bitPattern: recorder.pointee.spares)) }
        recorder.pointee.spares = node.toOpaque()
        recorder.pointee.spare_count += 1
    }

    @inline(never)
    private static func giveBack(_ node: Unmanaged<Node>) {
        let recorder = cd_recorder_current()
        if recorder.pointee.spare_limit == 0 {
            cd_spares_begin {
                while let node = Spares.take() { cd_release_last(node.toOpaque()) }
            }
        }
        cd_release_last(node.toOpaque())
    }

    /// Empties the list, and keeps the nodes that nobody else holds.
    static func keep(_ nodes: inout [Node]) {
        while let node = nodes.popLast() { keep(Tensor(consume node)) }
    }

    /// Empties the list, and keeps the nodes that nobody else holds.
    static func keep(_ tensors: inout [Tensor]) {
        while let tensor = tensors.popLast() { keep(consume tensor) }
    }

    /// Keeps the node of a tensor if nobody else holds it.
    @inline(__always)
    static func keep(_ tensor: consuming Tensor) {
        let node = Unmanaged.passRetained((consume tensor).node)
        var orphans = Orphans()
        orphans.append(node)
        orphans.free()
    }
}

/// Nodes to be freed, a list through their marks: nobody else holds them, so no walk can come across them any more.
///
/// Freeing one may add its inputs; not by recursion, as a chain of millions of nodes would overflow the stack.
struct Orphans {
    private var last: UInt64 = 0

    /// Takes over a reference: gives it up, or if it is the last one, keeps the node to be freed.
    @inline(__always)
    mutating func append(_ node: Unmanaged<Node>) {
        guard cd_is_last_owner(node.toOpaque()) else { return node.release() }
        node._withUnsafeGuaranteedRef { $0.mark = last }
        last = UInt64(UInt(bitPattern: node.toOpaque()))
    }

    @inline(__always)
    mutating func free() {
        while let pointer = UnsafeRawPointer(bitPattern: UInt(last)) {
            let node = Unmanaged<Node>.fromOpaque(pointer)
            node._withUnsafeGuaranteedRef {
                last = $0.mark
                $0.empty(into: &self)
            }
            Spares.keep(node)
        }
    }
}
