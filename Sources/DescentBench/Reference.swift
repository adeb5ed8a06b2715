#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What is right: plain loops in float64.
///
/// (The functions of the C library have other names here, because a module that uses tensors means those of tensors.)
enum Reference {
    static func logarithm(_ x: Double) -> Double { log(x) }
    static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

    /// One RMSprop update, epsilon inside the root.
    static func rmsprop(
        _ value: inout [Double], _ square: inout [Double], _ gradient: [Double], rate: Double
    ) {
        for i in value.indices {
            square[i] = 0.9 * square[i] + 0.1 * gradient[i] * gradient[i]
            value[i] -= rate * gradient[i] / (square[i] + 1e-7).squareRoot()
        }
    }

    /// a[m, k] b[k, n], two rows at a time: a billion operations should not take all day.
    static func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: m * n) { c, count in
            count = m * n
            c.initialize(repeating: 0)
            b.withUnsafeBufferPointer { b in
                for i in stride(from: 0, to: m, by: 2) {
                    let (row, next) = (i * n, min(i + 1, m - 1) * n)
                    for p in 0..<k {
                        let x = a[i * k + p]
                        // The last row of an odd number of rows is its own neighbour, which must not add twice.
                        let y = row == next ? 0 : a[(i + 1) * k + p]
                        for j in 0..<n {
                            let z = b[p * n + j]
                            c[row + j] += x * z
                            c[next + j] += y * z
                        }
                    }
                }
            }
        }
    }

    /// a[m, n] turned over
    static func transposed(_ a: [Double], _ m: Int, _ n: Int) -> [Double] {
        var b = [Double](repeating: 0, count: m * n)
        for i in 0..<m { for j in 0..<n { b[j * m + i] = a[i * n + j] } }
        return b
    }

    /// log softmax of each row of z[rows, columns]
    static func logSoftmax(_ z: [Double], columns: Int) -> [Double] {
        var result = z
        for start in stride(from: 0, to: z.count, by: columns) {
            let row = z[start..<start + columns]
            let top = row.max()!
            let total = top + logarithm(row.reduce(0) { $0 + exponential($1 - top) })
            for i in row.indices { result[i] -= total }
        }
        return result
    }
}
