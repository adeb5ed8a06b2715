import DescentCore

/// What a model reads: a tensor, several, or a type of one's own that is made of tensors. All have a first axis of rows.
///
/// ```swift
/// struct Ratings: ModelInput {
///     var user: Tensor
///     var film: Tensor
///     var tensors: [Tensor] { [user, film] }
///     init(tensors: [Tensor]) { (user, film) = (tensors[0], tensors[1]) }
/// }
/// let ratings = Ratings(tensors: [[1, 2, 3], [7, 8, 9]])
/// let data = try TensorBatches(ratings, batchSize: 2)
/// print(try data.batch(0).x.film)   // [7.0, 8.0]
/// ```
public protocol ModelInput: Sendable {
    /// The tensors, always in the same order.
    var tensors: [Tensor] { get }

    /// An input of these tensors, in the order of `tensors`.
    init(tensors: [Tensor]) throws

    /// An input like this one, with these tensors in the place of its own: other rows, the same names. The default calls
    /// `init(tensors:)`.
    func with(_ tensors: [Tensor]) throws -> Self
}

extension ModelInput {
    /// An input with these tensors, made by `init(tensors:)`.
    public func with(_ tensors: [Tensor]) throws -> Self { try Self(tensors: tensors) }

    /// The same for each tensor.
    func eachTensor(_ transform: (Tensor) throws -> Tensor) throws -> Self {
        if let tensor = self as? Tensor, let result = try transform(tensor) as? Self { return result }
        return try with(tensors.map(transform))
    }
}

extension Tensor: ModelInput {
    /// This tensor alone.
    public var tensors: [Tensor] { [self] }

    /// The only one of `tensors`.
    public init(tensors: [Tensor]) throws {
        guard let tensor = tensors.first, tensors.count == 1 else {
            throw DescentError("Tensor", "an input of one tensor is made of one", received: "\(tensors.count) tensors")
        }
        self = tensor
    }
}

extension [Tensor]: ModelInput {
    /// The same.
    public var tensors: [Tensor] { self }

    /// The same.
    public init(tensors: [Tensor]) { self = tensors }
}

extension [String: Tensor]: ModelInput {
    /// The tensors in the order of their names.
    public var tensors: [Tensor] { keys.sorted().compactMap { self[$0] } }

    /// Refused unless empty: tensors have no names. `with` keeps those that are here.
    public init(tensors: [Tensor]) throws {
        guard tensors.isEmpty else {
            throw DescentError(
                "Dictionary", "an input by name is made of another one, by with(_:)",
                received: "\(tensors.count) tensors without names")
        }
        self = [:]
    }

    /// These tensors under the names that are here, in the order of the names.
    public func with(_ tensors: [Tensor]) throws -> [String: Tensor] {
        guard tensors.count == count else {
            throw DescentError(
                "Dictionary", "there must be a tensor for each name (\(keys.sorted().joined(separator: ", ")))",
                received: "\(tensors.count) tensors")
        }
        return Dictionary(uniqueKeysWithValues: zip(keys.sorted(), tensors))
    }
}
