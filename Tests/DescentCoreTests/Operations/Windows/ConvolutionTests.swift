import CDescent
import DescentCore
import DescentTestSupport
import Testing

@Suite("Convolutions")
struct ConvolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var x: Shape
        var kernel: Shape
        var stride = [1, 1]
        var padding: [(before: Int, after: Int)] = [(0, 0), (0, 0)]
        var dilation = [1, 1]
        var groups = 1

        var testDescription: String {
            "\(x) * \(kernel), stride \(stride), padding \(padding), dilation \(dilation), groups \(groups)"
        }
    }

    /// By definition, channels first, in two dimensions.
    static func plain(_ x: Tensor, _ kernel: Tensor, _ item: Case) -> Tensor {
        let padded = x.pad([(0, 0), (0, 0)] + item.padding)
        let (window, extents) = (Array(kernel.shape)[2...].map { $0 }, Array(padded.shape)[2...].map { $0 })
        let out = (0..<2).map { (axis: Int) -> Int in
            let reach: Int = (window[axis] - 1) * item.dilation[axis] + 1
            return (extents[axis] - reach) / item.stride[axis] + 1
        }
        let (channels, outputs) = (kernel.shape[1], kernel.shape[0])
        let perGroup = outputs / item.groups
        let values = padded.scalars(as: Double.self)
        let weights = kernel.scalars(as: Double.self)
        var result: [Double] = []
        for sample in 0..<x.shape[0] {
            for output in 0..<outputs {
                for i in 0..<out[0] {
                    for j in 0..<out[1] {
                        var sum = 0.0
                        for c in 0..<channels {
                            let channel = output / perGroup * channels + c
                            for a in 0..<window[0] {
                                for b in 0..<window[1] {
                                    let row = i * item.stride[0] + a * item.dilation[0]
                                    let column = j * item.stride[1] + b * item.dilation[1]
                                    let plane = (sample * x.shape[1] + channel) * extents[0] + row
                                    let place = ((output * channels + c) * window[0] + a) * window[1] + b
                                    sum += values[plane * extents[1] + column] * weights[place]
                                }
                            }
                        }
                        result.append(sum)
                    }
                }
            }
        }
        return Tensor(result, shape: [x.shape[0], outputs, out[0], out[1]])
    }

    static let cases: [Case] = [
        Case(x: [1, 1, 3, 3], kernel: [1, 1, 1, 1]),
        Case(x: [2, 3, 5, 6], kernel: [4, 3, 3, 2]),
        Case(x: [2, 3, 5, 6], kernel: [4, 3, 3, 2], stride: [2, 3]),
        Case(x: [2, 3, 5, 6], kernel: [4, 3, 3, 2], padding: [(1, 2), (0, 3)]),
        Case(x: [1, 2, 7, 7], kernel: [2, 2, 3, 3], stride: [2, 1], padding: [(2, 2), (2, 2)], dilation: [2, 3]),
        Case(x: [2, 4, 5, 5], kernel: [6, 2, 3, 3], padding: [(1, 1), (1, 1)], groups: 2),
        Case(x: [1, 4, 6, 4], kernel: [4, 1, 2, 3], stride: [2, 2], padding: [(0, 1), (2, 0)], groups: 4),
        Case(x: [1, 2, 3, 3], kernel: [2, 2, 2, 2], padding: [(4, 4), (4, 4)]),
        Case(x: [3, 16, 40, 41], kernel: [8, 16, 3, 3], padding: [(1, 1), (1, 1)]),
        Case(x: [0, 2, 3, 3], kernel: [2, 2, 2, 2]),
    ]

    private func run(_ x: Tensor, _ kernel: Tensor, _ item: Case, _ format: DataFormat = .channelsFirst) -> Tensor {
        conv2d(
            x, kernel, stride: SpatialExtents(item.stride), padding: .borders(item.padding),
            dilation: SpatialExtents(item.dilation), groups: item.groups, dataFormat: format)
    }

    @Test("as by definition, channels first and last, both types", arguments: cases)
    func definition(_ item: Case) throws {
        var random = SplitMix64(seed: 1)
        let x = random.normal(item.x, dtype: .float64)
        let kernel = random.normal(item.kernel, dtype: .float64)
        let want = Self.plain(x, kernel, item)
        #expect(mismatch(run(x, kernel, item), want, .within(relative: 1e-11, absolute: 1e-12)) == nil)
        let last = run(x.permute(0, 2, 3, 1), kernel.permute(2, 3, 1, 0), item, .channelsLast)
        #expect(mismatch(last.permute(0, 3, 1, 2), want, .within(relative: 1e-11, absolute: 1e-12)) == nil)
        let single = run(x.cast(to: .float32), kernel.cast(to: .float32), item)
        #expect(mismatch(single, want.cast(to: .float32), .within(relative: 1e-4, absolute: 1e-4)) == nil)
    }

    @Test("first and second derivatives", arguments: cases.filter { $0.x.count < 400 })
    func derivatives(_ item: Case) throws {
        var random = SplitMix64(seed: 2)
        let x = random.normal(item.x, dtype: .float64)
        let kernel = random.normal(item.kernel, dtype: .float64)
        for order in 1...2 {
            let first = try checkGradient(of: { run($0[0], $0[1], item) }, at: [x, kernel], order: order)
            #expect(first.failure == nil)
            let last = try checkGradient(
                of: { run($0[0], $0[1], item, .channelsLast) },
                at: [x.permute(0, 2, 3, 1), kernel.permute(2, 3, 1, 0)], order: order)
            #expect(last.failure == nil)
        }
    }

    @Test("gradients of both formats agree where there are several blocks")
    func large() throws {
        var random = SplitMix64(seed: 3)
        let item = Self.cases[8]
        let (x, kernel) = (random.normal(item.x, dtype: .float64), random.normal(item.kernel, dtype: .float64))
        let weights = random.normal([3, 8, 40, 41], dtype: .float64)
        func gradients(_ f: (Tensor, Tensor) -> Tensor) throws -> [Tensor] {
            let tape = GradientTape(watchAccessedVariables: false)
            tape.watch([x, kernel])
            let y = tape.record { (f(x, kernel) * weights).sum() }
            return try tape.gradient(y, [x, kernel]).map { try #require($0) }
        }
        let first = try gradients { run($0, $1, item) }
        let last = try gradients {
            run($0.permute(0, 2, 3, 1), $1.permute(2, 3, 1, 0), item, .channelsLast).permute(0, 3, 1, 2)
        }
        for (a, b) in zip(first, last) {
            #expect(mismatch(a, b, .within(relative: 1e-10, absolute: 1e-11)) == nil)
        }
        // Linear in both: ⟨x, gradient of x⟩ and ⟨kernel, gradient of kernel⟩ are the value.
        let value = (Self.plain(x, kernel, item) * weights).sum()
        #expect(mismatch((first[0] * x).sum(), value, .within(relative: 1e-10)) == nil)
        #expect(mismatch((first[1] * kernel).sum(), value, .within(relative: 1e-10)) == nil)
    }

    @Test("the same bits on any number of threads")
    func deterministic() async {
        await #expect(processExitsWith: .success) {
            var random = SplitMix64(seed: 4)
            let (x, kernel) = (random.normal([4, 8, 33, 31]), random.normal([8, 8, 3, 3]))
            let matrices = random.normal([30, 12, 12])
            func results() throws -> [Tensor] {
                let tape = GradientTape(watchAccessedVariables: false)
                tape.watch([x, kernel])
                let y = tape.record { conv2d(x, kernel, padding: .same).square().sum() }
                var all = try [y] + tape.gradient(y, [x, kernel]).map { try #require($0) }
                all += [
                    singularValues(matrices), inverse(matrices), eigvalsh(matrices), fft(x.reshape([-1, 31 * 33, 2])),
                ]
                all += [maxPool2d(x, window: 2), avgPool2d(x, window: 3, stride: 2)]
                try evaluate(all)
                return all
            }
            cd_set_threads(1)
            let want = try results()
            for threads in 2...3 {
                cd_set_threads(Int32(threads))
                for (index, (got, want)) in zip(try results(), want).enumerated() {
                    #expect(mismatch(got, want, .bits) == nil, "\(threads) threads, result \(index)")
                }
            }
        }
    }

    @Test("the transposed convolution is the transpose")
    func transposed() throws {
        var random = SplitMix64(seed: 5)
        let x = random.normal([2, 4, 5, 6], dtype: .float64)
        let kernel = random.normal([4, 3, 3, 2], dtype: .float64)
        let y = convTranspose2d(
            x, kernel, stride: [2, 3], padding: .explicit([1, 0]), outputPadding: [1, 2], dilation: [1, 2])
        #expect(y.shape == [2, 3, 10, 20])
        let v = random.normal(y.shape, dtype: .float64)
        let back = conv2d(v, kernel, stride: [2, 3], padding: .explicit([1, 0]), dilation: [1, 2])
        #expect(back.shape == x.shape)
        #expect(mismatch((y * v).sum(), (x * back).sum(), .within(relative: 1e-12)) == nil)
        #expect(
            convTranspose1d(Tensor.ones([1, 2, 4]), Tensor.ones([2, 1, 3]), stride: 2, padding: .same).shape == [
                1, 1, 8,
            ])
        let last = convTranspose2d(
            x.permute(0, 2, 3, 1), kernel.permute(2, 3, 1, 0), stride: [2, 3], padding: .explicit([1, 0]),
            outputPadding: [1, 2], dilation: [1, 2], dataFormat: .channelsLast)
        #expect(mismatch(last.permute(0, 3, 1, 2), y, .within(relative: 1e-11, absolute: 1e-12)) == nil)
        let grouped = convTranspose1d(Tensor.ones([1, 4, 3]), Tensor.ones([4, 2, 2]), groups: 2)
        #expect(grouped.shape == [1, 4, 4])
        for order in 1...2 {
            let report = try checkGradient(
                of: { convTranspose2d($0[0], $0[1], stride: 2, padding: .explicit(1)) }, at: [x, kernel], order: order)
            #expect(report.failure == nil)
        }
    }

    @Test("padding that keeps the extents, in one dimension too")
    func padding() {
        let x = Tensor([[[1, 2, 3, 4, 5]]])
        #expect(conv1d(x, Tensor([[[1, 1, 1]]]), padding: .same).scalars(as: Int.self) == [3, 6, 9, 12, 9])
        // Of an odd number one more behind.
        #expect(conv1d(x, Tensor([[[1, 1]]]), padding: .same).scalars(as: Int.self) == [3, 5, 7, 9, 5])
        #expect(conv1d(x, Tensor([[[1, 1, 1]]]), stride: 2, padding: .same).scalars(as: Int.self) == [3, 9, 9])
        #expect(conv1d(x, Tensor([[[1, 1]]]), dilation: 2).scalars(as: Int.self) == [4, 6, 8])
        #expect(conv1d(Tensor.ones([1, 1, 0]), Tensor.ones([1, 1, 3]), padding: .same).shape == [1, 1, 0])
    }

    @Test("refused at once")
    func refused() {
        let x = Tensor.ones([1, 2, 5, 5])
        for poison in [
            conv2d(x, Tensor.ones([3, 3, 3, 3])), conv2d(x, Tensor.ones([3, 2, 3])),
            conv2d(x[0], Tensor.ones([3, 2, 3, 3])),
            conv2d(x, Tensor.ones([3, 2, 6, 6])), conv2d(x, Tensor.ones([3, 2, 3, 3]), stride: 0),
            conv2d(x, Tensor.ones([3, 2, 3, 3]), stride: [1, 2, 3]), conv2d(x, Tensor.ones([3, 1, 3, 3]), groups: 2),
            conv2d(x, Tensor.ones([3, 2, 3, 3]), padding: .explicit(-1)),
            conv2d(x, Tensor.ones([3, 2, 3, 3]), padding: .borders([(1, 1)])),
            conv2d(x, Tensor.ones([3, 2, 0, 3])), convTranspose2d(x, Tensor.ones([3, 2, 3, 3])),
            convTranspose2d(x, Tensor.ones([2, 2, 3, 3]), stride: 2, outputPadding: 2),
        ] {
            #expect(poison.error?.location?.file.contains("ConvolutionTests") == true, "\(poison.shape)")
        }
    }
}
