import DescentCore

extension SafeTensors {
    /// Writes tensors, or variables, under their names.
    ///
    /// The file appears whole or not at all: until everything is on the disk, an older file of this name stays as it was.
    ///
    /// ```swift
    /// let w = Variable([1, 2, 3], name: "w")
    /// try SafeTensors.write([(w.name, w)], to: "/tmp/descent-example.safetensors")
    /// print(try SafeTensors.read("/tmp/descent-example.safetensors")["w"])   // [1.0, 2.0, 3.0]
    /// ```
    ///
    /// - Parameters:
    ///   - tensors: names and values; a name may occur once.
    ///   - metadata: texts to stand beside them.
    ///   - path: the file; its folder must exist.
    public static func write(
        _ tensors: [(String, any TensorConvertible)], metadata: [String: String] = [:], to path: String,
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try write(tensors.map { ($0.0, $0.1.tensor) }, metadata: metadata, to: path, file: file, line: line)
    }

    /// Writes tensors under their names; see `write` for variables.
    public static func write(
        _ tensors: [(String, Tensor)], metadata: [String: String] = [:], to path: String,
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            let operation: StaticString = "SafeTensors.write"
            var typed: [(name: String, tensor: Tensor)] = []
            for (name, tensor) in tensors { typed.append((name, try tensor.operand())) }
            // The numbers of wide types first, so that all lie at multiples of their size.
            let order = typed.indices.sorted {
                let (a, b) = (typed[$0].tensor.dtype.byteCount, typed[$1].tensor.dtype.byteCount)
                return a != b ? a > b : $0 < $1
            }
            let header = try header(typed, order, metadata, Subject(operation: operation, file: path))
            try OutputFile.write(path, operation) { output throws(DescentError) in
                try output.write(header)
                for index in order {
                    try typed[index].tensor.withBytes { bytes throws(DescentError) in try output.write(bytes) }
                }
            }
        }
    }

    /// Length and JSON, padded with spaces so that the numbers begin at a multiple of eight.
    private static func header(
        _ tensors: [(name: String, tensor: Tensor)], _ order: [Int], _ metadata: [String: String], _ subject: Subject
    ) throws(DescentError) -> [UInt8] {
        var ranges = [Range<Int>](repeating: 0..<0, count: tensors.count)
        var end = 0
        for index in order {
            let size = tensors[index].tensor.count * tensors[index].tensor.dtype.byteCount
            ranges[index] = end..<end + size
            end += size
        }
        var object = Configuration()
        if !metadata.isEmpty {
            var texts = Configuration()
            // Dictionaries have no order of their own; equal content shall give equal files.
            for key in metadata.keys.sorted() { texts[key] = Configuration.Value(metadata[key]) }
            object[SafeTensorsHeader.metadataKey] = .object(texts)
        }
        for (index, (name, tensor)) in tensors.enumerated() {
            guard object[name] == nil, name != SafeTensorsHeader.metadataKey else {
                throw subject.failure("a name may be used once, and not for metadata", received: name.debugDescription)
            }
            object[name] = [
                "dtype": .string(SafeTensorsHeader.name(of: tensor.dtype)),
                "shape": .list(tensor.shape.dimensions.map { .integer($0) }),
                "data_offsets": .list([.integer(ranges[index].lowerBound), .integer(ranges[index].upperBound)]),
            ]
        }
        var text = Array(object.json.utf8)
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        guard text.count <= SafeTensorsHeader.greatestLength else {
            throw subject.failure(
                "a header may have \(SafeTensorsHeader.greatestLength) bytes", received: "\(text.count)")
        }
        var header: [UInt8] = []
        header.append(little: UInt64(text.count))
        return header + text
    }
}
