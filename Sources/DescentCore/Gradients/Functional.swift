/// The value of a loss and its derivatives with respect to variables.
///
/// ```swift
/// let w = Variable(10.0)
/// let (value, gradients) = try valueAndGradient([w]) { w * w / 2 }
/// print(value, gradients[0]!)   // 50.0 10.0
/// ```
///
/// Variables are watched whether trainable or not. A gradient is nil where the loss does not depend on the variable.
public func valueAndGradient(
    _ variables: [Variable], file: StaticString = #fileID, line: UInt = #line, _ loss: () throws -> Tensor
) throws -> (value: Tensor, gradients: [Tensor?]) {
    do {
        return try Backward.valueAndGradients(of: loss, variables)
    } catch let error as DescentError {
        throw error.located(at: SourceLocation(file, line))
    }
}

/// The function that gives the value and the derivative of `f`.
///
/// ```swift
/// let f = valueAndGradient(of: { (x: Tensor) in x * x })
/// let (value, slope) = f(3)
/// print(value, slope)   // 9.0 6.0
/// ```
public func valueAndGradient(
    of f: @escaping (Tensor) -> Tensor
) -> (Tensor) -> (value: Tensor, gradient: Tensor) {
    { input in
        let x = input.strong()
        let tape = GradientTape(watchAccessedVariables: false)
        var watched = x
        let value = tape.record {
            // A node of its own: a gradient stops here, whatever x was computed from.
            watched = Tensor.unwatched(x)
            tape.watch(watched)
            return f(watched)
        }
        do {
            let gradient = try tape.gradient(value, [watched])[0]
            return (value, gradient ?? Tensor.zeros(x.shape, dtype: x.dtype))
        } catch {
            let failure = Tensor(error: error as? DescentError ?? DescentError("gradient", "\(error)", received: "it"))
            return (value, failure)
        }
    }
}

/// The derivative of `f`: for a result that is not a single number, of the sum of its elements.
///
/// ```swift
/// let slope = gradient(of: { x in x ** 3 })
/// print(slope(2), gradient(of: slope)(2))   // 12.0 12.0
/// ```
public func gradient(of f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
    let both = valueAndGradient(of: f)
    return { both($0).gradient }
}

/// The function that gives the value and the derivatives of `f`, a function of several tensors.
///
/// ```swift
/// let f = valueAndGradient(of: { (x: [Tensor]) in x[0] * x[1] })
/// let (value, gradients) = f([3, 4])
/// print(value, gradients[0], gradients[1])   // 12.0 4.0 3.0
/// ```
@_disfavoredOverload
public func valueAndGradient(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> ([Tensor]) -> (value: Tensor, gradients: [Tensor]) {
    { inputs in
        let all = Tensor.attempt(SourceLocation(file, line)) {
            let recorded = try Linearization(at: inputs, f)
            return [recorded.value] + (try recorded.pullback(nil))
        }
        return all.count > 1 ? (all[0], Array(all[1...])) : (all[0], inputs.map { _ in all[0] })
    }
}

/// The derivatives of `f`, a function of several tensors: for a result that is not a single number, of the sum of its
/// elements.
@_disfavoredOverload
public func gradient(
    of f: @escaping ([Tensor]) -> Tensor, file: StaticString = #fileID, line: UInt = #line
) -> ([Tensor]) -> [Tensor] {
    let both = valueAndGradient(of: f, file: file, line: line)
    return { both($0).gradients }
}
