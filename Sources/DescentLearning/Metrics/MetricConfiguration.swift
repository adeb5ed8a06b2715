import DescentCore
import DescentFiles

/// A metric without arguments of its own: name and dtype are all there is to its configuration.
public protocol PlainMetric: Metric {
    /// A metric that has seen nothing.
    init(name: String, dtype: DType?)
}

extension PlainMetric {
    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Self {
        try read(config) { _, name, dtype in Self(name: name, dtype: dtype) }
    }
}

extension Metric {
    /// Name and dtype, which are the whole configuration of most metrics.
    public func getConfig() -> Configuration { baseConfig }

    /// Name and dtype.
    var baseConfig: Configuration { ["name": .string(name), "dtype": .string("\(dtype)")] }

    /// Reads a configuration: `make` asks for what the class has beside name and dtype.
    static func read<M: Metric>(
        _ config: Configuration, _ make: (ConfigurationReader, _ name: String, DType?) throws -> M
    ) throws -> M {
        let reader = ConfigurationReader(config, for: className)
        let name = try reader.string("name") ?? defaultName
        let metric = try make(reader, name, try reader.dtype(of: className))
        try reader.finish()
        if let refusal = metric.core.refusal { throw refusal }
        return metric
    }
}

extension ConfigurationReader {
    /// The type that the key `dtype` names; nil where it is missing or null.
    func dtype(of className: String) throws -> DType? {
        guard let name = try string("dtype") else { return nil }
        if let dtype = DType.allCases.first(where: { $0.description == name }) { return dtype }
        let names = DType.allCases.map(\.description).joined(separator: ", ")
        throw DescentError("fromConfig", "dtype of \(className) must be one of \(names)", received: name)
    }

    /// The numbers of a key, which may be one by itself; nil where it is missing or null.
    func numbers(_ key: String) throws -> [Double]? {
        guard let value = value(key) else { return nil }
        if let number = value.number { return [number] }
        let numbers = value.list?.compactMap(\.number)
        if let numbers, numbers.count == value.list?.count { return numbers }
        throw DescentError("fromConfig", "\(key) must be a number or a list of numbers", received: value.json)
    }

    /// The whole numbers of a key.
    func integers(_ key: String) throws -> [Int]? {
        guard let value = value(key) else { return nil }
        let integers = value.list?.compactMap(\.integer)
        if let integers, integers.count == value.list?.count { return integers }
        throw DescentError("fromConfig", "\(key) must be a list of whole numbers", received: value.json)
    }

    /// One of the cases that the text of a key may name.
    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = try string(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw DescentError("fromConfig", "\(key) must be one of \(names)", received: text)
    }
}

extension Configuration.Value {
    /// Numbers in order, or nothing.
    init(_ values: [Double]?) { self = values.map { .list($0.map { .number($0) }) } ?? .null }

    /// Whole numbers in order, or nothing.
    init(_ values: [Int]?) { self = values.map { .list($0.map { .integer($0) }) } ?? .null }
}

/// `MeanIoU` as `mean_io_u`: an underscore before a capital that follows a small letter or precedes one.
func snakeCase(_ name: String) -> String {
    let letters = Array(name)
    var result = ""
    for (index, letter) in letters.enumerated() {
        let followsSmall = index > 0 && letters[index - 1].isLowercase
        let precedesSmall = index > 0 && index + 1 < letters.count && letters[index + 1].isLowercase
        if letter.isUppercase, followsSmall || precedesSmall { result += "_" }
        result += letter.lowercased()
    }
    return result
}
