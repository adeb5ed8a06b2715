import DescentCore
import DescentTestSupport
import Testing

/// Inputs that are not easy, and what is to come out.
struct Trial: Sendable {
    typealias Function = @Sendable ([Tensor]) throws -> Tensor

    enum Want: Sendable {
        /// These numbers.
        case values(Tensor, Tolerance)
        /// In float32 what float64 gives, rounded.
        case follows(Tolerance)
        /// Nothing but that it can be computed, and that the gradient is a number where the value is.
        case anything
        /// The same bits as at the places that the function chooses among numbers 1, 2, …; zeros where it gives 0.
        case moved
        case shape(Shape)
        /// An error of the operation of this name.
        case error(String)
    }

    let inputs: [Tensor]
    let want: Want
    /// Whether each element of the result is made from those at its place, so that what is no number somewhere is no excuse
    /// elsewhere.
    var elementwise = false
    /// Whether there is a gradient here.
    var hasGradient = true
    /// In the place of the row's function, where arguments must be others.
    var function: Function?

    init(_ inputs: [Tensor], _ want: Want, elementwise: Bool = false, _ function: Function? = nil) {
        (self.inputs, self.want, self.elementwise, self.function) = (inputs, want, elementwise, function)
    }

    /// One float64 tensor, and the float64 numbers wanted.
    static func gives(
        _ input: [Double], _ want: Tensor, _ tolerance: Tolerance = .exact, _ function: Function? = nil
    ) -> Trial { Trial([Tensor(input)], .values(want, tolerance), function) }

    /// A float32 tensor with which float32 is to go as far as float64.
    static func follows(
        _ inputs: Tensor..., tolerance: Tolerance = .within(relative: 1e-6, absolute: 1e-37),
        _ function: Function? = nil
    ) -> Trial { Trial(inputs, .follows(tolerance), function) }

    static func moving(_ shapes: Shape..., with others: [Tensor] = []) -> Trial {
        let values = AwkwardValues.float64
        var next = 0
        let tensors = shapes.map { shape in
            defer { next += shape.count }
            return Tensor((0..<shape.count).map { values[(5 * (next + $0)) % values.count] }, shape: shape)
        }
        return Trial(tensors + others, .moved)
    }

    static func empty(_ shapes: Shape..., gives want: Shape, _ function: Function? = nil) -> Trial {
        Trial(shapes.map { .zeros($0) }, .shape(want), function)
    }

    static func empty(_ shapes: Shape..., is want: Tensor, _ function: Function? = nil) -> Trial {
        Trial(shapes.map { .zeros($0) }, .values(want, .exact), function)
    }

    static func empty(_ shapes: Shape..., fails operation: String, _ function: Function? = nil) -> Trial {
        Trial(shapes.map { .zeros($0) }, .error(operation), function)
    }

    /// Every element beside every element.
    static func pairs(_ x: Tensor) -> [Tensor] {
        let count = x.count
        let left = x.expandDims(1).broadcast(to: [count, count]).reshape([count * count])
        let right = x.expandDims(0).broadcast(to: [count, count]).reshape([count * count])
        return [left, right]
    }
}

extension Trial {
    /// What is wrong; nil if nothing is.
    func failure(of function: @escaping Function, isDifferentiable: Bool) throws -> String? {
        let function = self.function ?? function
        if case .error(let operation) = want {
            do {
                let y = try function(inputs).evaluated()
                return "an error of \(operation) was due, got \(y.shape)"
            } catch let error as DescentError {
                return error.operation == operation ? nil : "an error of \(operation) was due, not: \(error)"
            }
        }
        let y = try function(inputs).evaluated()
        if let difference = try difference(y, function) { return difference }
        return isDifferentiable && hasGradient ? try gradientFailure(y, function) : nil
    }

    private func difference(_ y: Tensor, _ function: Function) throws -> String? {
        switch want {
        case .values(let values, let tolerance): return mismatch(y, values, tolerance)?.description
        case .follows(let tolerance):
            let wide = try function(inputs.map { $0.dtype == .float32 ? $0.cast(to: .float64) : $0 })
            return mismatch(y, wide.cast(to: y.dtype), tolerance)?.description
        case .moved: return mismatch(y, try carried(function), .bits)?.description
        case .shape(let shape):
            if y.shape == shape { return nil }
            return "shapes differ: got \(y.shape), want \(shape)"
        case .anything, .error: return nil
        }
    }

    /// What a function that moves elements is to give, from what it does with their numbers.
    private func carried(_ function: Function) throws -> Tensor {
        var elements: [Double] = [0]
        let numbers = inputs.map { input in
            guard input.dtype == .float64 else { return input }
            let first = elements.count
            elements += input.scalars(as: Double.self)
            return Tensor((first..<elements.count).map { Double($0) }, shape: input.shape)
        }
        let places = try function(numbers).evaluated()
        return Tensor(places.scalars(as: Int.self).map { elements[$0] }, shape: places.shape)
    }

    /// Where all that matters is finite, so the value is too, the gradient must be a number (an infinity may be right).
    private func gradientFailure(_ y: Tensor, _ function: Function) throws -> String? {
        guard y.dtype.isFloatingPoint, inputs.contains(where: { $0.dtype.isFloatingPoint }) else { return nil }
        let known = try (inputs + [y]).map { try $0.cast(to: .float64).evaluated().scalars(as: Double.self) }
        let isFinite = known.allSatisfy { $0.allSatisfy(\.isFinite) }
        guard elementwise || isFinite else { return nil }
        let tape = GradientTape(watchAccessedVariables: false)
        for input in inputs where input.dtype.isFloatingPoint { tape.watch(input) }
        let target = try tape.record { try function(inputs) }
        let gradients = try tape.gradient(target, inputs)
        for (number, gradient) in gradients.enumerated() {
            guard let gradient = try gradient?.evaluated() else { continue }
            guard gradient.shape == inputs[number].shape else {
                return "the gradient of input \(number) has the shape \(gradient.shape)"
            }
            let slopes = gradient.scalars(as: Double.self)
            if elementwise {
                for place in slopes.indices where slopes[place].isNaN && known.allSatisfy({ $0[place].isFinite }) {
                    return "the gradient of input \(number) is NaN at \(known.map { $0[place] }) (\(y.dtype))"
                }
            } else if isFinite, slopes.contains(where: \.isNaN) {
                return "the gradient of input \(number) is NaN: \(slopes)"
            }
        }
        return nil
    }
}

extension Trial {
    /// The same where there is no gradient.
    var withoutGradient: Trial {
        var trial = self
        trial.hasGradient = false
        return trial
    }

    /// The same with another function.
    func with(_ function: @escaping Function) -> Trial {
        Trial(inputs, want, elementwise: elementwise, function)
    }
}

/// The smallest number above 0.
let smallest = Double.leastNonzeroMagnitude

/// What literals cannot say; they take the type of what they are compared with, as literals do.
extension Tensor {
    static var nan: Tensor { Tensor(Double.nan) }
    static var infinity: Tensor { Tensor(Double.infinity) }
    static var minusInfinity: Tensor { Tensor(-Double.infinity) }
}
