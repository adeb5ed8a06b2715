import DescentCore
import DescentFiles

/// What an entry `{"class_name": …, "config": …}` says. The entries `module`, `registered_name` and
/// `build_config` that Keras writes may be there too, and are passed over.
struct SerializedObject {
    let className: String
    let config: Configuration
    private let registeredName: String?

    /// Reads an entry that stands for a `kind`: "a schedule".
    ///
    /// - Throws: anything that is no such entry, an unknown key.
    init(_ value: Configuration.Value, _ kind: String) throws {
        guard let entry = value.object else {
            throw DescentError(
                "deserialize", "\(kind) is an object with class_name and config", received: value.json)
        }
        let reader = ConfigurationReader(entry, for: kind)
        className = try reader.required("class_name", reader.string("class_name"))
        let config = try reader.required("config", reader.value("config"))
        registeredName = try reader.string("registered_name")
        _ = try reader.string("module")
        for key in ["build_config", "compile_config"] { _ = reader.value(key) }
        try reader.finish()
        guard let config = config.object else {
            throw DescentError("deserialize", "the config of \(className) must be an object", received: config.json)
        }
        self.config = config
    }

    /// The class that is meant; those of `customObjects` come first.
    func type(
        _ kind: String, of builtIn: [any Configurable.Type], or customObjects: CustomObjects
    ) throws -> any Configurable.Type {
        let custom = registeredName.flatMap { customObjects[$0] } ?? customObjects[className]
        if let type = custom ?? builtIn.first(where: { $0.className == className }) { return type }
        throw DescentError(
            "deserialize",
            "\(kind) is one of \(builtIn.map { $0.className }.joined(separator: ", ")) or of customObjects",
            received: className)
    }
}
