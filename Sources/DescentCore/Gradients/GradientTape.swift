import CDescent

/// Remembers what is computed while it records, so that derivatives can be asked for afterwards.
///
/// ```swift
/// let x = Variable(3.0)
/// let tape = GradientTape()
/// let y = tape.record { x * x }
/// print(try tape.gradient(y, [x])[0]!)   // 6.0
/// ```
///
/// A tape watches the trainable variables that are read while it records, and whatever `watch` names. It
/// belongs to the thread that uses it. Tapes nest: a gradient that is computed while another tape records can
/// be differentiated again.
public final class GradientTape {
    private let persistent: Bool
    private let watchesAccessed: Bool
    private var intervals: [Range<UInt64>] = []
    private var open: [(start: UInt64, outer: UInt64)] = []
    private var watchedNodes: [ObjectIdentifier: Node] = [:]
    private var watchedVariables: Set<ObjectIdentifier> = []
    private var used = false
    /// Whether one of what it watches was written in the source.
    private var watchesLiterals = false { didSet { noteLiterals(oldValue) } }

    /// A tape that has recorded nothing.
    ///
    /// - Parameters:
    ///   - persistent: whether gradients may be asked for more than once; the default is false.
    ///   - watchAccessedVariables: whether to watch every trainable variable that is read; the default is true.
    public init(persistent: Bool = false, watchAccessedVariables: Bool = true) {
        self.persistent = persistent
        watchesAccessed = watchAccessedVariables
    }

    /// Runs `body` and remembers what it computes. Recording again adds to what is remembered.
    public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
        open.append(Recording.begin())
        defer { intervals.append(Recording.end(open.removeLast())) }
        return try body()
    }

    /// Runs `body` without remembering what it computes, inside `record`.
    public func stopRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let interval = open.popLast() else { return try body() }
        intervals.append(Recording.end(interval))
        defer { open.append(Recording.begin()) }
        return try body()
    }

    /// Forgets everything recorded and watched.
    public func reset() {
        intervals = []
        watchedNodes = [:]
        watchedVariables = []
        used = false
        watchesLiterals = false
    }

    deinit { if watchesLiterals { Recording.forgetLiterals() } }

    private func noteLiterals(_ before: Bool) {
        if watchesLiterals == before { return }
        if watchesLiterals { Recording.trackLiterals() } else { Recording.forgetLiterals() }
    }

    /// Asks for derivatives with respect to `tensors`, which are not variables, or to variables that are not trainable.
    public func watch(_ tensors: any TensorConvertible...) { watch(tensors) }

    /// Asks for derivatives with respect to all of `tensors`.
    public func watch(_ tensors: [any TensorConvertible]) {
        for tensor in tensors {
            if let variable = tensor as? Variable {
                watchedVariables.insert(ObjectIdentifier(variable))
            } else {
                let node = tensor.tensor.node
                if node.traits.contains(.weak) { watchesLiterals = true }
                watchedNodes[ObjectIdentifier(node)] = node
            }
        }
    }

    /// The derivatives of `target` with respect to `sources`, in their order; nil where it does not depend on one.
    ///
    /// A target that is not a single number stands for the sum of its elements; `outputGradients` weighs them.
    /// Integers have no derivatives: for an integer source the answer is nil.
    ///
    /// - Throws: a tape that is not persistent answers once; a target must be floating point; an error that
    ///   `target` has for a value.
    public func gradient(
        _ target: Tensor, _ sources: [any TensorConvertible], outputGradients: Tensor? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> [Tensor?] {
        let location = SourceLocation(file, line)
        guard persistent || !used else {
            throw DescentError(
                "gradient", "a tape that is not persistent gives gradients once (make it persistent: true)",
                received: "a second request", at: location)
        }
        do {
            let recorded = recorded()
            let (first, others) = (recorded.first ?? 0..<0, recorded.dropFirst())
            let result = try Backward.gradients(
                of: target, outputGradients, sources: sources.map(source),
                in: Recorded(first: first, others: others))
            if !persistent {
                used = true
                intervals = []
            }
            return result
        } catch {
            throw error.located(at: location)
        }
    }

    private func source(_ tensor: any TensorConvertible) -> Backward.Source {
        if let variable = tensor as? Variable {
            let isWatched = watchedVariables.contains(ObjectIdentifier(variable))
            return isWatched || watchesAccessed && variable.trainable ? .variable(variable.identity) : .none
        }
        let node = tensor.tensor.node
        return watchedNodes[ObjectIdentifier(node)] == nil ? .none : .node(node)
    }

    /// What has been recorded up to now, intervals that touch joined.
    private func recorded() -> [Range<UInt64>] {
        let next = cd_recorder_current().pointee.serial
        let all = intervals + open.map { $0.start..<Swift.max(next, $0.start) }
        return all.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, range in
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
    }
}
