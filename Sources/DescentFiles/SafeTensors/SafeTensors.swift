import DescentCore

/// Named tensors in a file of the safetensors format, which PyTorch, Keras and others read and write.
///
/// Opening reads the header alone. A tensor is read when it is first asked for, and kept as long as this value.
///
/// ```swift
/// let path = "/tmp/descent-example.safetensors"
/// try SafeTensors.write([("w", [[1, 2], [3, 4]]), ("b", [0.5])], metadata: ["epoch": "7"], to: path)
/// let file = try SafeTensors.read(path)
/// print(file.names, file.metadata["epoch"] ?? "")   // ["w", "b"] 7
/// print(try file["w"])                              // [[1.0, 2.0],
///                                                   //  [3.0, 4.0]]
/// ```
///
/// `F32`, `F64`, `I32`, `I64` and `BOOL` are what they are in the file. `F16` and `BF16` become `float32`, `I8`, `U8`,
/// `I16` and `U16` become `int32`, `U32` and `U64` become `int64`: no number changes. (A `U64` that `int64` cannot hold is
/// refused when its tensor is read.)
public struct SafeTensors: Sendable {
    /// The texts that stand beside the tensors, by name.
    public let metadata: [String: String]
    private let file: InputFile
    private let shelf: Shelf<Entry>

    /// What the header says of one tensor.
    struct Entry: Sendable {
        let type: StoredType
        let shape: Shape
        /// Where the numbers are, in bytes of the file.
        let range: Range<Int>
    }

    /// The names of the tensors, in the order of the header.
    public var names: [String] { shelf.names }

    /// Opens a file and checks its header.
    ///
    /// - Parameter path: the file.
    /// - Throws: where the file cannot be read, or is no sound file of this format.
    public static func read(
        _ path: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> SafeTensors {
        try atCaller(file, line) { () throws(DescentError) in
            let input = try InputFile(path, "SafeTensors.read")
            let header = try SafeTensorsHeader(input)
            return SafeTensors(metadata: header.metadata, file: input, shelf: Shelf(header.entries))
        }
    }

    /// The tensor of a name.
    ///
    /// - Throws: if there is none, or the file cannot be read any more.
    public subscript(name: String, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        get throws(DescentError) {
            try atCaller(file, line) { () throws(DescentError) in
                try shelf.tensor(name, self.file.subject) { entry throws(DescentError) in
                    try entry.type.read(entry.shape, from: self.file, at: entry.range.lowerBound)
                }
            }
        }
    }

    /// The shape of a tensor, without reading its numbers; nil if there is none of this name.
    public func shape(of name: String) -> Shape? { shelf.entry(name)?.shape }

    /// The type that a tensor has when it is read; nil if there is none of this name.
    public func dtype(of name: String) -> DType? { shelf.entry(name)?.type.dtype }

    /// All tensors, in the order of the header.
    public func tensors(
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> [(String, Tensor)] {
        var result: [(String, Tensor)] = []
        for name in names { result.append((name, try self[name, file, line])) }
        return result
    }
}
