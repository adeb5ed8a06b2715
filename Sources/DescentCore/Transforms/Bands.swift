import CDescent

/// A batch of which every example has few elements that may differ from zero, as the derivatives of many functions at
/// unit vectors: bands, each with one element of an example.
///
/// What happens to such a batch costs as much as what happens to one example, as long as the bands stay: under operations
/// on elements, moves along the first axis, and sums of these.
struct Bands {
    /// Element `first + j` of example `first + j + offset` is `values[j]`.
    struct Band {
        let offset: Int
        let first: Int
        let count: Int
        /// A vector; nil for ones.
        let values: Tensor?
    }

    /// Of an example.
    let shape: Shape
    let dtype: DType
    /// Each with an offset of its own.
    let bands: [Band]

    /// Batches of fewer elements are computed like any other.
    static let fewestElements = 1 << 10
    /// More bands are no gain.
    static let mostBands = 16

    private init(_ shape: Shape, _ dtype: DType, _ bands: [Band]) {
        self.shape = shape
        self.dtype = dtype
        self.bands = bands
    }

    /// All unit vectors like `like`, in order.
    init(unitVectorsLike like: Tensor) {
        self.init(like.shape, like.dtype, [Band(offset: 0, first: 0, count: like.count, values: nil)])
    }

    /// An operand of an operation on bands.
    enum Operand {
        case bands(Bands)
        /// The same for all examples.
        case shared(Tensor)
        case other

        fileprivate var isZero: Bool {
            guard case .shared(let tensor) = self else { return false }
            // A variable's value may be another one the next time.
            return tensor.node.state == .scalar && tensor.node.scalarBits == 0
                && tensor.node.primitive.isConstant && tensor.node.attributes == nil
        }
    }

    /// What becomes of bands.
    enum Result {
        case bands(Bands)
        /// An example in each row.
        case rows(Tensor)
    }

    // MARK: - Whole batches

    /// The batch of `size` examples with all of its zeros.
    func rows(_ size: Int) -> Tensor {
        let shape = Shape([size] + shape.dimensions)
        let length = self.shape.count
        if bands.count == 1, bands[0].offset == 0, bands[0].count == size, length == size, bands[0].values == nil {
            return Tensor.eye(size, dtype: dtype).reshape(shape)
        }
        let parts = bands.compactMap { band in
            band.clipped(to: size).map { band in
                (
                    values: band.vector(dtype), start: (band.first + band.offset) * length + band.first,
                    step: length + 1
                )
            }
        }
        return parts.isEmpty ? Tensor.zeros(shape, dtype: dtype) : Tensor.placed(parts, in: shape)
    }

    // MARK: - Operations

    /// The batch after `node`; nil if its examples are not that empty any more.
    static func result(of node: Node, _ operands: [Operand], size: Int) -> Result? {
        let integers = node.attributes?.integers ?? []
        switch (node.primitive.kernel, operands.first) {
        case (.unary(let opcode), .bands(let x)?):
            guard [CD_NEGATE, CD_CAST_F32, CD_CAST_F64].contains(opcode) else { return nil }
            return .bands(x.map(node) { _, values in [values] })
        case (.binary(let opcode), _): return binary(node, opcode, operands).map { .bands($0) }
        case (.select, _): return choice(node, operands).map { .bands($0) }
        case (.reduce(CD_REDUCE_SUM), .bands(let x)?):
            return integers.count == x.shape.rank
                ? .rows(x.sums(size).reshape(Shape([size] + node.shape.dimensions))) : nil
        case (.view(let kind), .bands(let x)?):
            guard kind != .alias || node.primitive === Primitive.alias else { return nil }
            return x.view(node, kind, integers).map { .bands($0) }
        case (.pad, .bands(let x)?):
            guard operands[1].isZero, node.shape.dropFirst == x.shape.dropFirst else { return nil }
            return .bands(x.moved(by: integers[0] * x.shape.inner, node.shape))
        case (.matmul, _): return product(node, operands, size).map { .rows($0) }
        default: return nil
        }
    }

    private static func binary(_ node: Node, _ opcode: Int, _ operands: [Operand]) -> Bands? {
        switch (operands[0], operands[1]) {
        case (.bands(let a), .bands(let b)):
            guard opcode == CD_ADD || opcode == CD_SUB, a.shape == b.shape else { return nil }
            return sum(node, a, b, isDifference: opcode == CD_SUB)
        case (.bands(let a), .shared(let b)):
            guard [CD_MUL, CD_CHAIN, CD_DIV].contains(opcode), a.shape == node.shape else { return nil }
            return a.map(node, isFactor: opcode != CD_DIV ? b : nil) { [$1, $0.part(of: b, a.shape)] }
        case (.shared(let a), .bands(let b)):
            guard [CD_MUL, CD_CHAIN].contains(opcode), b.shape == node.shape else { return nil }
            return b.map(node, isFactor: opcode == CD_MUL ? a : nil) { [$0.part(of: a, b.shape), $1] }
        default: return nil
        }
    }

    /// Bands where one of the sides is zero elsewhere, and the other too.
    private static func choice(_ node: Node, _ operands: [Operand]) -> Bands? {
        guard case .shared(let condition) = operands[0] else { return nil }
        let zero = Tensor(Node(scalar: 0, node.dtype))
        switch (operands[1], operands[2]) {
        case (.bands(let a), let b) where b.isZero && a.shape == node.shape:
            return a.map(node) { [$0.part(of: condition, a.shape), $1, zero] }
        case (let a, .bands(let b)) where a.isZero && b.shape == node.shape:
            return b.map(node) { [$0.part(of: condition, b.shape), zero, $1] }
        default: return nil
        }
    }

