import DescentCore
import DescentTestSupport
import Testing

struct CheckpointTests {
    private static let width = 64

    private func random(_ shape: Shape, _ seed: UInt64, scale: Double = 1) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal(shape) * scale
    }

    /// `count` layers in stretches of `length`; 0 for no stretches.
    private func chain(_ x: Tensor, _ w: Variable, _ count: Int, _ length: Int) -> Tensor {
        func layers(_ x: Tensor, _ count: Int) -> Tensor {
            var h = x
            for _ in 0..<count { h = tanh(h.matmul(w.value) + h) }
            return h
        }
        guard length > 0 else { return layers(x, count).sum() }
        var h = x
        for _ in 0..<count / length {
            let start = h
            h = checkpoint { layers(start, length) }
        }
        return h.sum()
    }

    private func bytes(_ count: Int, _ length: Int) throws -> Int {
        let w = Variable(random([Self.width, Self.width], 1, scale: 0.1))
        let x = random([Self.width, Self.width], 2)
        let plans = try tracePlans {
            let (value, gradients) = try valueAndGradient([w]) { chain(x, w, count, length) }
            try evaluate([value, gradients[0]!])
        }
        #expect(plans.count == 1)
        return try #require(plans.last).temporaryBytes
    }

    @Test func memoryGrowsWithTheRootOfTheDepth() throws {
        let one = Self.width * Self.width * 4
        let (plain, short) = (try bytes(64, 0), try bytes(64, 8))
        #expect(plain > 64 * one)
        #expect(short < 32 * one, "\(short / one) values instead of \(plain / one)")
        // Four times as deep: twice as much.
        let (longPlain, long) = (try bytes(256, 0), try bytes(256, 16))
        #expect(longPlain > 4 * plain * 9 / 10)
        #expect(long < 22 * short / 10, "\(long / one) after \(short / one)")
    }

    @Test func gradientsHaveTheSameBits() throws {
        let w = Variable(random([5, 5], 1, scale: 0.3))
        let b = Variable(random([5], 3))
        let x = random([7, 5], 2)
        func loss(_ wrap: (() -> Tensor) -> Tensor) -> Tensor {
            // Variables are read inside and outside, once and more often.
            let first = wrap {
                let h = tanh(x.matmul(w.value) + b)
                return h * sigmoid(h.matmul(w.value))
            }
            let second = wrap { exp(-first.square()).matmul(w.value) + first.max(axes: 1, keepDims: true) }
            return wrap { (second ** 2 * b).mean() } + (first * w.value.sum()).sum()
        }
        let plain = try valueAndGradient([w, b]) { loss { $0() } }
        let kept = try valueAndGradient([w, b]) { loss { checkpoint($0) } }
        #expect(mismatch(kept.value, plain.value) == nil)
        for (got, want) in zip(kept.gradients, plain.gradients) {
            #expect(try mismatch(#require(got), #require(want)) == nil)
        }
        let nested = try valueAndGradient([w, b]) { checkpoint { loss { checkpoint($0) } } }
        for (got, want) in zip(nested.gradients, plain.gradients) {
            #expect(try mismatch(#require(got), #require(want)) == nil)
        }
    }

    @Test func nestedStretchesKeepLess() throws {
        let w = Variable(random([Self.width, Self.width], 1, scale: 0.1))
        let x = random([Self.width, Self.width], 2)
        func run(_ wrap: (() -> Tensor) -> Tensor) throws -> Int {
            let plans = try tracePlans {
                let (value, gradients) = try valueAndGradient([w]) {
                    var h = x
                    for _ in 0..<4 {
                        let outer = h
                        h = wrap {
                            var inside = outer
                            for _ in 0..<4 {
                                let start = inside
                                inside = checkpoint {
                                    var deep = start
                                    for _ in 0..<4 { deep = tanh(deep.matmul(w.value) + deep) }
                                    return deep
                                }
                            }
                            return inside
                        }
                    }
                    return h.sum()
                }
                try evaluate([value, gradients[0]!])
            }
            return try #require(plans.last).temporaryBytes
        }
        #expect(try run { checkpoint($0) } < run { $0() })
    }

    @Test func secondDerivativesBatchesAndCompiledFunctions() throws {
        let f = { (x: Tensor) in (tanh(exp(x * 0.3)) * x).sum() }
        let g = { (x: Tensor) in checkpoint { tanh(exp(x * 0.3)) * x }.sum() }
        let x = random([4], 5)
        let close = Tolerance.within(relative: 1e-5, absolute: 1e-6)
        #expect(mismatch(gradient(of: g)(x), gradient(of: f)(x)) == nil)
        #expect(mismatch(hessian(of: g)(x), hessian(of: f)(x), close) == nil)
        #expect(mismatch(hvp(of: g)(x, x), hvp(of: f)(x, x), close) == nil)
        #expect(mismatch(jvp(of: g)(x, x).tangent, jvp(of: f)(x, x).tangent, close) == nil)
        let rows = random([3, 4], 6)
        #expect(mismatch(vmap(gradient(of: g))(rows), vmap(gradient(of: f))(rows), close) == nil)
        #expect(mismatch(Function(gradient(of: g))(x), gradient(of: g)(x)) == nil)
        let through = { (x: Tensor) in customGradient(x) { ($0 * 2, { $0 * 5 }) } * x + stopGradient(x) * x }
        #expect(mismatch(gradient(of: checkpoint(through))(x), gradient(of: through)(x)) == nil)
    }

    @Test func nothingIsKeptBetweenForwardAndBackward() throws {
        // The value is read first: what was in between is gone, and comes back for the gradient.
        let x = random([8, 8], 1)
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(x)
        let y = tape.record { checkpoint { exp(tanh(x.matmul(x))) }.sum() }
        _ = try y.evaluated()
        let got = try #require(tape.gradient(y, [x])[0])
        #expect(mismatch(got, gradient(of: { exp(tanh($0.matmul($0))).sum() })(x)) == nil)
    }

    @Test func withoutATapeItIsTheFunction() throws {
        #expect(mismatch(checkpoint { Tensor([1, 2]) * 2 }, [2, 4]) == nil)
        #expect(throws: DescentError.self) {
            try gradient(of: { x in checkpoint { x + Tensor([1, 2, 3]) } })([1, 2]).evaluated()
        }
    }
}
