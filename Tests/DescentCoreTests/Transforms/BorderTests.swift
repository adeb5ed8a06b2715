import DescentCore
import DescentTestSupport
import Testing

/// A large inside is written once, the border around it besides.
struct BorderTests {
    @Test func bordersOnEveryAxis() throws {
        for borders in [[(1, 2), (0, 0), (3, 0)], [(0, 0), (2, 1), (0, 4)], [(0, 1), (1, 0), (1, 1)]] {
            let x = Tensor.arange(11 * 12 * 13, dtype: .float32).reshape(11, 12, 13)
            let shape = Shape(zip([11, 12, 13], borders).map { $0 + $1.0 + $1.1 })
            var want = [Float](repeating: 7, count: shape.count)
            for (number, value) in x.scalars(as: Float.self).enumerated() {
                let index = [number / 156, number / 13 % 12, number % 13]
                let place = zip(zip(index, borders), shape.strides).reduce(0) { $0 + ($1.0.0 + $1.0.1.0) * $1.1 }
                want[place] = value
            }
            let padded = x.pad(borders.map { (before: $0.0, after: $0.1) }, value: 7)
            #expect(mismatch(padded, Tensor(want, shape: shape)) == nil, "\(borders)")
        }
        let long = Tensor.ones([2000]).pad([(before: 3, after: 2)], value: 0)
        #expect(mismatch(long.sum(), 2000) == nil && long.shape == [2005])
        #expect(mismatch(long[..<4], [0, 0, 0, 1]) == nil && mismatch(long[2002...], [1, 0, 0]) == nil)
    }
}
