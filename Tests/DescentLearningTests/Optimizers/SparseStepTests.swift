import DescentCore
import DescentTestSupport
import Testing

@testable import DescentLearning

/// A gradient of some rows of a table must do what the dense gradient with zeros elsewhere does, and cost only the rows.
@Suite("sparse steps")
struct SparseStepTests {
    static let rows = 40

    /// Indices of a step: some repeated, other rows at each step.
    static func indices(_ step: Int) -> [Int] { [3, 3, (7 * step + 1) % rows, (step * step) % rows, 39] }

    static func table(_ seed: UInt64, _ dtype: DType) -> Variable {
        var random = SplitMix64(seed: seed)
        return Variable(random.normal([rows, 3], dtype: dtype), name: "table")
    }

    /// The same loss: by reading rows, and by multiplying with ones in a dense matrix, which makes a dense gradient.
    static func sparseLoss(_ table: Variable, _ step: Int) -> Tensor {
        (table.gather(Tensor(indices(step), dtype: .int64)) ** 2).sum()
    }

    static func denseLoss(_ table: Variable, _ step: Int) -> Tensor {
        let picked = Tensor(indices(step), dtype: .int64).oneHot(depth: rows, dtype: table.dtype)
        return (picked.matmul(table.tensor) ** 2).sum()
    }

    static let optimizers: [@Sendable () -> RMSprop] = [
        { RMSprop(learningRate: 0.05) },
        { RMSprop(learningRate: 0.05, rho: 0.5, centered: true) },
        { RMSprop(learningRate: 0.05, momentum: 0.9) },
        { RMSprop(learningRate: 0.05, weightDecay: 0.1) },
        { RMSprop(learningRate: 0.05, clipNorm: 0.5) },
        { RMSprop(learningRate: 0.05, globalClipNorm: 0.5) },
        { RMSprop(learningRate: 0.05, clipValue: 0.5) },
        { RMSprop(learningRate: 0.05, useEMA: true, emaMomentum: 0.8, emaOverwriteFrequency: 3) },
        { RMSprop(learningRate: 0.05, lossScaleFactor: 8) },
        { RMSprop(learningRate: 0.05, gradientAccumulationSteps: 2) },
        { RMSprop.tensorFlow2(learningRate: 0.05, decay: 0.1) },
        { RMSprop.tensorFlow2(learningRate: 0.05, centered: true) },
        { RMSprop.tensorFlow1(lr: 0.05) },
        { RMSprop.pyTorch(lr: 0.05, momentum: 0.5) },
    ]

    @Test("equals the dense step", arguments: 0..<optimizers.count, [DType.float32, .float64])
    func equalsDense(number: Int, dtype: DType) throws {
        let (sparse, dense) = (Self.table(1, dtype), Self.table(1, dtype))
        let (a, b) = (Self.optimizers[number](), Self.optimizers[number]())
        let tolerance = Tolerance.within(
            relative: dtype == .float32 ? 1e-5 : 1e-12, absolute: dtype == .float32 ? 1e-6 : 1e-13)
        for step in 0..<12 {
            try a.minimize({ Self.sparseLoss(sparse, step) }, [sparse])
            try b.minimize({ Self.denseLoss(dense, step) }, [dense])
            #expect(mismatch(sparse.value, dense.value, tolerance) == nil, "step \(step)")
            guard step.isMultiple(of: 5) else { continue }
            for (left, right) in zip(a.getWeights(), b.getWeights()) {
                #expect(mismatch(left, right, tolerance) == nil, "state after step \(step)")
            }
        }
    }

    @Test("dense and sparse gradients may take turns, and a state saved between them goes on")
    func takesTurns() throws {
        let (mixed, dense) = (Self.table(2, .float64), Self.table(2, .float64))
        var a = RMSprop(learningRate: 0.05)
        let b = RMSprop(learningRate: 0.05)
        for step in 0..<12 {
            try a.minimize({ (step % 3 == 2 ? Self.denseLoss : Self.sparseLoss)(mixed, step) }, [mixed])
            try b.minimize({ Self.denseLoss(dense, step) }, [dense])
            if step == 6 {
                let resumed = RMSprop(learningRate: 0.05)
                resumed.build([mixed])
                try resumed.setWeights(a.getWeights())
                a = resumed
            }
            #expect(mismatch(mixed.value, dense.value, .within(relative: 1e-12)) == nil, "step \(step)")
        }
    }

