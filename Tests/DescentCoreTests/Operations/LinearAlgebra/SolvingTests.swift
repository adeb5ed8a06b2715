import DescentCore
import DescentTestSupport
import Testing

@Suite("Solving, inverting, determinants")
struct SolvingTests {
    private func largest(_ x: Tensor) throws -> Double {
        x.count == 0 ? 0 : Double(try abs(x).max().cast(to: .float64).evaluated())
    }

    @Test("A x = b", arguments: [1, 2, 5, 50, 130, 0])
    func solved(_ n: Int) throws {
        var random = SplitMix64(seed: UInt64(n))
        for (dtype, unit) in [(DType.float64, Double.ulpOfOne), (.float32, Double(Float.ulpOfOne))] {
            for columns in [1, 3, 70] {
                let a = random.normal([n, n], dtype: dtype)
                let b = random.normal([n, columns], dtype: dtype)
                let x = solve(a, b)
                // Backward error: small whatever the condition of A.
                let left = matmul(a.cast(to: .float64), x.cast(to: .float64)) - b.cast(to: .float64)
                let size = Double(n) * (try largest(a)) * (try largest(x)) + (try largest(b))
                #expect(try largest(left) <= 20 * unit * size)
                #expect(x.shape == b.shape && x.dtype == dtype)
            }
        }
    }

    @Test("scaled far up and down, and badly conditioned")
    func scaled() throws {
        var random = SplitMix64(seed: 8)
        let a = random.normal([20, 20], dtype: .float64)
        let x = random.normal([20], dtype: .float64)
        for scale in [1e150, 1e-150] {
            let got = solve(a * scale, matmul(a, x) * scale)
            #expect(mismatch(got, x, .within(relative: 1e-10, absolute: 1e-11)) == nil)
            #expect(mismatch(inverse(a * scale) * scale, inverse(a), .within(relative: 1e-10, absolute: 1e-11)) == nil)
        }
        let numbers: [Double] = (0..<64).map { (place: Int) -> Double in
            let (row, column) = place.quotientAndRemainder(dividingBy: 8)
            return 1.0 / Double(row + column + 1)
        }
        let hilbert = Tensor(numbers, shape: [8, 8])
        let b = matmul(hilbert, Tensor.ones([8], dtype: .float64))
        #expect(try largest(matmul(hilbert, solve(hilbert, b)) - b) < 1e-14)
        // Its determinant is known: 2.737050113791513e-33.
        #expect(mismatch(det(hilbert), 2.737050113791513e-33, .within(relative: 1e-6)) == nil)
    }