    private static func sum(_ node: Node, _ a: Bands, _ b: Bands, isDifference: Bool) -> Bands? {
        var bands = a.bands
        for band in b.bands {
            if let index = bands.firstIndex(where: { $0.offset == band.offset }) {
                let other = bands[index]
                let first = Swift.min(other.first, band.first)
                let end = Swift.max(other.first + other.count, band.first + band.count)
                let operands = [other, band].map { $0.padded(first..<end, a.dtype) }
                bands[index] = Band(
                    offset: band.offset, first: first, count: end - first,
                    values: node.copy(operands, shape: [end - first]))
            } else if isDifference {
                bands.append(
                    Band(offset: band.offset, first: band.first, count: band.count, values: -band.vector(b.dtype)))
            } else {
                bands.append(band)
            }
        }
        return bands.count > mostBands ? nil : Bands(a.shape, a.dtype, bands)
    }

    private func view(_ node: Node, _ kind: ViewKind, _ integers: [Int]) -> Bands? {
        switch kind {
        case .reshape, .alias: return Bands(node.shape, dtype, bands)
        case .broadcast: return node.shape.count == shape.count ? Bands(node.shape, dtype, bands) : nil
        case .permute: return nil
        case .slice:
            let isPlain = (0..<shape.rank).allSatisfy {
                integers[2 * $0 + 1] == 1 && ($0 == 0 || node.shape[$0] == shape[$0])
            }
            return isPlain ? moved(by: -integers[0] * shape.inner, node.shape) : nil
        }
    }

    /// One row of a matrix times a number for each example.
    private static func product(_ node: Node, _ operands: [Operand], _ size: Int) -> Tensor? {
        guard node.shape.rank == 2 else { return nil }
        let (matrix, x): (Tensor, Bands)
        switch (operands[0], operands[1]) {
        case (.bands(let a), .shared(let b)) where a.shape[0] == 1: (matrix, x) = (b, a)
        case (.shared(let a), .bands(let b)) where b.shape[1] == 1: (matrix, x) = (a.transposed(), b)
        default: return nil
        }
        guard x.bands.count == 1, let band = x.bands[0].clipped(to: size) else { return nil }
        var rows = matrix.sliced(0, start: band.first, step: 1, count: band.count)
        if let values = band.values { rows = rows * values.reshape([band.count, 1]) }
        let before = band.first + band.offset
        return rows.pad([(before, size - before - band.count), (0, 0)])
            .reshape(Shape([size] + node.shape.dimensions))
    }

    /// The sum of each example.
    private func sums(_ size: Int) -> Tensor {
        let terms = bands.compactMap { band in
            band.clipped(to: size).map { band in
                let before = band.first + band.offset
                return band.vector(dtype).pad([(before, size - before - band.count)])
            }
        }
        return terms.dropFirst().reduce(terms.first ?? Tensor.zeros([size], dtype: dtype), +)
    }

    // MARK: - Parts

    /// The same bands with other values: `node` of the operands that `operands` gives.
    private func map(
        _ node: Node, isFactor factor: Tensor? = nil, _ operands: (Band, Tensor) -> [Tensor]
    ) -> Bands {
        let bands = bands.map { band in
            let values =
                if band.values == nil, let factor {
                    band.part(of: factor, shape).broadcast(to: [band.count])
                } else {
                    node.copy(operands(band, band.vector(dtype)), shape: [band.count])
                }
            return Band(offset: band.offset, first: band.first, count: band.count, values: values)
        }
        return Bands(shape, node.dtype, bands)
    }

    /// Every element `distance` further in examples of `shape`; those that leave it are gone.
    private func moved(by distance: Int, _ shape: Shape) -> Bands {
        let moved = bands.compactMap { band in
            Band(offset: band.offset - distance, first: band.first + distance, count: band.count, values: band.values)
                .limited(to: 0..<shape.count)
        }
        return Bands(shape, dtype, moved)
    }
}

extension Bands.Band {
    func vector(_ dtype: DType) -> Tensor { values ?? Tensor.ones([count], dtype: dtype) }

    /// What lies in `range` of the elements of an example.
    func limited(to range: Range<Int>) -> Self? {
        let kept = (first..<first + count).clamped(to: range)
        if kept.isEmpty { return nil }
        return Self(
            offset: offset, first: kept.lowerBound, count: kept.count,
            values: values?.sliced(0, start: kept.lowerBound - first, step: 1, count: kept.count))
    }

    /// What belongs to one of `size` examples.
    func clipped(to size: Int) -> Self? { limited(to: -offset..<size - offset) }

    /// With zeros up to `range`.
    func padded(_ range: Range<Int>, _ dtype: DType) -> Tensor {
        vector(dtype).pad([(first - range.lowerBound, range.upperBound - first - count)])
    }

    /// The elements of something of an example's shape, or that broadcasts to it, that meet those of the band.
    func part(of tensor: Tensor, _ shape: Shape) -> Tensor {
        if tensor.count == 1 { return tensor.reshape([]) }
        return tensor.broadcast(to: shape).reshape([shape.count]).sliced(0, start: first, step: 1, count: count)
    }
}

extension Shape {
    /// Elements for each position of the first axis.
    fileprivate var inner: Int { dropFirst.reduce(1, *) }

    fileprivate var dropFirst: ArraySlice<Int> { dimensions.dropFirst() }
}
