import DescentCore

extension RMSprop {
    /// RMSprop with the arguments and the arithmetic of Keras 3.6.
    ///
    /// Arguments out of range are refused by the first step, or at once by `fromConfig`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number or a schedule.
    ///   - rho: how much of the old average stays.
    ///   - momentum: how much of the last change is repeated.
    ///   - epsilon: keeps the root away from zero; stands inside it.
    ///   - centered: whether to divide by the deviation of the gradient.
    ///   - weightDecay: makes every variable smaller by this share times the learning rate.
    ///   - clipNorm: the greatest norm of the gradient of a variable.
    ///   - clipValue: the greatest magnitude of an element of a gradient.
    ///   - globalClipNorm: the greatest norm of all gradients together. Only one of the three may be given.
    ///   - useEMA: whether a moving average of every variable is kept.
    ///   - emaMomentum: how much of the old average stays.
    ///   - emaOverwriteFrequency: after how many steps the averages become the values of the variables.
    ///   - lossScaleFactor: what the loss is multiplied by before gradients are taken, to be undone afterwards.
    ///   - gradientAccumulationSteps: over how many calls gradients are averaged before they are used.
    ///   - lazy: whether a gradient of some rows of a table changes these rows only, also with momentum or weight decay.
    ///   - name: what the optimizer is called.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, rho: Double = 0.9, momentum: Double = 0,
        epsilon: Double = 1e-7, centered: Bool = false, weightDecay: Double? = nil, clipNorm: Double? = nil,
        clipValue: Double? = nil, globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "rmsprop"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name),
            rho: rho, momentum: momentum, epsilon: epsilon, centered: centered)
    }

    /// RMSprop whose learning rate is asked for at every step.
    ///
    /// ```swift
    /// var rate = 0.1
    /// let (w, opt) = (Variable(10.0), RMSprop(learningRate: { rate }))
    /// rate = 0
    /// try opt.minimize({ w * w / 2 }, [w])
    /// print(w)   // 10.0
    /// ```
    public convenience init(
        learningRate: @escaping () -> Double, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
        centered: Bool = false, weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil,
        globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "rmsprop"
    ) {
        self.init(
            learningRate: Hyperparameter(learningRate), rho: rho, momentum: momentum, epsilon: epsilon,
            centered: centered, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
            globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
            gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name)
    }

    /// RMSprop with options that are put together elsewhere.
    public convenience init(
        _ options: OptimizerOptions, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
        centered: Bool = false
    ) {
        self.init(
            options, mode: .keras3, rho: Hyperparameter(rho), momentum: Hyperparameter(momentum), epsilon: epsilon,
            centered: centered)
    }

    /// RMSprop with the arguments and the arithmetic of TensorFlow 2.0.
    ///
    /// Epsilon stands outside the root unless there is momentum, and 0 stands for 1e-7. `minimize` clips, first by norm,
    /// then by value; `applyGradients` does not. A clip of 0 makes every gradient 0. Rho and momentum may be asked for
    /// at every step: `momentum: Hyperparameter { … }`; one that is asked for selects the rule with momentum, even if it
    /// is 0.
    ///
    /// ```swift
    /// let w = Variable(10.0)
    /// try RMSprop.tensorFlow2(learningRate: 0.1, decay: 0.5).minimize({ w * w / 2 }, [w])
    /// print(w)   // 9.683772
    /// ```
    ///
    /// - Parameter lr: the learning rate by its old name; it wins over `learningRate`.
    public static func tensorFlow2(
        learningRate: some HyperparameterSource = 0.001, rho: some HyperparameterSource = 0.9,
        momentum: some HyperparameterSource = 0.0, epsilon: Double? = 1e-7, centered: Bool = false, decay: Double = 0,
        clipNorm: Double? = nil, clipValue: Double? = nil, lr: Double? = nil, name: String? = "RMSprop"
    ) -> RMSprop {
        var options = OptimizerOptions(
            learningRate: lr.map { Hyperparameter($0) } ?? hyperparameter(of: learningRate), clipNorm: clipNorm,
            clipValue: clipValue, name: name.flatMap { $0.isEmpty ? nil : $0 } ?? "rm_sprop")
        options.convention = .tensorFlow2
        options.decay = decay
        let epsilon = epsilon.flatMap { $0 == 0 ? nil : $0 } ?? 1e-7
        let opt = RMSprop(
            options, mode: .tensorFlow2, rho: hyperparameter(of: rho), momentum: hyperparameter(of: momentum),
            epsilon: epsilon, centered: centered)
        if let lr, lr < 0 {
            opt.state.problem = DescentError("RMSprop", "lr must not be negative", received: "\(lr)")
        }
        return opt
    }

    /// RMSprop of TensorFlow 2.0 whose learning rate is asked for at every step.
    public static func tensorFlow2(
        learningRate: @escaping () -> Double, rho: some HyperparameterSource = 0.9,
        momentum: some HyperparameterSource = 0.0, epsilon: Double? = 1e-7, centered: Bool = false, decay: Double = 0,
        clipNorm: Double? = nil, clipValue: Double? = nil, name: String? = "RMSprop"
    ) -> RMSprop {
        tensorFlow2(
            learningRate: Hyperparameter(learningRate), rho: rho, momentum: momentum, epsilon: epsilon,
            centered: centered, decay: decay, clipNorm: clipNorm, clipValue: clipValue, name: name)
    }

    /// RMSprop with the arguments and the arithmetic of TensorFlow 1.
    ///
    /// Epsilon stands outside the root. `clipNorm` is one norm over all gradients together.
    ///
    /// ```swift
    /// let w = Variable(10.0)
    /// try RMSprop.tensorFlow1(lr: 0.1).minimize({ w * w / 2 }, [w])
    /// print(w)   // 9.683772
    /// ```
    public static func tensorFlow1(
        lr: some HyperparameterSource = 0.001, rho: Double = 0.9, epsilon: Double = 1e-8, decay: Double = 0,
        clipNorm: Double? = nil, clipValue: Double? = nil
    ) -> RMSprop {
        var options = OptimizerOptions(learningRate: lr, clipNorm: clipNorm, clipValue: clipValue, name: "RMSprop")
        options.convention = .tensorFlow1
        options.decay = decay
        return RMSprop(
            options, mode: .tensorFlow1, rho: Hyperparameter(rho), momentum: 0, epsilon: epsilon, centered: false)
    }

    /// RMSprop with the arguments and the arithmetic of PyTorch.
    ///
    /// Epsilon stands outside the root, the learning rate multiplies the momentum buffer, and weight decay is added to
    /// the gradient.
    ///
    /// ```swift
    /// let w = Variable(10.0)
    /// try RMSprop.pyTorch(lr: 0.1).minimize({ w * w / 2 }, [w])
    /// print(w)   // 9.0
    /// ```
    public static func pyTorch(
        lr: some HyperparameterSource = 0.01, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
        momentum: Double = 0, centered: Bool = false
    ) -> RMSprop {
        var options = OptimizerOptions(
            learningRate: lr, weightDecay: weightDecay == 0 ? nil : weightDecay, name: "RMSprop")
        options.convention = .pyTorch
        return RMSprop(
            options, mode: .pyTorch, rho: Hyperparameter(alpha), momentum: Hyperparameter(momentum), epsilon: eps,
            centered: centered)
    }

    /// The learning rate by its old name.
    public var lr: Double {
        get { learningRate }
        set { learningRate = newValue }
    }

    /// Divides the learning rate by 1 + decay · step, in TensorFlow's modes.
    public var decay: Double { state.options.decay }
}
