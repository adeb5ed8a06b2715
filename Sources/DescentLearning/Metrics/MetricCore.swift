import DescentCore

/// What every metric has: its name, the type of its result, and named sums.
///
/// The sums are kept in double precision together with what rounding cuts off of them, so that any number of
/// updates loses nothing, and merging gives what one pass would have given.
public final class MetricCore {
    /// What the metric is called.
    public let name: String
    /// The type in which it compares, and of its result.
    public let dtype: DType
    /// Why the metric cannot work, if its arguments were refused.
    public let refusal: DescentError?
    private(set) var sums: [Sums]

    /// Sums of one name.
    struct Sums {
        let name: String
        /// The extents; nil stands for one that the first batch decides, the same everywhere in a metric.
        let pattern: [Int?]
        var numbers: [CompensatedSum]
        var freeExtent = 0

        /// The extents at the moment: an undecided one is 0.
        var shape: Shape { Shape(pattern.map { $0 ?? freeExtent }) }
    }

    /// What one metric keeps; all sums begin at 0.
    ///
    /// ```swift
    /// let core = MetricCore(name: "largest", sums: ["total": [], "perClass": [nil]])
    /// print(core.state.sums.map(\.shape))   // [[], [0]]
    /// ```
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type in which it compares, and of its result; nil stands for float32.
    ///   - sums: the names of the sums and their extents; `[]` is a single number, and nil an extent that the
    ///     first batch decides.
    ///   - integers: whether an integer type may be asked for; by default it is refused.
    ///   - refusal: what is wrong with the metric's other arguments: whoever uses it first is told.
    public init(
        name: String, dtype: DType? = nil, sums: KeyValuePairs<String, [Int?]>, integers: Bool = false,
        refusal: DescentError? = nil
    ) {
        self.name = name
        self.dtype = dtype ?? .float32
        var refusal = refusal
        if !self.dtype.isFloatingPoint, !(integers && self.dtype.isInteger) {
            refusal = DescentError(
                "Metric", "a metric's dtype is \(integers ? "float32, float64, int32 or int64" : "float32 or float64")",
                received: "\(self.dtype) for \(name)")
        }
        self.refusal = refusal
        self.sums = sums.map { name, pattern in
            let count = pattern.reduce(1) { $0 * ($1 ?? 0) }
            return Sums(
                name: name, pattern: pattern, numbers: [CompensatedSum](repeating: CompensatedSum(), count: count))
        }
    }

    // MARK: - Reading

    /// The numbers of a sum in row-major order; none for a name that is not there.
    public func numbers(_ name: String) -> [Double] {
        sums.first { $0.name == name }?.numbers.map(\.value) ?? []
    }

    /// The only number of a sum; NaN for a name that is not there.
    public func number(_ name: String) -> Double {
        sums.first { $0.name == name }?.numbers.first?.value ?? .nan
    }

    /// `value` as the metric's result, or why there is none. Metrics of integers have fractions for a result too.
    public func result(_ value: @autoclosure () -> Double) -> Tensor {
        if let refusal { return Tensor(error: refusal) }
        return Tensor(value(), dtype: dtype.isFloatingPoint ? dtype : .float32)
    }

    /// `values` as the metric's result, or why there is none.
    public func result(_ values: @autoclosure () -> [Double], shape: Shape? = nil) -> Tensor {
        if let refusal { return Tensor(error: refusal) }
        let values = values()
        return Tensor(values, shape: shape ?? [values.count], dtype: dtype.isFloatingPoint ? dtype : .float32)
    }

    /// All sums as a value.
    public var state: MetricState {
        MetricState(
            sums: sums.map {
                MetricState.Sum(
                    name: $0.name, shape: $0.shape, numbers: $0.numbers.map(\.value),
                    residues: $0.numbers.map(\.residue))
            })
    }

    // MARK: - Changing

    /// Computes the summands and adds them; an error before that leaves everything as it was.
    func update(_ inputs: [Tensor?], at location: SourceLocation, _ summands: () throws -> [Tensor]) throws {
        do {
            if let refusal { throw refusal }
            for case let input? in inputs { if let error = input.error { throw error } }
            try add(try summands())
        } catch var error as DescentError {
            // A line of a formula in here is no place of the caller's.
            if error.location?.file.hasPrefix("DescentLearning/") == true { error.location = nil }
            throw error.located(at: location)
        }
    }

