import CDescent
import Synchronization

/// A value that changes: the parameter of a model, the state of an optimizer.
///
/// Using a variable in an expression captures its value of that moment. Assigning replaces the value and
/// changes nothing that was recorded before.
///
/// ```swift
/// let w = Variable([1, 2, 3], name: "w")
/// let doubled = w * 2
/// w.assign(0)
/// print(doubled)   // [2.0, 4.0, 6.0]
/// ```
public final class Variable: @unchecked Sendable {
    /// What the variable is called in messages and files.
    public let name: String
    /// The extents along the axes; they never change.
    public let shape: Shape
    /// The type of the elements; it never changes.
    public let dtype: DType
    /// Marks the nodes that are this variable's values, for tapes.
    package let identity = Attributes()
    /// The order in which several variables are locked.
    package let number: UInt64

    package struct Content {
        /// The value; a node without inputs.
        package var leaf: Node
        /// Why the last assignment was refused.
        package var refusal: DescentError?
        package var trainable: Bool
    }

    package let content: Mutex<Content>

    /// A variable with the value of `value`, which is computed now.
    ///
    /// - Parameters:
    ///   - value: the first value; its shape and type stay the variable's.
    ///   - name: what to call it; the default is `Variable`.
    ///   - trainable: whether tapes watch it without being told to; the default is true.
    ///   - dtype: the type of the elements; the default is that of `value`, `float32` for numbers in the source.
    public init(_ value: Tensor, name: String = "Variable", trainable: Bool = true, dtype: DType? = nil) {
        let typed = value.strong(as: dtype)
        self.name = name
        shape = typed.shape
        self.dtype = typed.dtype
        number = cd_recorder_next()
        var refusal: DescentError?
        let leaf: Node
        do {
            leaf = try Engine.leaf(of: typed.node)
        } catch {
            refusal = error
            leaf = Node(scalar: 0, .float32)
        }
        content = Mutex(
            Content(leaf: leaf.identified(identity), refusal: refusal, trainable: trainable))
    }

    /// Whether tapes watch the variable without being told to.
    public var trainable: Bool {
        get { content.withLock { $0.trainable } }
        set { content.withLock { $0.trainable = newValue } }
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The value of this moment.
    public var value: Tensor { tensor }
}

extension Variable: TensorConvertible {
    public var tensor: Tensor {
        let recorder = cd_recorder_current()
        return content.withLock { content in
            if let refusal = content.refusal { return Tensor(error: refusal) }
            // A tape counts only reads that happen while it records, so each recording reads through a leaf
            // of its own.
            let began = recorder.pointee.recording
            if began != 0, content.leaf.serial < began || content.leaf.serial >= recorder.pointee.serial {
                content.leaf = content.leaf.identified(identity)
            }
            return Tensor(content.leaf)
        }
    }
}

extension Node {
    /// A new leaf with the same value, marked with `identity`.
    fileprivate func identified(_ identity: Attributes) -> Node {
        switch state {
        case .scalar: Node(scalar: scalarBits, dtype, attributes: identity)
        default: Node(storage: storage, dtype, shape, attributes: identity)
        }
    }
}

// MARK: - Assignment

extension Variable {
    /// Replaces the value. It is computed now, and cast to the variable's type where nothing is lost by that.
    ///
    /// A value of another shape is refused: the variable keeps the value it had, and whatever reads it next
    /// throws the error, until a proper value is assigned.
    ///
    /// - Returns: the value of this moment.
    @discardableResult
    public func assign(_ value: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        do {
            try set([(self, value)], operation: "assign")
        } catch {
            let located = error.located(at: SourceLocation(file, line))
            content.withLock { $0.refusal = located }
        }
        return tensor
    }

    /// `assign(self + value)`
    @discardableResult
    public func assignAdd(_ value: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        assign(tensor + value, file: file, line: line)
    }

    /// `assign(self - value)`
    @discardableResult
    public func assignSub(_ value: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        assign(tensor - value, file: file, line: line)
    }

    private func set(_ updates: [(Variable, Tensor)], operation: StaticString) throws(DescentError) {
        try Engine.update(updates)
    }
}
