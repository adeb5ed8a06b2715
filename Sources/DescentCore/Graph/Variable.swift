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
/// w.assign([0, 0, 0])
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

    package struct Content: Sendable {
        /// The value, a node without inputs; nil while an update writes over it.
        package var leaf: Node?
        /// Why the last assignment was refused.
        package var refusal: DescentError? { didSet { isRefused = refusal != nil } }
        /// Whether it was: most often it was not, and errors are large to look at.
        package private(set) var isRefused = false
        package var trainable: Bool
        /// What every value must fulfil.
        package var constraint: (@Sendable (Tensor) -> Tensor)?

        init(leaf: Node, refusal: DescentError?, trainable: Bool) {
            self.leaf = leaf
            self.refusal = refusal
            isRefused = refusal != nil
            self.trainable = trainable
        }
    }

    package let content: BrieflyGuarded<Content>
    let constrained = Atomic(false)

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
        content = BrieflyGuarded(
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
    /// The value of this moment, as an operand.
    public var tensor: Tensor {
        let recorder = cd_recorder_current()
        if recorder.pointee.captures != nil { return Captures.read(self) }
        return waiting { content in
            if content.isRefused { return Tensor(error: content.refusal!) }
            guard content.leaf != nil else { return nil }
            // A tape counts only reads that happen while it records, so each stretch of recording reads through
            // a leaf of its own, and so does whoever reads when nothing records. One through which nobody else has read
            // the value can become the new one.
            if !content.leaf!.isOfThisStretch {
                if isKnownUniquelyReferenced(&content.leaf) {
                    content.leaf!.renew()
                } else {
                    content.leaf = content.leaf!.identified(identity)
                }
            }
            return content.leaf.map { Tensor($0) }
        }
    }
}

// MARK: - For the engine

extension Variable {
    /// The node that is the value of this moment.
    package var leaf: Node { waiting { $0.leaf } }

    /// The value of this moment as the last recording has read it: for updates, which write over values that
    /// are read through one leaf only.
    package var current: Tensor {
        if Captures.coverState { return Captures.read(self) }
        return waiting { content in
            content.isRefused ? Tensor(error: content.refusal!) : content.leaf.map { Tensor($0) }
        }
    }

    /// Takes the value out; others wait until one is put back.
    package func takeLeaf() -> Node { waiting { $0.leaf.take() } }

    /// Takes the value out as `takeLeaf` does, owned by the caller; nil if the variable refuses to be read.
    func takeSound() -> Unmanaged<Node>? {
        while true {
            let (isSound, leaf): (Bool, Unmanaged<Node>?) = content.withLock { content in
                guard !content.isRefused else { return (false, nil) }
                return (true, content.leaf.take().map { .passRetained($0) })
            }
            if leaf != nil || !isSound { return leaf }
            cd_pause()
        }
    }

    /// Puts a value back that was taken, and is owned by the caller.
    package func put(_ leaf: Unmanaged<Node>) {
        content.withLock { $0.leaf = leaf.takeRetainedValue() }
    }

    /// The same for a value that has been written over.
    package func settle(writtenOver leaf: Unmanaged<Node>) {
        content.withLock { content in
            content.leaf = leaf.takeRetainedValue()
            if content.isRefused { content.refusal = nil }
        }
    }

    /// Replaces a value that was taken, and is owned by the caller.
    func settle(_ value: Node.Value, inPlaceOf leaf: Unmanaged<Node>) {
        let isReplaced =
            cd_is_last_owner(leaf.toOpaque()) && leaf._withUnsafeGuaranteedRef { $0.replaceNumber(value) }
        if isReplaced { return settle(writtenOver: leaf) }
        Spares.keep(Tensor(leaf.takeRetainedValue()))
        settle(writtenOver: .passRetained(Node(value, dtype, shape, attributes: identity)))
    }

    /// Replaces the value.
    package func settle(_ value: Node.Value) {
        let old: Node? = content.withLock { content in
            if content.isRefused { content.refusal = nil }
            if isKnownUniquelyReferenced(&content.leaf), content.leaf!.replaceNumber(value) { return nil }
            let old = content.leaf
            content.leaf = Node(value, dtype, shape, attributes: identity)
            return old
        }
        _ = consume old
    }

    /// Asks until there is an answer: a value that is being written over will be back in a moment.
    private func waiting<Answer: Sendable>(_ body: (inout Content) -> Answer?) -> Answer {
        while true {
            if let answer = content.withLock(body) { return answer }
            cd_pause()
        }
    }
}

extension Node {
    /// A new leaf with the same value, marked with `identity`.
    fileprivate func identified(_ identity: Attributes) -> Node { Node(value, dtype, shape, attributes: identity) }
}

// MARK: - Assignment

extension Variable {
    /// Replaces the value. It is computed now, and cast to the variable's type where nothing is lost by that.
    ///
    /// A value of another shape is refused: the variable keeps the value it had, and whatever reads it next
    /// throws the error, until a proper value is assigned.
    ///
    /// ```swift
    /// let w = Variable([1, 2])
    /// w.assign([3, 4])
    /// print(w)   // [3.0, 4.0]
    /// ```
    ///
    /// - Returns: the value of this moment.
    @discardableResult
    public func assign(_ value: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        do {
            try Engine.update([(self, value)])
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
}
