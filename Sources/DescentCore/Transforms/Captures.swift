import CDescent

/// The variables that a function reads while it is traced: each read becomes a stand-in, so that the record holds for
/// every value that the variable will have.
package class Captures {
    /// What stands for a variable.
    struct Read {
        let variable: Variable
        let node: Node
    }

    private(set) var reads: [Read] = []
    private var last: [ObjectIdentifier: Int] = [:]

    init() {}

    /// Whether an optimizer's reads of what it remembers are captured as well.
    var coversState: Bool { false }

    /// Runs `body` while variables are captured.
    package func capturing<Result>(_ body: () throws -> Result) rethrows -> Result {
        let recorder = cd_recorder_current()
        let outer = recorder.pointee.captures
        recorder.pointee.captures = Unmanaged.passUnretained(self).toOpaque()
        defer { recorder.pointee.captures = outer }
        return try body()
    }

    /// Whether the captures of this thread cover what optimizers remember.
    static var coverState: Bool {
        guard let object = cd_recorder_current().pointee.captures else { return false }
        return Unmanaged<Captures>.fromOpaque(object)._withUnsafeGuaranteedRef { $0.coversState }
    }

    /// What an expression gets that reads `variable` now.
    static func read(_ variable: Variable) -> Tensor {
        let recorder = cd_recorder_current()
        guard let object = recorder.pointee.captures else { return variable.tensor }
        recorder.pointee.captures = nil
        let value = variable.tensor
        recorder.pointee.captures = object
        if value.error != nil { return value }
        return Unmanaged<Captures>.fromOpaque(object)._withUnsafeGuaranteedRef { $0.stand(for: variable, value) }
    }

    /// What stands for the variable, which has this value.
    func stand(for variable: Variable, _ value: Tensor) -> Tensor {
        // The same for every read of the same leaf: one for each value and each stretch of recording.
        let key = ObjectIdentifier(variable)
        if let index = last[key], reads[index].node.first === value.node { return Tensor(reads[index].node) }
        let tensor = Tensor.argument(like: value, attributes: variable.identity)
        last[key] = reads.count
        reads.append(Read(variable: variable, node: tensor.node))
        return tensor
    }
}