    @Test("a gradient that somebody has looked at is still one of rows", arguments: [DType.float32, .float64])
    func lookedAt(dtype: DType) throws {
        let (seen, unseen) = (Self.table(7, dtype), Self.table(7, dtype))
        let (a, b) = (RMSprop(learningRate: 0.05, momentum: 0.5), RMSprop(learningRate: 0.05, momentum: 0.5))
        for step in 0..<6 {
            let gradient = try a.getGradients({ Self.sparseLoss(seen, step) }, [seen])[0]
            let norm = try (gradient * gradient).sum().evaluated()
            if step.isMultiple(of: 2) { _ = try gradient.evaluated() }
            let plans = try tracePlans { try a.applyGradients([(gradient, seen)]) }
            #expect(step == 0 || plans.contains { $0.inPlaceCount == 3 }, "\(plans)")
            #expect(Double(norm) > 0)
            try b.minimize({ Self.sparseLoss(unseen, step) }, [unseen])
            #expect(mismatch(seen.value, unseen.value, .bits) == nil, "step \(step)")
        }
        for (left, right) in zip(a.getWeights(), b.getWeights()) { #expect(mismatch(left, right, .bits) == nil) }
    }

    @Test("rows of a computed gradient add up to it")
    func rowsOfComputed() throws {
        let table = Self.table(8, .float64)
        let gradient = try valueAndGradient([table]) { Self.sparseLoss(table, 3) }.gradients[0]!.evaluated()
        let slices = try #require(IndexedSlices(gradient))
        #expect(slices.indices.scalars(as: Int.self) == Self.indices(3))
        #expect(mismatch(slices.tensor, gradient, .bits) == nil)
        // A copy of the numbers is just that.
        #expect(IndexedSlices(try (gradient + 0).evaluated()) == nil)
    }

    @Test("only the rows that are touched change where the documents say so")
    func touchedRowsOnly() throws {
        for opt in [
            RMSprop.tensorFlow2(learningRate: 0.1, momentum: 0.9),
            RMSprop(learningRate: 0.1, momentum: 0.9, lazy: true),
            RMSprop(learningRate: 0.1, momentum: 0.9, clipNorm: 1, lazy: true),
            RMSprop(learningRate: 0.1, momentum: 0.9, clipValue: 0.1, lazy: true),
            RMSprop(learningRate: 0.1, momentum: 0.9, globalClipNorm: 1, lazy: true),
        ] {
            let table = Self.table(3, .float32)
            let before = table.value
            try opt.minimize({ Self.sparseLoss(table, 0) }, [table])
            let moved = (table.value .!= before).max(axes: [1]).scalars(as: Bool.self)
            #expect(moved.indices.filter { moved[$0] } == Set(Self.indices(0)).sorted())
            let first = table.value
            try opt.minimize({ (table.gather(Tensor([5], dtype: .int64)) ** 2).sum() }, [table])
            let again = (table.value .!= first).max(axes: [1]).scalars(as: Bool.self)
            #expect(again.indices.filter { again[$0] } == [5])
        }
    }

    @Test("weight decay of lazy rows is that of the dense step where every row has a gradient")
    func decaysLazyRows() throws {
        let (lazy, dense) = (Self.table(6, .float64), Self.table(6, .float64))
        let a = RMSprop(learningRate: 0.05, momentum: 0.5, weightDecay: 0.1, lazy: true)
        let b = RMSprop(learningRate: 0.05, momentum: 0.5, weightDecay: 0.1)
        let all = Tensor(Array((0..<Self.rows).reversed()), dtype: .int64)
        for step in 0..<3 {
            try a.minimize({ (lazy.gather(all) ** 2).sum() }, [lazy])
            try b.minimize({ (dense * dense).sum() }, [dense])
            #expect(mismatch(lazy.value, dense.value, .within(relative: 1e-12)) == nil, "step \(step)")
        }
    }

    @Test("the cost is that of the rows: nothing of the table's size is written")
    func writesRowsOnly() throws {
        let table = Variable(Tensor.ones([100_000, 4]), name: "table")
        let opt = RMSprop(learningRate: 0.01)
        let ids = Tensor([1, 5, 70_000], dtype: .int64)
        func step() throws { try opt.minimize({ (table.gather(ids) ** 2).sum() }, [table]) }
        try step()
        try step()
        let plans = try tracePlans { try step() }
        // Table and average are written over themselves; the copies that scatters begin with are none then.
        #expect(plans.contains { $0.inPlaceCount == 2 }, "\(plans)")
    }

    @Test("an index outside of the table is refused and changes nothing", arguments: [-1, 40])
    func outside(index: Int) throws {
        let table = Self.table(4, .float32)
        let opt = RMSprop(learningRate: 0.1)
        try opt.minimize({ Self.sparseLoss(table, 1) }, [table])
        let slices = IndexedSlices(
            values: Tensor.ones([2, 3]), indices: Tensor([0, index], dtype: .int64), shape: [Self.rows, 3])
        // Before somebody reads the weights the rows still lag behind, each by a count of its own.
        #expect(throws: DescentError.self) { try opt.applyGradients([(slices.tensor, table)]) }
        let (value, weights) = (table.value, opt.getWeights())
        let error = #expect(throws: DescentError.self) { try opt.applyGradients([(slices.tensor, table)]) }
        #expect(error?.received.contains("index \(index) at position 1") == true)
        #expect(mismatch(table.value, value, .bits) == nil)
        for (left, right) in zip(opt.getWeights(), weights) { #expect(mismatch(left, right, .bits) == nil) }
    }

    @Test("a table that is read twice has rows from both reads")
    func readTwice() throws {
        let table = Self.table(5, .float64)
        let (_, gradients) = try valueAndGradient([table]) {
            (table.gather([1, 2]) * 2).sum() + table.gather([[2], [3]]).sum()
        }
        let gradient = try #require(gradients[0])
        let slices = try #require(IndexedSlices(gradient))
        #expect(slices.indices.shape == [4])
        #expect(mismatch(slices.tensor, gradient, .bits) == nil)
        #expect(IndexedSlices(Tensor.ones([2, 2])) == nil)
        let (_, mixed) = try valueAndGradient([table]) { table.gather([1, 2]).sum() + (table * table).sum() }
        #expect(IndexedSlices(try #require(mixed[0])) == nil)
    }

    /// Each table is read at two rows in turn; what the slots of one row are worth after steps that touch the other.
    static let wrapped: [@Sendable (_ dense: Bool) -> any Optimizer] = [
        { _ in RMSprop.tensorFlow2(learningRate: 0.05, rho: Hyperparameter { 0.5 }) },
        { _ in LossScaleOptimizer(RMSprop.tensorFlow2(learningRate: 0.05, centered: true)) },
        { _ in LossScaleOptimizer(RMSprop(learningRate: 0.05)) },
        { dense in LossScaleOptimizer(Lamb(learningRate: 0.05, lazy: !dense)) },
    ]

    @Test("equals the dense step also where rho is asked for or the loss is scaled", arguments: 0..<wrapped.count)
    func equalsDenseWrapped(number: Int) throws {
        let (sparse, dense) = (Self.table(5, .float64), Self.table(5, .float64))
        let (a, b) = (Self.wrapped[number](false), Self.wrapped[number](true))
        for step in 0..<8 {
            try a.minimize({ Self.sparseLoss(sparse, step) }, [sparse])
            try b.minimize({ Self.denseLoss(dense, step) }, [dense])
        }
        #expect(mismatch(sparse.value, dense.value, .within(relative: 1e-12, absolute: 1e-13)) == nil)
        for (left, right) in zip(a.getWeights(), b.getWeights()) {
            #expect(mismatch(left, right, .within(relative: 1e-12, absolute: 1e-13)) == nil)
        }
    }

    @Test("rows of another type stay rows")
    func rowsOfAnotherType() throws {
        let table = Variable(Tensor.ones([3, 1], dtype: .float64))
        let opt = RMSprop(learningRate: 0.1, momentum: 0.9, lazy: true)
        for row in 0..<2 {
            let first = table.value.gather(Tensor([0], dtype: .int64))
            let rows = IndexedSlices(
                values: Tensor.ones([1, 1]), indices: Tensor([row], dtype: .int64), shape: table.shape)
            try opt.applyGradients(zip([rows], [table]))
            let moved = mismatch(table.value.gather(Tensor([0], dtype: .int64)), first, .bits) != nil
            #expect(moved == (row == 0))
        }
    }

    @Test("a step that fails leaves nothing behind for the table that comes next")
    func failsAtFirst() throws {
        let (small, large) = (Variable(Tensor.ones([4, 1])), Variable(Tensor.ones([100, 1])))
        let opt = RMSprop(learningRate: 0.1)
        #expect(throws: DescentError.self) {
            try opt.minimize(
                {
                    let outside = Tensor([1, 2]).gather(Tensor([7], dtype: .int64))
                    return small.gather(Tensor([0], dtype: .int64)).sum() + outside.sum()
                }, [small])
        }
        for row in [50, 99] { try opt.minimize({ large.gather(Tensor([row], dtype: .int64)).sum() }, [large]) }
        let average = try opt.getSlot(large, "velocity").value.gather(Tensor([50, 99], dtype: .int64))
        #expect(mismatch(average, [[0.09], [0.1]], .within(relative: 1e-6)) == nil)
    }

    @Test("a norm that is not finite spoils the rows that are touched if lazy, and all rows if not")
    func normsThatAreNotFinite() throws {
        for (isLazy, count) in [(true, 1), (false, 4)] {
            for clip in [true, false] {
                let table = Variable(Tensor.ones([4, 1]))
                let opt = RMSprop(
                    learningRate: 0.1, clipNorm: clip ? 1 : nil, globalClipNorm: clip ? nil : 1, lazy: isLazy)
                try opt.minimize({ (table.gather(Tensor([1, 1], dtype: .int64)) * Double.nan).sum() }, [table])
                #expect(table.scalars(as: Float.self).filter(\.isNaN).count == count)
            }
        }
    }
}
