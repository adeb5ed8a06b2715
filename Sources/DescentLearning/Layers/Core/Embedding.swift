import DescentCore

/// A row of a table for each whole number: words as vectors.
///
/// Gradients touch only the rows that were read.
///
/// ```swift
/// let embedding = Embedding(3, 2, embeddingsInitializer: .constant(0.5))
/// print(embedding(Tensor([[0, 2]], dtype: .int32)).shape)   // [1, 2, 2]
/// ```
public final class Embedding: MaskedLayer, ConfigurableLayer {
    /// How many rows there are.
    public let inputDim: Int
    /// How long each is.
    public let outputDim: Int
    /// The table [inputDim, outputDim].
    public let embeddings: Weight
    /// Whether 0 stands for steps that do not count.
    public let maskZero: Bool
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer whose table is made at the first call.
    ///
    /// - Parameters:
    ///   - inputDim: how many rows: one more than the largest number.
    ///   - outputDim: how long each is.
    ///   - embeddingsInitializer: the first value of the table.
    ///   - embeddingsRegularizer: what the table adds to the loss.
    ///   - embeddingsConstraint: what each new table is put through.
    ///   - maskZero: whether 0 stands for steps that do not count.
    ///   - name: what to call the layer.
    public init(
        _ inputDim: Int, _ outputDim: Int, embeddingsInitializer: Initializer = .randomUniform,
        embeddingsRegularizer: Regularizer? = nil, embeddingsConstraint: Constraint? = nil, maskZero: Bool = false,
        name: String? = nil
    ) {
        self.inputDim = inputDim
        self.outputDim = outputDim
        self.maskZero = maskZero
        self.name = name
        embeddings = Weight(
            "embeddings", embeddingsInitializer, regularizer: embeddingsRegularizer, constraint: embeddingsConstraint)
    }

    /// The rows with the numbers of x. A number outside of the table is an error when the rows are computed.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if let argumentError { return Tensor(error: argumentError) }
        return embeddings([inputDim, outputDim]).gather(indices(x))
    }

    /// The input's numbers, unless they are 0 and stand for nothing.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? { maskZero ? indices(x) .!= 0 : nil }

    /// There must be rows of some length.
    public var argumentError: DescentError? {
        misfit(
            unless: inputDim > 0 && outputDim > 0, "the table has at least one row and one column",
            received: "[\(inputDim), \(outputDim)]")
    }

    private func indices(_ x: Tensor) -> Tensor {
        guard let x = try? x.operand() else { return x }
        return x.dtype.isInteger ? x : x.cast(to: .int32)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Embedding>) throws -> Embedding {
        try arguments.only("activity_regularizer", .null)
        return try Embedding(
            arguments.required("input_dim", \.inputDim), arguments.required("output_dim", \.outputDim),
            embeddingsInitializer: arguments(
                "embeddings_initializer", \.embeddings.initializer, default: .randomUniform),
            embeddingsRegularizer: arguments("embeddings_regularizer", \.embeddings.regularizer),
            embeddingsConstraint: arguments("embeddings_constraint", \.embeddings.constraint),
            maskZero: arguments("mask_zero", \.maskZero, default: false), name: arguments.name())
    }
}
