import Descent
import DescentTestSupport
import Testing

/// A variable that is listed twice is updated twice.
struct TwinTests {
    /// Four steps by the gradients of a list of which the last variable is the first.
    private func run(_ opt: any Optimizer) throws -> (v: Tensor, w: Tensor) {
        let (v, w) = (Variable([3, -4]), Variable([1, 2]))
        for step in 0..<4 {
            let s = Double(step)
            let gradients: [Tensor] = [[0.5 + s, -1], [0.25, 2 - s], [1, 0.5 * s]].map { Tensor($0, dtype: .float32) }
            try opt.applyGradients(zip(gradients, [v, w, v]))
        }
        return (v.value, w.value)
    }

    private func expect(_ opt: any Optimizer, _ v: Tensor, _ w: Tensor) throws {
        let found = try run(opt)
        #expect(mismatch(found.v, v, .within(relative: 1e-5)) == nil)
        #expect(mismatch(found.w, w, .within(relative: 1e-5)) == nil)
    }

    /// Recorded with Keras 3.15.1 on TensorFlow 2.21.
    @Test func asKerasDoes() throws {
        try expect(
            RMSprop(learningRate: 0.1, momentum: 0.9, centered: true), [-4.775375843048096, -1.0080289840698242],
            [-1.4751057624816895, 0.5629720687866211])
        try expect(
            Adam(learningRate: 0.1), [2.09798526763916, -3.516556978225708], [0.6000065207481384, 1.7046091556549072])
        try expect(
            SGD(
                learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, globalClipNorm: 1, useEMA: true,
                emaOverwriteFrequency: 3), [2.2272839546203613, -3.69502854347229],
            [0.9401429295539856, 1.809068202972412])
        try expect(
            SGD(learningRate: 0.1, gradientAccumulationSteps: 2), [2.1500000953674316, -3.9000000953674316],
            [0.9500000476837158, 1.899999976158142])
        try expect(
            RMSprop(learningRate: 0.1, gradientAccumulationSteps: 2), [2.030496120452881, -3.6429924964904785],
            [0.4543600082397461, 1.7886008024215698])
    }

    @Test func ofALossAndOfRows() throws {
        let (v, once) = (Variable([3, -4]), Variable([3, -4]))
        let (opt, other) = (SGD(learningRate: 0.125), SGD(learningRate: 0.125))
        for _ in 0..<5 {
            try opt.minimize({ (v * v).sum() }, [v, v])
            // The same gradient twice.
            let gradient = 2 * once.value
            for _ in 0..<2 { try other.applyGradients(zip([gradient], [once])) }
        }
        #expect(mismatch(v.value, once.value, .ulps(0)) == nil && opt.iterations == 5)
        let table = Variable([[1], [2], [3]])
        try SGD(learningRate: 1).minimize({ table.gather([0, 2]).sum() }, [table, table])
        #expect(mismatch(table.value, [[-1], [2], [1]], .ulps(0)) == nil)
    }

    @Test func aStepThatFailsLosesNothing() throws {
        let v = Variable([3, -4])
        let opt = RMSprop(learningRate: 0.1)
        #expect(throws: DescentError.self) {
            try opt.applyGradients(zip([Tensor([1, 1]), Tensor([1, 1, 1])], [v, v]))
        }
        #expect(mismatch(v.value, [3, -4], .ulps(0)) == nil && opt.iterations == 0)
    }
}
