import DescentCore
import DescentTestSupport
import Testing

/// What factorizations promise: their product is the matrix, to within rounding.
@Suite("Factorizations")
struct FactorizationTests {
    enum Kind: CaseIterable, Sendable {
        case random, scaledUp, scaledDown, illConditioned, rowsOfManySizes

        func sample(_ shape: Shape, _ random: inout SplitMix64, _ dtype: DType) -> Tensor {
            let x = random.normal(shape, dtype: .float64)
            let (m, n) = (shape[shape.rank - 2], shape[shape.rank - 1])
            switch self {
            case .random: return x.cast(to: dtype)
            case .scaledUp: return (x * (dtype == .float64 ? 1e150 : 1e18)).cast(to: dtype)
            case .scaledDown: return (x * (dtype == .float64 ? 1e-150 : 1e-18)).cast(to: dtype)
            case .illConditioned:
                // Columns that differ from the first by little.
                let first = x[.ellipsis, .range(from: 0, to: Swift.min(n, 1))]
                return (first + 1e-7 * x).cast(to: dtype)
            case .rowsOfManySizes:
                let numbers: [Double] = (0..<m).map { (row: Int) -> Double in
                    let size = Double(row % 5) + 1.0
                    return row.isMultiple(of: 3) ? 1e-6 : size
                }
                let sizes = Tensor(numbers, shape: [m, 1])
                return (x * sizes).cast(to: dtype)
            }
        }
    }

    static let shapes: [Shape] = [
        [1, 1], [2, 2], [5, 5], [3, 4, 4], [7, 3], [3, 7], [2, 2, 3, 5], [56, 56], [60, 52], [0, 0], [0, 3], [3, 0],
        [0, 2, 2],
    ]
    static let squares = shapes.filter { $0[$0.rank - 1] == $0[$0.rank - 2] }

