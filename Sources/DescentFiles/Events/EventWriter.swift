import DescentCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes what happens in a training to a file that TensorBoard shows.
///
/// ```swift
/// let writer = try EventWriter(directory: "/tmp/descent-example-runs")
/// for step in 0..<3 {
///     try writer.scalar("loss", 1 / Double(step + 1), step: step)
/// }
/// try writer.histogram("weights", Tensor([0.1, -0.2, 0.3]), step: 2)
/// try writer.text("note", "learning rate **0.01**", step: 0)
/// try writer.close()
/// print(writer.path)   // /tmp/descent-example-runs/events.out.tfevents.…
/// ```
///
/// Then `tensorboard --logdir /tmp/descent-example-runs` draws it. Every call goes to the file at once, so the drawing can be
/// watched while it grows, and a crash loses nothing. A writer may be used by several threads.
public final class EventWriter: Sendable {
    /// The file that is written.
    public let path: String
    private let file: Guarded<EventFile>
    /// Several writers of one process, made within a second, need different names.
    private static let count = Atomic<Int>(0)

    /// Begins a new file in a folder, which is made if it is missing.
    ///
    /// - Parameter directory: the folder; by TensorBoard's custom one for each run.
    public init(directory: String, file: StaticString = #fileID, line: UInt = #line) throws(DescentError) {
        let time = EventFile.now
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
        let name = "events.out.tfevents.\(Int(time)).\(EventFile.host).\(getpid()).\(number)"
        let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
        self.path = path
        self.file = try atCaller(file, line) { () throws(DescentError) in
            try EventFile.makeFolder(directory, "EventWriter")
            var file = try EventFile.create(path, "EventWriter")
            // Readers look at this first, to know what follows.
            try file.append(
                Protobuf.message {
                    $0.double(1, time)
                    $0.string(3, "brain.Event:2")
                }.bytes)
            return Guarded(file)
        }
    }

    /// One number of a curve, kept as `float32`.
    ///
    /// - Parameters:
    ///   - tag: the name of the curve; slashes make groups.
    ///   - value: the number.
    ///   - step: the place on the curve.
    public func scalar(
        _ tag: String, _ value: Double, step: Int, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try summary(tag, step, file, line) { $0.float(2, Float(value)) }
    }

    /// One number of a curve, from a tensor that has just one, computed now.
    public func scalar(
        _ tag: String, _ value: some TensorConvertible, step: Int, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        let number = try atCaller(file, line) { () throws(DescentError) -> Double in
            let tensor = try value.tensor.known()
            guard tensor.count == 1 else {
                throw DescentError(
                    "EventWriter.scalar", "only a tensor of one element is a number",
                    received: "shape \(tensor.shape) for \(tag)")
            }
            return Number.double(tensor.node.bits(at: 0), tensor.dtype)
        }
        try scalar(tag, number, step: step, file: file, line: line)
    }

    /// How the numbers of a tensor are spread, in `buckets` equal parts of their range.
    ///
    /// Only finite numbers are counted: one NaN would leave nothing to draw.
    ///
    /// - Parameters:
    ///   - tag: the name of the drawing; slashes make groups.
    ///   - values: the numbers, computed now.
    ///   - step: the place in the series.
    ///   - buckets: how many parts; the default is 30.
    public func histogram(
        _ tag: String, _ values: some TensorConvertible, step: Int, buckets: Int = 30, file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DescentError) {
        let histogram = try atCaller(file, line) { () throws(DescentError) -> Histogram in
            guard buckets > 0, buckets <= 1 << 20 else {
                throw DescentError(
                    "EventWriter.histogram", "there must be at least one bucket, and at most \(1 << 20)",
                    received: "\(buckets) for \(tag)")
            }
            return try Histogram(values.tensor, buckets: buckets)
        }
        try summary(tag, step, file, line) { value in
            value.message(8) { tensor in
                tensor.integer(1, 2)  // double
                tensor.message(2) { shape in
                    for extent in [histogram.rows.count, 3] { shape.message(2) { $0.integer(1, extent) } }
                }
                var content: [UInt8] = []
                for row in histogram.rows {
                    for number in [row.lower, row.upper, row.count] { content.append(little: number.bitPattern) }
                }
                tensor.data(4, content)
            }
            value.plugin("histograms")
        }
    }

    /// A text, in Markdown.
    ///
    /// - Parameters:
    ///   - tag: the name of the text; slashes make groups.
    ///   - text: the text.
    ///   - step: the place in the series.
    public func text(
        _ tag: String, _ text: String, step: Int, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try summary(tag, step, file, line) { value in
            value.message(8) { tensor in
                tensor.integer(1, 7)  // string
                tensor.message(2) { _ in }
                tensor.string(8, text)
            }
            value.plugin("text")
        }
    }

    /// The expression behind a tensor, as far as it has not been computed, as a drawing.
    ///
    /// ```swift
    /// let w = Variable([1, 2], name: "w")
    /// let writer = try EventWriter(directory: "/tmp/descent-example-runs")
    /// try writer.graph(tanh(w * 2).sum())
    /// try writer.close()
    /// ```
    ///
    /// - Parameter tensor: the expression.
    public func graph(
        _ tensor: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            let graph = EventGraph.definition(of: try tensor.tensor.operand())
            try append(step: nil) { $0.message(4, graph) }
        }
    }

    /// Waits until everything is on the disk, so that it outlasts a power cut.
    public func flush(file: StaticString = #fileID, line: UInt = #line) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            try self.file.withLock { file throws(DescentError) in try file.flush() }
        }
    }

    /// Ends the file, with everything on the disk. Nothing more can be written; to close again does nothing.
    public func close(file: StaticString = #fileID, line: UInt = #line) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            try self.file.withLock { file throws(DescentError) in try file.end() }
        }
    }

    // MARK: Events

    private func summary(
        _ tag: String, _ step: Int, _ file: StaticString, _ line: UInt, _ body: (inout Protobuf) -> Void
    ) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            try append(step: step) { event in
                event.message(5) { summary in
                    summary.message(1) { value in
                        value.string(1, tag)
                        body(&value)
                    }
                }
            }
        }
    }

    private func append(step: Int?, _ body: (inout Protobuf) -> Void) throws(DescentError) {
        let event = Protobuf.message { event in
            event.double(1, EventFile.now)
            if let step { event.integer(2, step) }
            body(&event)
        }
        try file.withLock { file throws(DescentError) in try file.append(event.bytes) }
    }
}

extension Protobuf {
    /// Says which of TensorBoard's parts shows a value.
    fileprivate mutating func plugin(_ name: String) {
        message(9) { metadata in
            metadata.message(1) { $0.string(1, name) }
            metadata.integer(4, 2)  // a tensor
        }
    }
}
