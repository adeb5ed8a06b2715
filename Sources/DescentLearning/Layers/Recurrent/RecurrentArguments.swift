import DescentCore

/// The arguments that all recurrent layers have.
struct RecurrentArguments {
    var units: Int
    var activation: ActivationFunction
    var useBias: Bool
    var kernelInitializer: Initializer
    var recurrentInitializer: Initializer
    var biasInitializer: Initializer
    var kernelRegularizer: Regularizer?
    var recurrentRegularizer: Regularizer?
    var biasRegularizer: Regularizer?
    var activityRegularizer: Regularizer?
    var kernelConstraint: Constraint?
    var recurrentConstraint: Constraint?
    var biasConstraint: Constraint?
    var dropout: Double
    var recurrentDropout: Double
    var seed: Int?
    var returnSequences: Bool
    var goBackwards: Bool
    var zeroOutputForMask: Bool
    var name: String?

    /// The same, reading the other way.
    var reversed: RecurrentArguments {
        var other = self
        other.goBackwards.toggle()
        return other
    }
}

extension RecurrentArguments {
    init<L: RecurrentLayer>(_ arguments: LayerArguments<L>) throws {
        for key in ["return_state", "stateful"] { try arguments.only(key, false) }
        // Each sequence is unrolled; how others compute the same does not matter.
        _ = (arguments.read("unroll"), arguments.read("use_cudnn"), arguments.read("implementation"))
        units = try arguments.required("units", \.units)
        activation = try arguments("activation", \.activation, default: .tanh)
        useBias = try arguments("use_bias", \.arguments.useBias, default: true)
        kernelInitializer = try arguments(
            "kernel_initializer", \.arguments.kernelInitializer, default: .glorotUniform)
        recurrentInitializer = try arguments(
            "recurrent_initializer", \.arguments.recurrentInitializer, default: .orthogonal)
        biasInitializer = try arguments("bias_initializer", \.arguments.biasInitializer, default: .zeros)
        kernelRegularizer = try arguments("kernel_regularizer", \.arguments.kernelRegularizer)
        recurrentRegularizer = try arguments("recurrent_regularizer", \.arguments.recurrentRegularizer)
        biasRegularizer = try arguments("bias_regularizer", \.arguments.biasRegularizer)
        activityRegularizer = try arguments("activity_regularizer", \.arguments.activityRegularizer)
        kernelConstraint = try arguments("kernel_constraint", \.arguments.kernelConstraint)
        recurrentConstraint = try arguments("recurrent_constraint", \.arguments.recurrentConstraint)
        biasConstraint = try arguments("bias_constraint", \.arguments.biasConstraint)
        dropout = try arguments("dropout", \.dropout, default: 0)
        recurrentDropout = try arguments("recurrent_dropout", \.recurrentDropout, default: 0)
        seed = try arguments("seed", \.seed)
        returnSequences = try arguments("return_sequences", \.returnSequences, default: false)
        goBackwards = try arguments("go_backwards", \.goBackwards, default: false)
        zeroOutputForMask = try arguments("zero_output_for_mask", \.zeroOutputForMask, default: false)
        name = try arguments.name()
    }
}
