import DescentCore

/// Texts as files.
package enum TextFile {
    /// Writes a text, whole or not at all: see `OutputFile`.
    package static func write(_ text: String, to path: String, _ operation: StaticString) throws(DescentError) {
        try OutputFile.write(path, operation) { output throws(DescentError) in try output.write(Array(text.utf8)) }
    }
}
