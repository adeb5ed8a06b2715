import CDescent

/// Numbers that a backward pass is done with, for those that it will make: of a long tape of scalars each number lives
/// for a moment only, and to make its node takes longer than to compute it.
enum Spares {
    /// Starts to keep spare nodes on this thread; false if that has been going on.
    static func begin() -> Bool {
        let recorder = cd_recorder_current()
        defer { recorder.pointee.keeps_spares = true }
        return !recorder.pointee.keeps_spares
    }

    /// Lets go of the spare nodes.
    static func end() {
        while let node = take() { node.release() }
        cd_recorder_current().pointee.keeps_spares = false
    }

    /// Keeps the node of a number if nobody else holds it.
    @inline(__always)
    static func keep(_ tensor: consuming Tensor) {
        let recorder = cd_recorder_current()
        guard recorder.pointee.keeps_spares, tensor.node.isPlainNumber, tensor.isUnique() else { return }
        let node = Unmanaged.passRetained(tensor.node)
        node._withUnsafeGuaranteedRef { $0.mark = recorder.pointee.spares }
        recorder.pointee.spares = UInt64(UInt(bitPattern: node.toOpaque()))
    }

    @inline(__always)
    static func take() -> Unmanaged<Node>? {
        let recorder = cd_recorder_current()
        guard let pointer = UnsafeRawPointer(bitPattern: UInt(recorder.pointee.spares)) else { return nil }
        let node = Unmanaged<Node>.fromOpaque(pointer)
        node._withUnsafeGuaranteedRef {
            recorder.pointee.spares = $0.mark
            // For walks it is a new node.
            $0.mark = 0
        }
        return node
    }
}
