import DescentCore

extension Tensor {
    /// The array in a NumPy file, read now.
    ///
    /// ```swift
    /// try Tensor([[1, 2], [3, 4]]).write(npy: "/tmp/descent-example.npy")
    /// print(try Tensor(npy: "/tmp/descent-example.npy").sum())   // 10.0
    /// ```
    ///
    /// Versions 1 to 3, rows or columns first, both byte orders. `float16` becomes `float32`; integers of 8 and 16 bits
    /// become `int32`, unsigned ones of 32 and 64 bits `int64`: no number changes. (One that `int64` cannot hold is refused.)
    ///
    /// - Parameter path: the file.
    /// - Throws: where the file cannot be read, or is no sound NPY file of plain numbers.
    public init(npy path: String, file: StaticString = #fileID, line: UInt = #line) throws(DescentError) {
        self = try atCaller(file, line) { () throws(DescentError) in
            try NPYHeader.readTensor(try InputFile(path, "Tensor(npy:)"))
        }
    }
}

extension TensorConvertible {
    /// Writes the value as a NumPy file, whole or not at all.
    ///
    /// ```swift
    /// try Tensor.arange(3).write(npy: "/tmp/descent-example.npy")
    /// print(try Tensor(npy: "/tmp/descent-example.npy"))   // [0.0, 1.0, 2.0]
    /// ```
    ///
    /// - Parameter path: the file; its folder must exist.
    public func write(npy path: String, file: StaticString = #fileID, line: UInt = #line) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            let tensor = try self.tensor.operand()
            try OutputFile.write(path, "write(npy:)") { output throws(DescentError) in
                try output.write(NPYHeader.bytes(tensor))
                try tensor.withBytes { bytes throws(DescentError) in try output.write(bytes) }
            }
        }
    }
}
