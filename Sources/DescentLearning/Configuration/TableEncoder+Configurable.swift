import DescentData
import DescentFiles

extension TableEncoder: Configurable {
    /// The encoder that a configuration describes; it has no parts of other classes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> TableEncoder {
        try fromConfig(config)
    }
}
