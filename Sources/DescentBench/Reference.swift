/// What is right: plain loops in float64.
enum Reference {
    static func wide(_ numbers: [Float]) -> [Double] { numbers.map(Double.init) }

    /// One RMSprop update, epsilon inside the root.
    static func rmsprop(
        _ value: inout [Double], _ square: inout [Double], _ gradient: [Double], rate: Double
    ) {
        for i in value.indices {
            square[i] = 0.9 * square[i] + 0.1 * gradient[i] * gradient[i]
            value[i] -= rate * gradient[i] / (square[i] + 1e-7).squareRoot()
        }
    }

    /// a[m, k] b[k, n]
    static func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
        var c = [Double](repeating: 0, count: m * n)
        c.withUnsafeMutableBufferPointer { c in
            b.withUnsafeBufferPointer { b in
                for i in 0..<m {
                    for p in 0..<k {
                        let factor = a[i * k + p]
                        for j in 0..<n { c[i * n + j] += factor * b[p * n + j] }
                    }
                }
            }
        }
        return c
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

    static func magnitude(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1.magnitude } }
}
