import DescentCore

/// The header of a safetensors file: eight bytes of length, then JSON that says where each tensor is.
///
/// The tensors must fill the rest of the file without gaps and without overlapping: so no byte of a file can be hidden
/// or read twice, and a file has only one meaning.
struct SafeTensorsHeader {
    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [(name: String, entry: SafeTensors.Entry)] = []

    static let metadataKey = "__metadata__"
    /// Longer headers are refused, as by the format's own library.
    static let greatestLength = 100_000_000
    private static let types: [String: StoredType] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32,
        "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
    ]

    /// What a type is called in the header.
    static func name(of dtype: DType) -> String {
        switch dtype {
        case .float32: "F32"
        case .float64: "F64"
        case .int32: "I32"
        case .int64: "I64"
        case .bool: "BOOL"
        }
    }

    init(_ source: some ByteSource) throws(DescentError) {
        let subject = source.subject
        guard source.byteCount >= 8 else {
            throw subject.failure(
                "a file must begin with the length of its header", received: "\(source.byteCount) bytes")
        }
        let length: UInt64 = try source.bytes(at: 0, count: 8).little(0)!
        guard length <= Self.greatestLength, length <= source.byteCount - 8 else {
            throw subject.failure(
                "the header must lie in the file and have at most \(Self.greatestLength) bytes",
                received: "a length of \(length) in a file of \(source.byteCount) bytes", at: 0)
        }
        let bytes = try source.bytes(at: 8, count: Int(length))
        guard bytes.first == UInt8(ascii: "{"), let text = String(validating: bytes, as: UTF8.self) else {
            throw subject.failure("the header must be a JSON object in UTF-8", received: "something else", at: 8)
        }
        let header: Configuration
        do {
            header = try Configuration(json: text)
        } catch let error as DescentError {
            throw subject.failure(
                "the header must be JSON: \(error.rule)", received: error.received + " of the header", at: 8)
        } catch {
            throw subject.failure("the header must be JSON", received: "\(error)", at: 8)
        }
        for key in header.keys {
            if key == Self.metadataKey {
                metadata = try Self.metadata(header[key], subject)
            } else {
                entries.append((key, try Self.entry(key, header[key], start: 8 + Int(length), source)))
            }
        }
        try checkRanges(start: 8 + Int(length), source)
    }

    private static func metadata(
        _ value: Configuration.Value?, _ subject: Subject
    ) throws(DescentError) -> [String: String] {
        var result: [String: String] = [:]
        guard let object = value?.object else {
            throw subject.failure("metadata must be an object", received: value?.json ?? "nothing")
        }
        for key in object.keys {
            guard let text = object[key]?.string else {
                throw subject.failure("metadata must be texts", received: "\(key): \(object[key]?.json ?? "nothing")")
            }
            result[key] = text
        }
        return result
    }

    private static func entry(
        _ name: String, _ value: Configuration.Value?, start: Int, _ source: some ByteSource
    ) throws(DescentError) -> SafeTensors.Entry {
        func failure(_ rule: String, _ received: String) -> DescentError {
            source.subject.failure(rule, received: "\(received.prefix(80)) for \(name.debugDescription)")
        }
        let object = value?.object
        guard let typeName = object?["dtype"]?.string, let list = object?["shape"]?.list,
            let offsets = object?["data_offsets"]?.list
        else {
            throw failure("a tensor must have dtype, shape and data_offsets", value?.json ?? "nothing")
        }
        guard let type = types[typeName] else {
            throw failure("the type must be one of \(types.keys.sorted().joined(separator: ", "))", typeName)
        }
        let extents = list.compactMap(Self.count)
        guard extents.count == list.count, Shape(extents).misfit("SafeTensors.read") == nil else {
            throw failure("the shape must be that of a tensor", "\(Configuration.Value.list(list).json)")
        }
        let bounds = offsets.compactMap(Self.count)
        let size = Shape(extents).count * type.byteCount
        guard bounds.count == 2, offsets.count == 2, bounds[0] <= bounds[1], bounds[1] <= source.byteCount - start
        else {
            throw failure(
                "offsets must lie in the \(source.byteCount - start) bytes of data",
                Configuration.Value.list(offsets).json)
        }
        guard bounds[1] - bounds[0] == size else {
            throw failure(
                "offsets must enclose \(size) bytes, as type and shape say", Configuration.Value.list(offsets).json)
        }
        return SafeTensors.Entry(
            type: type, shape: Shape(extents), range: start + bounds[0]..<start + bounds[1])
    }

    /// A whole number that was written without a point, and is not negative.
    private static func count(_ value: Configuration.Value) -> Int? {
        if case .integer(let integer) = value, integer >= 0 { integer } else { nil }
    }

    private func checkRanges(start: Int, _ source: some ByteSource) throws(DescentError) {
        var end = start
        let order = entries.indices.sorted {
            let (a, b) = (entries[$0].entry.range, entries[$1].entry.range)
            return (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
        }
        for index in order {
            let (name, entry) = entries[index]
            guard entry.range.lowerBound == end else {
                throw source.subject.failure(
                    "tensors must follow each other without gaps and without overlapping",
                    received: "\(name.debugDescription) at \(entry.range.lowerBound) instead of \(end)",
                    at: entry.range.lowerBound)
            }
            end = entry.range.upperBound
        }
        guard end == source.byteCount else {
            throw source.subject.failure(
                "the file must end with its last tensor", received: "\(source.byteCount - end) more bytes", at: end)
        }
    }
}