    private func add(_ summands: [Tensor]) throws(DescentError) {
        let summands = try operands(summands)
        try Engine.evaluate(summands.map(\.node))
        add(known: summands[...])
    }

    /// The summands of a batch with definite types, recorded or known; what could not be added throws.
    func operands(_ summands: [Tensor]) throws(DescentError) -> [Tensor] {
        if let refusal { throw refusal }
        guard summands.count == sums.count else {
            throw DescentError(
                "updateState", "there must be a summand for each of \(sums.map(\.name).joined(separator: ", "))",
                received: "\(summands.count) summands")
        }
        var operands: [Tensor] = []
        operands.reserveCapacity(summands.count)
        for summand in summands { operands.append(try summand.operand()) }
        _ = try freeExtent(operands.map(\.shape), "updateState")
        return operands
    }

    /// Adds summands that `operands` has accepted and that are computed by now.
    func add(known: ArraySlice<Tensor>) {
        let free = (try? freeExtent(known.map(\.shape), "updateState")) ?? 0
        for (place, summand) in known.enumerated() {
            decide(free, at: place)
            let (node, dtype) = (summand.node, summand.dtype)
            for index in sums[place].numbers.indices {
                sums[place].numbers[index].add(Number.double(node.bits(at: index), dtype))
            }
        }
    }

    /// The extent that was left open, as these shapes decide it; shapes that do not fit throw.
    func freeExtent(_ shapes: [Shape], _ operation: String) throws(DescentError) -> Int {
        var free = sums.map(\.freeExtent).max() ?? 0
        for (sum, shape) in zip(sums, shapes) {
            var fits = shape.rank == sum.pattern.count
            if fits {
                for (extent, expected) in zip(shape, sum.pattern) {
                    if expected == nil, free == 0 { free = extent }
                    fits = fits && extent == expected ?? free
                }
            }
            guard fits else {
                let extents = sum.pattern.map { ($0 ?? free).description }.joined(separator: ", ")
                throw DescentError(
                    operation: operation, "\(sum.name) of \(name) has the shape [\(extents)]",
                    received: "shape \(shape)")
            }
        }
        return free
    }

    private func decide(_ free: Int, at place: Int) {
        guard sums[place].freeExtent != free, sums[place].pattern.contains(where: { $0 == nil }) else { return }
        sums[place].freeExtent = free
        sums[place].numbers = [CompensatedSum](repeating: CompensatedSum(), count: sums[place].shape.count)
    }

    /// Adds sums of the same names and fitting shapes; those without elements add nothing.
    func add(_ others: [Sums], freeExtent: Int) {
        for (place, other) in others.enumerated() {
            decide(freeExtent, at: place)
            for (index, number) in other.numbers.enumerated() { sums[place].numbers[index].add(number) }
        }
    }

    /// Everything to 0, and open extents open again.
    func reset() {
        for place in sums.indices {
            sums[place].freeExtent = 0
            sums[place].numbers = [CompensatedSum](repeating: CompensatedSum(), count: sums[place].shape.count)
        }
    }

    /// Replaces all sums; what does not fit throws before anything is changed.
    func set(_ state: MetricState) throws(DescentError) {
        if let refusal { throw refusal }
        let (expected, received) = (sums.map(\.name), state.sums.map(\.name))
        guard expected == received else {
            throw DescentError(
                "setState", "\(name) keeps the sums \(expected.joined(separator: ", "))",
                received: received.isEmpty ? "none" : received.joined(separator: ", "))
        }
        for sum in state.sums
        where sum.shape.contains(where: { $0 < 0 }) || sum.numbers.count != sum.shape.count
            || sum.residues.count != sum.numbers.count
        {
            throw DescentError(
                "setState", "there must be as many numbers as the shape has elements",
                received: "\(sum.numbers.count) numbers and \(sum.residues.count) residues for \(sum.name)"
                    + " of shape \(sum.shape)")
        }
        let blank = MetricCore(blank: self)
        let free = try blank.freeExtent(state.sums.map(\.shape), "setState")
        for (place, sum) in state.sums.enumerated() {
            blank.decide(free, at: place)
            blank.sums[place].numbers = zip(sum.numbers, sum.residues).map { CompensatedSum($0, residue: $1) }
        }
        sums = blank.sums
    }

    private init(blank other: MetricCore) {
        (name, dtype, refusal, sums) = (other.name, other.dtype, other.refusal, other.sums)
        reset()
    }
}