    @Test("stacks broadcast, vectors stay vectors")
    func shapes() throws {
        var random = SplitMix64(seed: 9)
        let a = random.normal([2, 1, 3, 3], dtype: .float64)
        let b = random.normal([4, 3, 2], dtype: .float64)
        let x = solve(a, b)
        #expect(x.shape == [2, 4, 3, 2])
        #expect(
            mismatch(matmul(a, x), b.broadcast(to: [2, 4, 3, 2]), .within(relative: 1e-10, absolute: 1e-12)) == nil)
        #expect(solve(a, Tensor.ones([3], dtype: .float64)).shape == [2, 1, 3])
        #expect(solve(Tensor.zeros([0, 0]), Tensor.zeros([0])).shape == [0])
        #expect(inverse(Tensor.zeros([2, 0, 0])).shape == [2, 0, 0])
        #expect(det(Tensor.zeros([2, 0, 0])).scalars(as: Double.self) == [1, 1])
        #expect(solve(Tensor([[2, 0], [0, 4]], dtype: .int32), [2, 4]).scalars(as: Double.self) == [1, 1])
    }

    @Test("triangles, all kinds")
    func triangles() throws {
        var random = SplitMix64(seed: 10)
        for n in [1, 3, 65, 130] {
            let a = random.normal([n, n], dtype: .float64) / Double(n) + 2 * Tensor.eye(n, dtype: .float64)
            let x = random.normal([n, 2], dtype: .float64)
            let row = Tensor.arange(n).reshape([n, 1])
            for lower in [true, false] {
                for transposed in [true, false] {
                    for unit in [true, false] {
                        var triangle = Tensor.where(lower ? row .> Tensor.arange(n) : row .< Tensor.arange(n), a, 0)
                        triangle = triangle + Tensor.eye(n, dtype: .float64) * (unit ? 1 : a)
                        let b = matmul(transposed ? triangle.transposed() : triangle, x)
                        let got = triangularSolve(a, b, lower: lower, transposed: transposed, unitDiagonal: unit)
                        #expect(mismatch(got, x, .within(relative: 1e-9, absolute: 1e-11)) == nil)
                    }
                }
            }
        }
    }

    @Test("determinants: order of rows, overflow, singular matrices")
    func determinants() throws {
        #expect(det(Tensor([[0, 1], [1, 0]])).scalars(as: Double.self) == [-1])
        #expect(det(Tensor([[1, 2], [2, 4]])).scalars(as: Double.self) == [0])
        let large = Tensor.eye(4, dtype: .float64) * 1e150
        let (sign, logarithm) = slogdet(-large)
        #expect(sign.scalars(as: Double.self) == [1])
        #expect(mismatch(logarithm, 4 * 345.38776394910684, .within(relative: 1e-15)) == nil)
        #expect(det(large).scalars(as: Double.self) == [.infinity])
        #expect(det(large * Tensor([1e-150, 1, 1e-150, 1])).scalars(as: Double.self) != [.infinity])
        let singular = slogdet(Tensor([[1, 2], [2, 4]]))
        #expect(singular.sign.scalars(as: Double.self) == [0])
        #expect(singular.logAbsDet.scalars(as: Double.self) == [-Double.infinity])
        #expect(try Double(logdet(Tensor([[-1.0, 0], [0, 1]])).evaluated()).isNaN)
        // Near 1 the logarithm keeps its digits.
        let near = Tensor([1 + 1e-9, 0, 0, 1] as [Double], shape: [2, 2])
        #expect(mismatch(logdet(near), 9.999999995e-10, .within(relative: 1e-6)) == nil)
    }

    @Test("least squares: too many equations, too few, too few independent ones")
    func leastSquaresOfAllKinds() throws {
        var random = SplitMix64(seed: 11)
        let a = random.normal([6, 3], dtype: .float64)
        let b = random.normal([6], dtype: .float64)
        let x = leastSquares(a, b)
        // The residual is orthogonal to the columns.
        #expect(try largest(matmul(a.transposed(), matmul(a, x) - b)) < 1e-13)
        let wide = leastSquares(a.transposed(), [1, 2, 3])
        #expect(mismatch(matmul(a.transposed(), wide), Tensor([1, 2, 3] as [Double]), .within(relative: 1e-12)) == nil)
        // The shortest: it has no part that A does not see.
        let seen = matmul(a, matmul(pinverse(a), wide))
        #expect(mismatch(seen, wide, .within(relative: 1e-12, absolute: 1e-13)) == nil)
        let deficient = concat([a, a[.all, 0..<1]], axis: 1)
        let p = pinverse(deficient)
        #expect(mismatch(matmul(matmul(deficient, p), deficient), deficient, .within(absolute: 1e-13)) == nil)
        #expect(mismatch(matmul(matmul(p, deficient), p), p, .within(absolute: 1e-13)) == nil)
    }

    @Test("the exponential of matrices")
    func exponential() throws {
        var random = SplitMix64(seed: 12)
        for size in [1e-3, 0.1, 0.5, 1.5, 4, 30] {
            let x = random.normal([4, 4], dtype: .float64)
            let symmetric = size * (x + x.transposed()) / (try largest(x))
            let (w, v) = eigh(symmetric)
            let want = matmul(v * exp(w), v.transposed())
            let tolerance = 1e-14 * (try largest(want)) * (1 + size)
            #expect(mismatch(expm(symmetric), want, .within(absolute: tolerance)) == nil, "size \(size)")
        }
        let turn = expm(Tensor([0, -.pi, .pi, 0] as [Double], shape: [2, 2]))
        #expect(mismatch(turn, -Tensor.eye(2, dtype: .float64), .within(absolute: 1e-15)) == nil)
        #expect(expm(Tensor.zeros([2, 0, 0])).shape == [2, 0, 0])
        #expect(matrixPower(Tensor([[2, 0], [0, 3]]), 0).scalars(as: Double.self) == [1, 0, 0, 1])
        #expect(matrixPower(Tensor([[2, 0], [0, 4]]), -2).scalars(as: Double.self) == [0.25, 0, 0, 0.0625])
    }

    @Test("what cannot be done is an error, at the caller's line, and changes nothing")
    func refused() throws {
        let good = Tensor.eye(2)
        let line: Int = #line + 1
        let factor = cholesky(stack([good, -good, good]))
        let error = #expect(throws: DescentError.self) { try factor.evaluated() }
        #expect(error?.operation == "cholesky" && error?.location?.line == line)
        #expect(error?.rule == "a matrix must be positive definite")
        #expect(error?.received.contains("matrix 1 of 3") == true)
        let singular = Tensor([[1, 2], [2, 4]])
        for (name, poison) in [
            ("solve", solve(singular, [1, 1])), ("inverse", inverse(singular)),
            ("triangularSolve", triangularSolve(Tensor([[1, 0], [1, 0]]), [1, 1])),
            ("inverse", matrixPower(singular, -1)), ("cholesky", cholesky(Tensor([[Float.nan]]))),
        ] {
            let error = #expect(throws: DescentError.self) { try poison.evaluated() }
            #expect(error?.operation == name && error?.location != nil)
        }
        let variable = Variable([[1.0, 2], [2, 4]])
        let other = Variable([1.0, 1])
        let optimizerStep = { try minimizeOnce { solve(variable, other).sum() } }
        #expect(throws: DescentError.self) { try optimizerStep() }
        #expect(variable.tensor.scalars(as: Double.self) == [1, 2, 2, 4])
        for poison in [
            cholesky(Tensor.zeros([2, 3])), inverse(Tensor([1, 2])), solve(good, [1, 2, 3]), qr(Tensor([1])).r,
            svd(Tensor([1])).s, eigh(Tensor.zeros([2, 3])).values, det(Tensor([1])), expm(Tensor.zeros([1, 2])),
            solve(Tensor.eye(2).broadcast(to: [3, 2, 2]), Tensor.zeros([2, 2, 1])), trace(Tensor([1])),
            tensordot(Tensor.zeros([2, 3]), Tensor.zeros([2, 3]), axes: 1),
        ] {
            #expect(poison.error?.location?.file.contains("SolvingTests") == true)
        }
    }

    @Test("a plan says what it factors")
    func described() throws {
        let plans = try tracePlans { _ = try cholesky(Tensor.eye(3) + Tensor([1, 2, 3])[0]).evaluated() }
        #expect(plans.contains { $0.description.contains("cholesky [3, 3]") })
    }

    private func minimizeOnce(_ loss: () throws -> Tensor) throws {
        let tape = GradientTape()
        let y = try tape.record(loss)
        _ = try y.evaluated()
    }
}
