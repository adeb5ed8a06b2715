import CDescent

// Counter-based: every number depends on the seed and its own position only, so results are the same on any number
// of threads, and the same seed gives the same numbers every time.

extension Primitive {
    package static let randomUniform = Primitive("randomUniform", .random(CD_RANDOM_UNIFORM), .none)
    package static let randomNormal = Primitive("randomNormal", .random(CD_RANDOM_NORMAL), .none)
}

extension Tensor {
    /// Numbers drawn evenly from a range.
    ///
    /// ```swift
    /// let x = Tensor.randomUniform([1000], in: -1..<1, seed: 7)
    /// print(x.min() .>= -1, x.max() .< 1)   // true true
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - range: the smallest number, and the bound that none reaches.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomUniform(
        _ shape: Shape, in range: Range<Double> = 0..<1, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let unit = random(.randomUniform, shape, seed, dtype, file, line)
        if range == 0..<1 || unit.error != nil { return unit }
        // Rounding may reach the upper bound, which the range excludes.
        let below =
            dtype == .float32 ? Double(Float(range.upperBound).nextDown) : range.upperBound.nextDown
        return (unit * (range.upperBound - range.lowerBound) + range.lowerBound).minimum(.weak(below))
    }

    /// Numbers drawn from a normal distribution.
    ///
    /// ```swift
    /// print(Tensor.randomNormal([2, 3], seed: 7).shape)   // [2, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - mean: the mean of the distribution.
    ///   - standardDeviation: its standard deviation.
    ///   - seed: the same seed gives the same numbers.
    ///   - dtype: `float32` or `float64`.
    public static func randomNormal(
        _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1, seed: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        var numbers = random(.randomNormal, shape, seed, dtype, file, line)
        if standardDeviation != 1 { numbers = numbers * standardDeviation }
        return mean == 0 ? numbers : numbers + mean
    }

    private static func random(
        _ primitive: Primitive, _ shape: Shape, _ seed: Int, _ dtype: DType, _ file: StaticString,
        _ line: UInt
    ) -> Tensor {
        checked(file, line) { () throws(DescentError) in
            guard dtype.isFloatingPoint else {
                throw DescentError(
                    operation: primitive.name, "random numbers are float32 or float64", received: "\(dtype)")
            }
            let source = Node(scalar: UInt64(bitPattern: Int64(seed)), .int64)
            return Tensor(Node(primitive, dtype, try shape.checked("random"), source))
        }
    }

    /// 0, 1, … `count` − 1 in random order, as int64; every order is equally likely.
    ///
    /// ```swift
    /// print(Tensor.randomPermutation(5, seed: 7).sum())   // 10
    /// ```
    public static func randomPermutation(
        _ count: Int, seed: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        guard count >= 0 else {
            return Tensor(
                error: DescentError(
                    "randomPermutation", "the count must not be negative", received: "\(count)",
                    at: SourceLocation(file, line)))
        }
        let storage = Storage(byteCount: count * 8)
        let order = UnsafeMutableBufferPointer(
            start: storage.pointer.assumingMemoryBound(to: Int.self), count: count)
        for index in 0..<count { order[index] = index }
        let words = [UInt64](unsafeUninitializedCapacity: 2 * count) { buffer, initialized in
            cd_random_bits(UInt64(bitPattern: Int64(seed)), 0, buffer.baseAddress, Int64(2 * count))
            initialized = 2 * count
        }
        // Fisher and Yates. With 64 random bits (two words of 32) a bounded draw is uneven by less than anyone can see.
        for index in stride(from: count - 1, to: 0, by: -1) {
            let bits = words[2 * index] << 32 | words[2 * index + 1]
            order.swapAt(index, Int(bits.multipliedFullWidth(by: UInt64(index + 1)).high))
        }
        return Tensor(Node(storage: storage, .int64, [count]))
    }
}
