import DescentCore
import DescentTestSupport
import Testing

struct FunctionTests {
    private func random(_ shape: Shape, _ seed: UInt64, _ dtype: DType = .float32) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal(shape, dtype: dtype)
    }

    @Test func sameBitsAsTheFunction() throws {
        let f = { (x: Tensor) in (tanh(x.matmul(x.transposed())) * exp(-x.sum(axes: 1)) + 0.5).mean(axes: 0) }
        let compiled = Function(f)
        for shape in [[3, 3], [4, 4], [3, 3], [1, 1], [4, 4]] as [Shape] {
            for seed in 1...3 {
                let x = random(shape, UInt64(seed))
                #expect(mismatch(compiled(x), f(x)) == nil, "\(shape)")
            }
        }
        #expect(compiled.recordCount == 3)
    }

    @Test func nothingIsRecordedAgain() throws {
        var calls = 0
        let f = Function { (x: Tensor) in
            calls += 1
            return x * x + 1
        }
        for index in 0..<10 { #expect(mismatch(f(Tensor(Double(index))), Double(index * index + 1)) == nil) }
        #expect(calls == 1)
        #expect(mismatch(f([1, 2]), [2, 5]) == nil)
        #expect(mismatch(f(Tensor([1, 2]).cast(to: .float64)), Tensor([2.0, 5.0] as [Double])) == nil)
        #expect(calls == 3)
    }

    @Test func numbersGiveTheBitsOfTheKernels() throws {
        // Every operation on single numbers, in both types, through awkward values.
        let unary: [(Tensor) -> Tensor] = [
            { -$0 }, { abs($0) }, { sign($0) }, { square($0) }, { relu($0) }, { floor($0) }, { ceil($0) },
            { round($0) }, { exp($0) }, { expm1($0) }, { log($0) }, { log1p($0) }, { sqrt($0) }, { rsqrt($0) },
            { reciprocal($0) }, { sin($0) }, { cos($0) }, { tan($0) }, { atan($0) }, { tanh($0) }, { sigmoid($0) },
            { softplus($0) }, { erf($0) },
        ]
        let binary: [(Tensor, Tensor) -> Tensor] = [
            { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { $0 ** $1 }, { minimum($0, $1) }, { maximum($0, $1) },
            { $0 % $1 }, { atan2($0, $1) }, { $0 .== $1 }, { $0 .!= $1 }, { $0 .< $1 }, { $0 .<= $1 }, { $0 .> $1 },
            { $0 .>= $1 }, { ($0 .> 0) .& ($1 .> 0) }, { Tensor.where($0 .> $1, $0 * $1, $1) },
            { ($0 .> $1).cast(to: $0.dtype) + $0 }, { $0 * $0 - $1 * $1 }, { ($0 + $1) * ($0 + $1) },
            { ($0 - 1).cast(to: .bool).cast(to: $0.dtype) * $1 },
        ]
        let values = [0, -0.0, 1, -1, 0.3, 2.5, -7.25, 1e-40, 1e30, .infinity, -.infinity, .nan]
        for dtype in [DType.float32, .float64] {
            let all = Function { (x: [Tensor]) in unary.map { $0(x[0]) } + binary.map { $0(x[0], x[1]) } }
            for a in values {
                for b in values {
                    let x = [Tensor(a, dtype: dtype), Tensor(b, dtype: dtype)]
                    // As vectors they go through the block kernels.
                    let blocks = x.map { $0.reshape(1) }
                    let want = unary.map { $0(blocks[0]) } + binary.map { $0(blocks[0], blocks[1]) }
                    for (index, (got, want)) in zip(all(x), want).enumerated() {
                        #expect(mismatch(got.reshape(1), want) == nil, "\(index) of \(a), \(b) in \(dtype)")
                    }
                }
            }
            #expect(all.recordCount == 1)
        }
    }

    @Test func chainsOfNumbersAndTheirSlopes() throws {
        let f = { (x: Tensor) in
            var y = x
            for index in 0..<200 {
                y = index % 3 == 0 ? y * x + x : index % 3 == 1 ? sin(y) - x : y / 1.5 + y * y * 0.1
            }
            return y
        }
        let compiled = Function(valueAndGradient(of: f))
        for start in [0.3, -0.7, 1.1] {
            let x = Tensor(start, dtype: .float64)
            let (value, gradient) = compiled(x)
            let (wantedValue, wantedGradient) = valueAndGradient(of: f)(x)
            #expect(mismatch(value, wantedValue) == nil && mismatch(gradient, wantedGradient) == nil)
        }
        let second = Function(DescentCore.gradient(of: DescentCore.gradient(of: f)))
        #expect(mismatch(second(0.3), DescentCore.gradient(of: DescentCore.gradient(of: f))(0.3)) == nil)
    }

    @Test func variablesAreReadAtEachCall() throws {
        let (w, b) = (Variable(2.0), Variable([1, 2]))
        let f = Function { (x: Tensor) in x * w + b + w * w }
        #expect(mismatch(f([1, 1]), [7, 8]) == nil)
        w.assign(3)
        b.assign([0, 1])
        #expect(mismatch(f([1, 1]), [12, 13]) == nil)
        #expect(f.recordCount == 1)
        let energy = Function { w * w / 2 }
        #expect(mismatch(energy(), 4.5) == nil)
        w.assign(4)
        #expect(mismatch(energy(), 8) == nil)
        let slope = Function { (x: [Tensor]) in
            let (value, gradients) = try! valueAndGradient([w]) { w * w * x[0] }
            return [value, gradients[0]!]
        }
        for value in [1.0, 5.0] {
            w.assign(Tensor(value))
            #expect(mismatch(slope([3])[1], 6 * value) == nil)
        }
        #expect(slope.recordCount == 1)
    }

    @Test func insideARecordingItIsTheFunction() throws {
        let w = Variable(3.0)
        let f = Function { (x: Tensor) in x * x * w }
        _ = f(1)
        #expect(mismatch(gradient(of: { f($0) })(2), 12) == nil)
        #expect(mismatch(try #require(valueAndGradient([w]) { f(2) }.gradients[0]), 4) == nil)
        #expect(mismatch(vmap { f($0) }([1, 2]), [3, 12]) == nil)
        let outer = Function { (x: Tensor) in f(x) + 1 }
        #expect(mismatch(outer(2), 13) == nil)
        w.assign(1)
        #expect(mismatch(outer(2), 5) == nil)
    }

    @Test func derivativesCompile() throws {
        let f = { (x: Tensor) in (100 * (x[1...] - x[..<(-1)] ** 2) ** 2 + (1 - x[..<(-1)]) ** 2).sum() }
        let compiled = Function(hessian(of: f))
        let batched = Function(vmap(gradient(of: f)))
        for seed in 1...3 {
            let x = random([5], UInt64(seed), .float64)
            #expect(mismatch(compiled(x), hessian(of: f)(x)) == nil)
            let rows = random([4, 5], UInt64(seed))
            #expect(mismatch(batched(rows), vmap(gradient(of: f))(rows)) == nil)
        }
        #expect(compiled.recordCount == 1 && batched.recordCount == 1)
    }

    @Test func whatLooksAtNumbersRunsAsWritten() throws {
        var calls = 0
        let f = Function { (x: Tensor) in
            calls += 1
            return Float(x.sum()) > 0 ? x : -x
        }
        #expect(mismatch(f([1, 2]), [1, 2]) == nil)
        #expect(mismatch(f([-1, -2]), [1, 2]) == nil)
        #expect(calls == 2 && f.recordCount == 0)
        let count = Variable(0.0)
        let counting = Function { (x: Tensor) in
            count.assignAdd(1)
            return x + count
        }
        for step in 1...3 { #expect(mismatch(counting(0), Double(step)) == nil) }
        #expect(mismatch(count.value, 3) == nil)
    }

    @Test func resultsThatAreNotComputed() throws {
        let w = Variable([1, 2])
        let f = Function { (x: [Tensor]) in [x[0], Tensor([5, 6]), w.value, x[0] + x[0], x[1]] }
        for step in 1...2 {
            let x = Tensor([Float(step), 0])
            w.assign(x * 2)
            let results = f([x, Tensor(3)])
            #expect(mismatch(results[0], x) == nil && mismatch(results[1], [5, 6]) == nil)
            #expect(mismatch(results[2], x * 2) == nil && mismatch(results[3], x * 2) == nil)
            #expect(mismatch(results[4], 3) == nil)
        }
    }

    @Test func errorsAreThoseOfTheFunction() throws {
        let f = Function { (x: Tensor) in x + Tensor([1, 2, 3]) }
        let error = try #require(throws: DescentError.self) { try f([1, 2]).evaluated() }
        #expect(error.operation == "add")
        #expect(mismatch(f([1, 2, 3]), [2, 4, 6]) == nil)
        let pick = Function { (x: Tensor, i: Tensor) in x.gather(i) }
        #expect(mismatch(pick([1, 2], Tensor([1], dtype: .int32)), [2]) == nil)
        #expect(throws: DescentError.self) { try pick([1, 2], Tensor([7], dtype: .int32)).evaluated() }
    }
}
