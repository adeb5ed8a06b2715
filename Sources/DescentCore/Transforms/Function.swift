import CDescent

/// A compiled function: it is recorded at the first call for each combination of shapes and types, and replayed from then on.
///
/// Calls cost neither recording nor planning, and give the same bits as the function itself. A function of single
/// numbers becomes a program of a few nanoseconds for each operation. Derivatives compile like anything else.
///
/// ```swift
/// let f = Function { (x: Tensor) in
///     var y = x
///     for _ in 0..<100 { y = y * 0.5 + x }
///     return y
/// }
/// print(f(1), f(3))   // 2.0 6.0
/// let curvature = Function(hessian(of: { x in (x ** 3).sum() }))
/// print(curvature([1, 2]))
/// // [[ 6.0,  0.0],
/// //  [ 0.0, 12.0]]
/// ```
///
/// Variables are read at each call. Everything else that the closure captures is a constant of the record, and what it does
/// besides computing tensors (print, count) happens only when it is recorded. A function that looks at numbers which
/// depend on its arguments or on variables, or changes variables, is not compiled: it runs as written at every call.
/// So does a function while something records, so that it can be differentiated from outside.
///
/// A compiled function belongs to the thread that uses it.
public final class Function<Input, Output> {
    private let function: ([Tensor]) -> [Tensor]
    private var compiled: [Compiled] = []
    private var isPlain = false
    fileprivate let pack: ([Tensor]) -> Output

    /// Records kept; a program that never sees the same shapes again must not grow.
    private static var capacity: Int { 16 }

    fileprivate init(_ function: @escaping ([Tensor]) -> [Tensor], _ pack: @escaping ([Tensor]) -> Output) {
        self.function = function
        self.pack = pack
    }

    fileprivate func run(_ inputs: [Tensor]) -> [Tensor] {
        guard !isPlain, cd_recorder_current().pointee.recording == 0, cd_checks_numerics() == 0 else {
            return function(inputs)
        }
        do throws(DescentError) {
            var known: [Tensor] = []
            known.reserveCapacity(inputs.count)
            for input in inputs { known.append(try input.known()) }
            if let index = compiled.firstIndex(where: { $0.fits(known) }) { return try compiled[index].run(known) }
            return try compile(known)
        } catch {
            // As written, the function says itself where the error belongs.
            return function(inputs)
        }
    }

    private func compile(_ inputs: [Tensor]) throws(DescentError) -> [Tensor] {
        let captures = Captures()
        let trace = captures.capturing { Trace(inputs, function) }
        guard trace.isComplete, let new = try Compiled(trace, captures) else {
            isPlain = true
            // Its values are those of these arguments; to run again could change variables twice.
            return trace.results
        }
        if compiled.count == Function.capacity { compiled.removeFirst() }
        compiled.append(new)
        return try new.run(inputs)
    }

    /// How many times the function was recorded and is ready to be replayed.
    package var recordCount: Int { compiled.count }
}

// MARK: - Functions of one tensor

extension Function where Input == Tensor {
    /// The compiled form of `function`.
    public convenience init(_ function: @escaping (Tensor) -> Tensor) where Output == Tensor {
        self.init({ [function($0[0])] }, { $0[0] })
    }

    /// The compiled form of a value with its derivative: `Function(valueAndGradient(of: f))`.
    public convenience init(_ function: @escaping (Tensor) -> (value: Tensor, gradient: Tensor))
    where Output == (value: Tensor, gradient: Tensor) {
        self.init(
            { inputs in
                let (value, gradient) = function(inputs[0])
                return [value, gradient]
            }, { ($0[0], $0[1]) })
    }

    /// The value for `x`, computed now.
    public func callAsFunction(_ x: Tensor) -> Output { pack(run([x])) }
}

// MARK: - Functions of two tensors

extension Function where Input == (Tensor, Tensor) {
    /// The compiled form of `function`.
    public convenience init(_ function: @escaping (Tensor, Tensor) -> Tensor) where Output == Tensor {
        self.init({ [function($0[0], $0[1])] }, { $0[0] })
    }

    /// The value for `x` and `y`, computed now.
    public func callAsFunction(_ x: Tensor, _ y: Tensor) -> Output { pack(run([x, y])) }
}

// MARK: - Functions of any number of tensors

extension Function where Input == [Tensor] {
    /// The compiled form of `function`.
    public convenience init(_ function: @escaping ([Tensor]) -> [Tensor]) where Output == [Tensor] {
        self.init(function, { $0 })
    }

    /// The compiled form of `function`.
    @_disfavoredOverload
    public convenience init(_ function: @escaping ([Tensor]) -> Tensor) where Output == Tensor {
        self.init({ [function($0)] }, { $0[0] })
    }

    /// The values for `inputs`, computed now.
    public func callAsFunction(_ inputs: [Tensor]) -> Output { pack(run(inputs)) }
}

// MARK: - Functions of variables only

extension Function where Input == Void {
    /// The compiled form of a function of what it captures: variables are read at each call.
    ///
    /// ```swift
    /// let w = Variable(2.0)
    /// let energy = Function { w * w / 2 }
    /// print(energy())   // 2.0
    /// w.assign(4)
    /// print(energy())   // 8.0
    /// ```
    public convenience init(_ function: @escaping () -> Tensor) where Output == Tensor {
        self.init({ _ in [function()] }, { $0[0] })
    }

    /// The value, computed now.
    public func callAsFunction() -> Output { pack(run([])) }
}
