import CDescent

// Complex numbers are pairs, the last axis of extent 2: real and imaginary part.

extension Primitive {
    /// Integers: count, n, the sign of the exponent. As a linear map of real numbers its transpose is the map with the
    /// other sign.
    package static let fft: Primitive = Primitive(
        "fft", .routine(CD_FFT),
        .general { g, node, _ in
            var integers = node.attributes!.integers
            integers[2] = -integers[2]
            return Tensor.routine(.fft, integers, g, shape: g.shape)
        })
}

extension Tensor {
    /// A sum of complex numbers times powers of exp(± 2πi / n), not scaled.
    fileprivate func transformed(sign: Int) -> Tensor {
        let n = shape[rank - 2]
        return Tensor.routine(.fft, [n == 0 ? 0 : count / (2 * n), n, sign], self, shape: shape)
    }

    fileprivate func complexes(_ operation: StaticString) throws(DescentError) -> Tensor {
        let x = try floats()
        guard x.rank >= 2, x.shape[x.rank - 1] == 2 else {
            throw DescentError(
                operation, "complex numbers have a last axis of real and imaginary part", received: "shape \(x.shape)")
        }
        return x
    }

    /// The first n along an axis, filled up with zeros.
    fileprivate func resized(_ axis: Int, _ n: Int) -> Tensor {
        let extent = shape[axis]
        if extent > n { return sliced(axis, start: 0, step: 1, count: n) }
        var borders = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
        borders[axis].after = n - extent
        return pad(borders)
    }

    fileprivate static func checkLength(_ n: Int?, _ operation: StaticString) throws(DescentError) {
        guard let n, n < 1 else { return }
        throw DescentError(operation, "a transform has at least one point", received: "\(n)")
    }
}

extension TensorConvertible {
    /// The discrete Fourier transform of complex sequences [..., n, 2]: `yₖ = Σⱼ xⱼ exp(−2πi jk / n)`.
    ///
    /// Any n; the time is of order n log n. The derivative is the transform of the gradient with the other sign.
    ///
    /// ```swift
    /// print(fft(Tensor([[1, 0], [0, 0]])))
    /// // [[1.0, 0.0],
    /// //  [1.0, 0.0]]
    /// ```
    public func fft(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in try tensor.complexes("fft").transformed(sign: -1) }
    }

    /// The inverse of `fft()`: `xⱼ = 1/n Σₖ yₖ exp(2πi jk / n)`.
    ///
    /// ```swift
    /// print(ifft(Tensor([[1, 0], [1, 0]])))
    /// // [[1.0, 0.0],
    /// //  [0.0, 0.0]]
    /// ```
    public func ifft(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.complexes("ifft")
            return x.transformed(sign: 1) / .number(Swift.max(x.shape[x.rank - 2], 1), with: x.dtype)
        }
    }

    /// The discrete Fourier transform of real sequences along the last axis: [..., n / 2 + 1, 2], as what follows is
    /// the same mirrored.
    ///
    /// ```swift
    /// print(rfft(Tensor([1, 2, 3])).shape)            // [2, 2]
    /// print(complexMagnitude(rfft(Tensor([1, -1]))))   // [0.0, 2.0]
    /// ```
    ///
    /// - Parameter n: how many elements to take; what is missing is 0. The default is all.
    public func rfft(n: Int? = nil, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            var x = try tensor.floats()
            guard x.rank >= 1, n != nil || x.shape[x.rank - 1] > 0 else {
                throw DescentError("rfft", "a transform has at least one point", received: "shape \(x.shape)")
            }
            try Tensor.checkLength(n, "rfft")
            if let n { x = x.resized(x.rank - 1, n) }
            let length = x.shape[x.rank - 1]
            let complex = x.expandDims(-1).resized(x.rank, 2)
            return complex.transformed(sign: -1).sliced(x.rank - 1, start: 0, step: 1, count: length / 2 + 1)
        }
    }

    /// The inverse of `rfft(n:)`: real sequences from [..., n / 2 + 1, 2].
    ///
    /// The imaginary parts of the first number, and of the last for even n, have no influence.
    ///
    /// ```swift
    /// print(irfft(rfft(Tensor([1, 2, 4])), n: 3))   // [1.0, 2.0, 4.0]
    /// ```
    ///
    /// - Parameter n: the length of the sequences; the default is even, twice the number of frequencies less two.
    public func irfft(n: Int? = nil, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let y = try tensor.complexes("irfft")
            let axis = y.rank - 2
            let n = n ?? 2 * (y.shape[axis] - 1)
            try Tensor.checkLength(n, "irfft")
            let half = n / 2 + 1
            // Each frequency but the first, and the last of even n, stands for two.
            let weights = (0..<half).map { $0 == 0 || 2 * $0 == n ? 1.0 : 2.0 }
            let weighted = y.resized(axis, half) * Tensor(weights, shape: [half, 1]).cast(to: y.dtype)
            let x = weighted.resized(axis, n).transformed(sign: 1) / .number(n, with: y.dtype)
            return x.sliced(axis + 1, start: 0, step: 1, count: 1).squeeze(axes: [axis + 1])
        }
    }

    /// The magnitudes of complex numbers, pairs on the last axis.
    ///
    /// The derivative is the direction of the number, and 0 where it is 0. Neither overflows.
    ///
    /// ```swift
    /// print(complexMagnitude(Tensor([[3, 4], [0, 0]])))   // [5.0, 0.0]
    /// ```
    public func complexMagnitude(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.complexes("complexMagnitude")
            let largest = stopGradient(x.abs().max(axes: -1, keepDims: true))
            let scale = Tensor.where(largest .== 0, 1, largest)
            let part = x / scale
            let size = (part * part).sum(axes: -1, keepDims: true).rootOfSquares() * scale
            return size.squeeze(axes: [x.rank - 1])
        }
    }
}

/// The discrete Fourier transform of complex sequences; see `TensorConvertible.fft()`.
public func fft(_ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    x.fft(file: file, line: line)
}

/// The inverse of `fft`; see `TensorConvertible.ifft()`.
public func ifft(_ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    x.ifft(file: file, line: line)
}

/// The discrete Fourier transform of real sequences; see `TensorConvertible.rfft(n:)`.
public func rfft(
    _ x: some TensorConvertible, n: Int? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.rfft(n: n, file: file, line: line) }

/// The inverse of `rfft`; see `TensorConvertible.irfft(n:)`.
public func irfft(
    _ x: some TensorConvertible, n: Int? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.irfft(n: n, file: file, line: line) }

/// The magnitudes of complex numbers; see `TensorConvertible.complexMagnitude()`.
public func complexMagnitude(
    _ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.complexMagnitude(file: file, line: line) }
