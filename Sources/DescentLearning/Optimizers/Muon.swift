import DescentCore
import DescentFiles

/// Makes the update of a matrix orthogonal, so that no direction is neglected (Jordan and others, 2024).
///
/// ```
/// m ← μ m + g,   x = g + μ m with Nesterov's momentum, else m
/// x ← x / ‖x‖, then five times   A = x xᵀ,   x ← a x + (b A + c A A) x
/// w ← w − rate · 0.2 √max(rows, columns) · x
/// ```
///
/// Only for matrices. All other variables, embeddings, and what `excludeLayers` names are updated as by `AdamW`.
///
/// ```swift
/// let w = Variable([[4, 0], [0, 0.001]])
/// try Muon(learningRate: 1, weightDecay: nil, rmsRate: nil).minimize({ (w * w).sum() / 2 }, [w])
/// print(w.value[1, 1] .< 0)   // true
/// ```
///
/// The arithmetic is that of Keras 3.
public final class Muon: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Muon"
    /// What is kept between steps.
    public let state: OptimizerState
    /// The β₁ of Adam.
    public let adamBeta1: Double
    /// The β₂ of Adam.
    public let adamBeta2: Double
    /// The weight decay of what Adam updates.
    public let adamWeightDecay: Double?
    /// The ε of Adam.
    public let epsilon: Double
    /// Regular expressions; matrices in whose names one is found are left to Adam.
    public let excludeLayers: [String]
    /// Whether matrices with `embedding` in their names are left to Adam.
    public let excludeEmbeddings: Bool
    /// The coefficient a of the iteration.
    public let muonA: Double
    /// The coefficient b of the iteration.
    public let muonB: Double
    /// The coefficient c of the iteration.
    public let muonC: Double
    /// What the rate is multiplied by for Adam.
    public let adamLrRatio: Double
    /// How much of the sum of gradients stays at each step.
    public let momentum: Double
    /// Steps of the iteration.
    public let nsSteps: Int
    /// Whether to look ahead by one gradient.
    public let nesterov: Bool
    /// The length of steps compared with Adam's; nil for steps that are not scaled.
    public let rmsRate: Double?
    private let excluded: [Regex<AnyRegexOutput>]

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - adamBeta1: the β₁ of Adam; the default is 0.9.
    ///   - adamBeta2: the β₂ of Adam; the default is 0.999.
    ///   - adamWeightDecay: the weight decay of what Adam updates; the default is 0.004.
    ///   - epsilon: the ε of Adam; the default is 1e-7.
    ///   - excludeLayers: regular expressions; matrices in whose names one is found are left to Adam; the default
    ///     is none.
    ///   - excludeEmbeddings: whether matrices with `embedding` in their names are left to Adam; the default is
    ///     true.
    ///   - muonA: the coefficient a of the iteration; the default is 3.4445.
    ///   - muonB: the coefficient b of the iteration; the default is -4.7750.
    ///   - muonC: the coefficient c of the iteration; the default is 2.0315.
    ///   - adamLrRatio: what the rate is multiplied by for Adam; the default is 1.
    ///   - momentum: how much of the sum of gradients stays at each step; the default is 0.95.
    ///   - nsSteps: steps of the iteration; the default is 5.
    ///   - nesterov: whether to look ahead by one gradient; the default is true.
    ///   - rmsRate: the length of steps compared with Adam's; nil for steps that are not scaled; the default is
    ///     0.2.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, adamBeta1: Double = 0.9, adamBeta2: Double = 0.999,
        adamWeightDecay: Double? = 0.004, epsilon: Double = 1e-7, weightDecay: Double? = 0.004, clipNorm: Double? = nil,
        clipValue: Double? = nil, globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "muon", excludeLayers: [String] = [], excludeEmbeddings: Bool = true,
        muonA: Double = 3.4445, muonB: Double = -4.7750, muonC: Double = 2.0315, adamLrRatio: Double = 1,
        momentum: Double = 0.95, nsSteps: Int = 5, nesterov: Bool = true, rmsRate: Double? = 0.2
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), adamBeta1: adamBeta1,
            adamBeta2: adamBeta2, adamWeightDecay: adamWeightDecay, epsilon: epsilon, excludeLayers: excludeLayers,
            excludeEmbeddings: excludeEmbeddings, muonA: muonA, muonB: muonB, muonC: muonC, adamLrRatio: adamLrRatio,
            momentum: momentum, nsSteps: nsSteps, nesterov: nesterov, rmsRate: rmsRate)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(
        _ options: OptimizerOptions, adamBeta1: Double = 0.9, adamBeta2: Double = 0.999,
        adamWeightDecay: Double? = 0.004, epsilon: Double = 1e-7, excludeLayers: [String] = [],
        excludeEmbeddings: Bool = true, muonA: Double = 3.4445, muonB: Double = -4.7750, muonC: Double = 2.0315,
        adamLrRatio: Double = 1, momentum: Double = 0.95, nsSteps: Int = 5, nesterov: Bool = true,
        rmsRate: Double? = 0.2
    ) {
        state = OptimizerState(options)
        self.adamBeta1 = adamBeta1
        self.adamBeta2 = adamBeta2
        self.adamWeightDecay = adamWeightDecay
        self.epsilon = epsilon
        self.excludeLayers = excludeLayers
        self.excludeEmbeddings = excludeEmbeddings
        self.muonA = muonA
        self.muonB = muonB
        self.muonC = muonC
        self.adamLrRatio = adamLrRatio
        self.momentum = momentum
        self.nsSteps = nsSteps
        self.nesterov = nesterov
        self.rmsRate = rmsRate
        excluded = excludeLayers.compactMap { try? Regex($0) }
        state.require((0..<1).contains(adamBeta1), Muon.className, "adamBeta1 must lie in 0..<1", received: adamBeta1)
        state.require((0..<1).contains(adamBeta2), Muon.className, "adamBeta2 must lie in 0..<1", received: adamBeta2)
        state.require(epsilon >= 0, Muon.className, "epsilon must not be negative", received: epsilon)
        state.require(
            (0...1).contains(momentum), Muon.className, "momentum must lie between 0 and 1", received: momentum)
        state.require(nsSteps >= 0, Muon.className, "nsSteps must not be negative", received: nsSteps)
        state.require(
            excluded.count == excludeLayers.count, Muon.className, "excludeLayers must be regular expressions",
            received: excludeLayers)
    }

    /// The sum of gradients; for Adam the averages of gradients and of their squares.
    public var slotNames: [String] { ["momentum", "velocity"] }
    /// The second one is there for what is left to Adam.
    public func slotNames(for variable: Variable) -> [String] {
        isLeftToAdam(variable) ? ["momentum", "velocity"] : ["momentum"]
    }
    /// All are listed together.
    public var slotGroups: [[String]] { [slotNames] }
    /// Products are of whole matrices.
    public var isElementwise: Bool { false }
    /// What is left to Adam has a weight decay of its own.
    public func weightDecay(for variable: Variable) -> Double? {
        isLeftToAdam(variable) ? adamWeightDecay : state.options.weightDecay
    }

    private func isLeftToAdam(_ variable: Variable) -> Bool {
        variable.shape.rank != 2
            || excludeEmbeddings && variable.name.lowercased().contains("embedding")
            || excluded.contains { variable.name.firstMatch(of: $0) != nil }
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        if slots.contains("velocity") {
            let rule = AdamRule(beta1: adamBeta1, beta2: adamBeta2, epsilon: epsilon, amsgrad: false)
            return rule.update(w, g, &slots, rate: step.learningRate * adamLrRatio, step: step)
        }
        let sum = momentum * slots.momentum + g
        slots.momentum = sum
        let scale = rmsRate.map { $0 * Double(max(w.shape[0], w.shape[1])).squareRoot() } ?? 1
        return w - step.learningRate * scale * orthogonal(nesterov ? g + momentum * sum : sum)
    }

    /// The nearest matrix with orthogonal rows or columns, roughly, by the iteration of Newton and Schulz.
    private func orthogonal(_ matrix: Tensor) -> Tensor {
        // The smaller product of the two.
        let isTall = matrix.shape[0] > matrix.shape[1]
        var x = isTall ? matrix.transposed() : matrix
        x = x / (sqrt((x * x).sum()) + 1e-7)
        for _ in 0..<nsSteps {
            let a = x.matmul(x.transposed())
            x = muonA * x + (muonB * a + muonC * a.matmul(a)).matmul(x)
        }
        return isTall ? x.transposed() : x
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        [
            "adam_beta_1": .number(adamBeta1), "adam_beta_2": .number(adamBeta2),
            "adam_weight_decay": .init(adamWeightDecay), "epsilon": .number(epsilon),
            "exclude_layers": .list(excludeLayers.map { .string($0) }), "exclude_embeddings": .bool(excludeEmbeddings),
            "muon_a": .number(muonA), "muon_b": .number(muonB), "muon_c": .number(muonC),
            "adam_lr_ratio": .number(adamLrRatio), "momentum": .number(momentum), "ns_steps": .integer(nsSteps),
            "nesterov": .bool(nesterov), "rms_rate": .init(rmsRate),
        ]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Muon {
        let read = ConfigurationReader(config, for: className)
        var options = try read.options(name: "muon", customObjects: customObjects)
        if config["weight_decay"] == nil { options.weightDecay = 0.004 }
        return try read.finished(
            Muon(
                options, adamBeta1: try read.number("adam_beta_1", default: 0.9),
                adamBeta2: try read.number("adam_beta_2", default: 0.999),
                adamWeightDecay: config["adam_weight_decay"] == nil ? 0.004 : try read.number("adam_weight_decay"),
                epsilon: try read.number("epsilon", default: 1e-7),
                excludeLayers: try read.strings("exclude_layers") ?? [],
                excludeEmbeddings: try read.bool("exclude_embeddings", default: true),
                muonA: try read.number("muon_a", default: 3.4445), muonB: try read.number("muon_b", default: -4.7750),
                muonC: try read.number("muon_c", default: 2.0315),
                adamLrRatio: try read.number("adam_lr_ratio", default: 1),
                momentum: try read.number("momentum", default: 0.95), nsSteps: try read.integer("ns_steps") ?? 5,
                nesterov: try read.bool("nesterov", default: true),
                rmsRate: config["rms_rate"] == nil ? 0.2 : try read.number("rms_rate")))
    }
}
