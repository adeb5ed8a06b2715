import DescentCore

/// Named arrays in a NumPy archive, as `numpy.savez` and `numpy.savez_compressed` write them.
///
/// Opening reads the directory of the archive. An array is read, and its checksum compared, when it is first asked for;
/// then it is kept as long as this value.
///
/// ```swift
/// try NPZ.write([("x", [1, 2, 3]), ("y", [0, 1, 0])], to: "/tmp/descent-example.npz")
/// let archive = try NPZ.read("/tmp/descent-example.npz")
/// print(archive.names, try archive["x"])   // ["x", "y"] [1.0, 2.0, 3.0]
/// ```
public struct NPZ: Sendable {
    private let file: InputFile
    private let shelf: Shelf<ZipEntry>
    private let limit: Int

    /// The names of the arrays, in the order of the archive and without `.npy`.
    public var names: [String] { shelf.names }

    /// Opens an archive.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - expandedLimit: how many bytes a compressed array may have when it is expanded; the default is 16 GiB. A small
    ///     file can say that it is large.
    /// - Throws: where the file cannot be read, or is no sound archive of NPY files.
    public static func read(
        _ path: String, expandedLimit: Int = 1 << 34, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> NPZ {
        try atCaller(file, line) { () throws(DescentError) in
            let input = try InputFile(path, "NPZ.read")
            var entries: [(name: String, entry: ZipEntry)] = []
            var names: Set<String> = []
            for entry in try ZipDirectory.entries(of: input) {
                let name = try arrayName(entry, input.subject)
                guard names.insert(name).inserted else {
                    throw input.subject.failure(
                        "a name may occur once", received: name.debugDescription, at: entry.range.lowerBound)
                }
                entries.append((name, entry))
            }
            return NPZ(file: input, shelf: Shelf(entries), limit: expandedLimit)
        }
    }

    /// The array of a name.
    ///
    /// - Throws: if there is none, or its bytes are damaged.
    public subscript(name: String, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        get throws(DescentError) {
            try atCaller(file, line) { () throws(DescentError) in
                try shelf.tensor(name, self.file.subject) { entry throws(DescentError) in
                    try NPYHeader.readTensor(try entry.contents(of: self.file, limit: limit))
                }
            }
        }
    }

    /// All arrays, in the order of the archive.
    public func tensors(
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> [(String, Tensor)] {
        var result: [(String, Tensor)] = []
        for name in names { result.append((name, try self[name, file, line])) }
        return result
    }

    /// The name without `.npy`. Nothing here is ever unpacked to a path, but whoever does so later shall be safe too.
    private static func arrayName(_ entry: ZipEntry, _ subject: Subject) throws(DescentError) -> String {
        guard entry.name.hasSuffix(".npy") else {
            throw subject.failure(
                "an archive of arrays must hold NPY files alone", received: entry.name.debugDescription,
                at: entry.range.lowerBound)
        }
        guard isPlain(entry.name) else {
            throw subject.failure(
                "a name may not lead out of the archive", received: entry.name.debugDescription,
                at: entry.range.lowerBound)
        }
        return String(entry.name.dropLast(4))
    }

    static func isPlain(_ name: String) -> Bool {
        let components = name.split(separator: "/", omittingEmptySubsequences: false)
        return !name.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") }
            && !components.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    }
}

// MARK: - Writing

extension NPZ {
    /// Writes tensors, or variables, under their names; the file appears whole or not at all.
    ///
    /// - Parameters:
    ///   - tensors: names and values; a name may occur once.
    ///   - path: the file; its folder must exist.
    public static func write(
        _ tensors: [(String, any TensorConvertible)], to path: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try write(tensors.map { ($0.0, $0.1.tensor) }, to: path, file: file, line: line)
    }

    /// Writes tensors under their names; see `write` for variables.
    public static func write(
        _ tensors: [(String, Tensor)], to path: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in try write(tensors, to: path, alwaysLarge: false) }
    }

    /// `alwaysLarge` writes even small archives in the way of those above 4 GiB.
    static func write(_ tensors: [(String, Tensor)], to path: String, alwaysLarge: Bool) throws(DescentError) {
        let subject = Subject(operation: "NPZ.write", file: path)
        var names: Set<String> = []
        for (name, tensor) in tensors {
            if let error = tensor.error { throw error }
            guard names.insert(name).inserted, isPlain(name + ".npy"), name.utf8.count < 1 << 15 else {
                throw subject.failure(
                    "a name may occur once and not lead out of the archive", received: name.debugDescription)
            }
        }
        try OutputFile.write(path, subject.operation) { output throws(DescentError) in
            var archive = ZipWriter(output, alwaysLarge: alwaysLarge)
            for (name, tensor) in tensors {
                let tensor = try tensor.operand()
                let header = NPYHeader.bytes(tensor)
                try tensor.withBytes { bytes throws(DescentError) in
                    try archive.append(name + ".npy", header, bytes)
                }
            }
            try archive.finish()
        }
    }
}
