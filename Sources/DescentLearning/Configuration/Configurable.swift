import DescentCore
import DescentFiles

/// What a configuration describes and can make again: an optimizer, a schedule, a loss, a metric.
public protocol Configurable {
    /// The documented name of the class, as files say it: `"RMSprop"`.
    static var className: String { get }

    /// The arguments by their documented names.
    func getConfig() -> Configuration

    /// Makes what the configuration describes; state is not part of it.
    ///
    /// - Throws: an unknown key, a value of a wrong kind or out of range.
    static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Self

    /// The configuration together with the name of the class, as it stands inside other configurations.
    func serialized() -> Configuration
}

/// Types that configurations may name beside the built-in ones, by class name.
public typealias CustomObjects = [String: any Configurable.Type]

extension Configurable {
    /// Makes what the configuration describes; state is not part of it.
    public static func fromConfig(_ config: Configuration) throws -> Self {
        try fromConfig(config, customObjects: [:])
    }

    /// The configuration together with the name of the class, as it stands inside other configurations.
    public func serialized() -> Configuration {
        ["class_name": .string(Self.className), "config": .object(getConfig())]
    }
}