    /// Some roundings, and a few more for larger matrices.
    private func units(_ dtype: DType, _ n: Int) -> Double {
        (dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)) * (8 + 0.25 * Double(n))
    }

    /// The largest of |got − want| relative to the largest of |want|, of every matrix.
    private func residual(_ got: Tensor, _ want: Tensor) throws -> Double {
        guard want.count > 0 else { return got.shape == want.shape ? 0 : .infinity }
        #expect(got.shape == want.shape)
        let (got, want) = (got.cast(to: .float64), want.cast(to: .float64))
        let size = abs(want).max(axes: [-2, -1], keepDims: true)
        return Double(try (abs(got / size - want / size)).max().evaluated())
    }

    private func transposed(_ x: Tensor) -> Tensor {
        x.permute(Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2])
    }

    private func orthonormality(_ q: Tensor) throws -> Double {
        let n = q.shape[q.rank - 1]
        guard q.count > 0 else { return 0 }
        let product = matmul(transposed(q), q)
        return try residual(product, Tensor.eye(n, dtype: q.dtype).broadcast(to: product.shape))
    }

    /// Products in float64, so that the residual is that of the factors.
    private func product(_ a: Tensor, _ b: Tensor) -> Tensor { matmul(a.cast(to: .float64), b.cast(to: .float64)) }

    @Test("Q R", arguments: shapes, Kind.allCases)
    func qrResidual(_ shape: Shape, _ kind: Kind) throws {
        var random = SplitMix64(seed: 1)
        for dtype in [DType.float32, .float64] {
            let a = kind.sample(shape, &random, dtype)
            let (q, r) = qr(a)
            let bound = units(dtype, shape[shape.rank - 2])
            #expect(try residual(product(q, r), a) <= 2 * bound)
            #expect(try orthonormality(q) <= 2 * bound)
            let rows = r.shape[r.rank - 2]
            let below = Tensor.arange(rows).reshape([rows, 1]) .> Tensor.arange(r.shape[r.rank - 1])
            #expect(Tensor.where(below, r, 0).scalars(as: Double.self).allSatisfy { $0 == 0 })
        }
    }

    @Test("U diag(s) Vᵀ", arguments: shapes, Kind.allCases)
    func svdResidual(_ shape: Shape, _ kind: Kind) throws {
        var random = SplitMix64(seed: 2)
        for dtype in [DType.float32, .float64] {
            let a = kind.sample(shape, &random, dtype)
            let (u, s, vt) = svd(a)
            let bound = units(dtype, Swift.max(shape[shape.rank - 2], shape[shape.rank - 1]))
            #expect(try residual(product(u * s.expandDims(-2), vt), a) <= 2 * bound)
            #expect(try orthonormality(u) <= 2 * bound)
            #expect(try orthonormality(transposed(vt)) <= 2 * bound)
            let k = s.shape[s.rank - 1]
            if k > 1 {
                #expect((s[.ellipsis, 0..<k - 1] .>= s[.ellipsis, 1..<k]).scalars(as: Bool.self).allSatisfy { $0 })
            }
            #expect(s.scalars(as: Double.self).allSatisfy { $0 >= 0 })
        }
    }

    @Test("V diag(w) Vᵀ", arguments: squares, Kind.allCases)
    func eighResidual(_ shape: Shape, _ kind: Kind) throws {
        var random = SplitMix64(seed: 3)
        for dtype in [DType.float32, .float64] {
            let x = kind.sample(shape, &random, dtype)
            let a = 0.5 * x + 0.5 * transposed(x)
            let (w, v) = eigh(a)
            let bound = units(dtype, shape[shape.rank - 1])
            #expect(try residual(product(v * w.expandDims(-2), transposed(v)), a) <= 2 * bound)
            #expect(try orthonormality(v) <= 2 * bound)
            let n = w.shape[w.rank - 1]
            if n > 1 {
                #expect((w[.ellipsis, 0..<n - 1] .<= w[.ellipsis, 1..<n]).scalars(as: Bool.self).allSatisfy { $0 })
            }
        }
    }

    @Test("L Lᵀ", arguments: squares)
    func choleskyResidual(_ shape: Shape) throws {
        var random = SplitMix64(seed: 4)
        let n = shape[shape.rank - 1]
        for (dtype, scale) in [(DType.float32, 1.0), (.float64, 1), (.float64, 1e150), (.float64, 1e-150)] {
            let x = random.normal(shape, dtype: .float64)
            let a = ((matmul(x, transposed(x)) + 0.1 * Tensor.eye(n, dtype: .float64)) * scale).cast(to: dtype)
            let l = cholesky(a)
            #expect(try residual(product(l, transposed(l)), a) <= units(dtype, n))
        }
    }

    @Test("singular values of a graded matrix to high relative accuracy")
    func graded() throws {
        // Orthogonal columns of very different sizes.
        let rotation = Tensor([0.6, -0.8, 0.8, 0.6] as [Double], shape: [2, 2])
        let s = singularValues(matmul(rotation, Tensor([1, 0, 0, 1e-30] as [Double], shape: [2, 2])))
        #expect(mismatch(s, Tensor([1, 1e-30] as [Double]), .within(relative: 1e-15)) == nil)
        let w = eigvalsh(Tensor([2, 1, 0, 1, 2, 1, 0, 1, 2] as [Double], shape: [3, 3]))
        let root = 2.0.squareRoot()
        #expect(
            mismatch(w, Tensor([2 - root, 2, 2 + root] as [Double]), .within(relative: 1e-15, absolute: 1e-15)) == nil)
    }

    @Test("zeros and equal values")
    func degenerate() throws {
        for shape in [[3, 3], [4, 2], [2, 4]] as [Shape] {
            let (u, s, vt) = svd(Tensor.zeros(shape, dtype: .float64))
            #expect(s.scalars(as: Double.self).allSatisfy { $0 == 0 })
            #expect(try orthonormality(u) < 1e-15)
            #expect(try orthonormality(transposed(vt)) < 1e-15)
        }
        let ones = Tensor.ones([5, 5], dtype: .float64)
        let (u, s, vt) = svd(ones)
        #expect(try residual(product(u * s, vt), ones) < 1e-15)
        #expect(try orthonormality(u) < 1e-14)
        #expect(try orthonormality(eigh(ones).vectors) < 1e-14)
        let (q, r) = qr(Tensor.zeros([3, 2], dtype: .float64))
        #expect(try orthonormality(q) == 0 && r.scalars(as: Double.self).allSatisfy { $0 == 0 })
    }

    @Test("NaN and infinity in, NaN out, and no error")
    func notANumber() throws {
        for bad in [Double.nan, .infinity] {
            let a = Tensor([1, bad, bad, 2] as [Double], shape: [2, 2])
            #expect(eigvalsh(a).scalars(as: Double.self).allSatisfy { $0.isNaN })
            #expect(singularValues(a).scalars(as: Double.self).allSatisfy { $0.isNaN })
            #expect(expm(a).scalars(as: Double.self).allSatisfy { $0.isNaN })
        }
        #expect(try Double(det(Tensor([.nan, 1, 1, 1] as [Double], shape: [2, 2])).evaluated()).isNaN)
    }
}
