import DescentCore

/// Multiplies the loss so that small gradients do not vanish, by as much as the gradients allow.
///
/// Gradients are divided by the scale before `inner` uses them. Where one of them is not finite the step is left out
/// and the scale halved; after `dynamicGrowthSteps` steps without that it is doubled.
///
/// ```swift
/// let w = Variable(10.0)
/// let opt = LossScaleOptimizer(RMSprop(learningRate: 0.1))
/// try opt.minimize({ w * w / 2 }, [w])
/// print(w, opt.dynamicScale)   // 9.683772 32768.0
/// try opt.minimize({ w * 1e38 * 1e38 }, [w])
/// print(w, opt.dynamicScale)   // 9.683772 16384.0
/// ```
public final class LossScaleOptimizer: Optimizer {
    /// The optimizer that uses the gradients. It shares its state: both count the same steps.
    public let inner: any Optimizer
    /// What the optimizer is called.
    public let name: String
    /// What is kept between steps: the state of `inner`.
    public let state: OptimizerState

    /// Scales the loss for `inner`, whose own `lossScaleFactor` no longer counts.
    ///
    /// - Parameters:
    ///   - inner: the optimizer that uses the gradients.
    ///   - initialScale: the first scale; the default is 32768.
    ///   - dynamicGrowthSteps: steps without overflow after which the scale doubles; the default is 2000.
    ///   - name: what the optimizer is called.
    public init(
        _ inner: any Optimizer, initialScale: Double = 32768, dynamicGrowthSteps: Int = 2000,
        name: String = "loss_scale_optimizer"
    ) {
        self.inner = inner
        self.name = name
        state = inner.state
        state.dynamicScale = DynamicScale(
            scale: initialScale, growthSteps: dynamicGrowthSteps, initialScale: initialScale)
        if !(initialScale > 0 && initialScale.isFinite) {
            state.problem =
                state.problem
                ?? DescentError("optimizer", "initialScale must be positive and finite", received: "\(initialScale)")
        }
        if dynamicGrowthSteps < 1 {
            state.problem =
                state.problem
                ?? DescentError("optimizer", "dynamicGrowthSteps must be at least 1", received: "\(dynamicGrowthSteps)")
        }
    }

    /// What the loss is multiplied by.
    public var dynamicScale: Double { state.dynamicScale?.scale ?? 1 }

    /// The slots of `inner`.
    public var slotNames: [String] { inner.slotNames }
    /// The slots of `inner`.
    public func slotNames(for variable: Variable) -> [String] { inner.slotNames(for: variable) }
    /// The groups of `inner`.
    public var slotGroups: [[String]] { inner.slotGroups }
    /// What `inner` says.
    public func initialSlot(_ name: String, for variable: Variable) -> Tensor { inner.initialSlot(name, for: variable) }
    /// What `inner` says.
    public func weightDecay(for variable: Variable) -> Double? { inner.weightDecay(for: variable) }
    /// What `inner` remembers.
    public var sharedVariables: [Variable] { inner.sharedVariables }
    /// What `inner` says.
    public func sharedUpdates(_ step: Step) -> [(Variable, Tensor)] { inner.sharedUpdates(step) }
    /// What `inner` says.
    public var isElementwise: Bool { inner.isElementwise }
    /// What `inner` says.
    public var zeroGradientDecay: [String: Double]? { inner.zeroGradientDecay }
    /// The formula of `inner`.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        inner.update(w, g, &slots, step)
    }
}

/// A scale that follows what the gradients allow.
struct DynamicScale {
    var scale: Double
    /// Steps since the last overflow or growth.
    var counter = 0
    let growthSteps: Int
    let initialScale: Double

    /// Takes note of a step; whether it counts.
    mutating func advance(finite: Bool) -> Bool {
        guard finite else {
            counter = 0
            scale /= 2
            return false
        }
        if counter == growthSteps - 1 {
            counter = 0
            scale *= 2
        } else {
            counter += 1
        }
        return true
    }
}

extension OptimizerState {
    /// What the loss is multiplied by, if it is.
    var lossScale: Double? { dynamicScale?.scale ?? options.lossScaleFactor }
}
