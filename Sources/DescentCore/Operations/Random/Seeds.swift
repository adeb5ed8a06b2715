// What the distributions have in common: several streams of numbers from one seed, and parameters that are tensors.

/// Numbers that look like none of those they are made of: Steele, Lea and Flood's SplitMix64.
package enum Mixing {
    /// What the state grows by for each number of a sequence.
    package static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The bits mixed well, so that neighbours have nothing in common.
    package static func mixed(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number that depends on both and looks like neither.
    package static func mixed(_ seed: Int, _ index: Int) -> Int {
        let state = UInt64(bitPattern: Int64(seed)) &+ UInt64(bitPattern: Int64(index)) &* increment
        return Int(Int64(bitPattern: mixed(state)))
    }
}

/// A seed from which any number of others follow.
struct RandomStreams {
    let seed: Int
    let shape: Shape
    let dtype: DType

    /// The seed of stream number `index`.
    static func seed(_ seed: Int, _ index: Int) -> Int {
        Mixing.mixed(seed, index + 1)
    }

    /// Uniform in 0..<1.
    func uniform(_ index: Int) -> Tensor {
        Tensor.randomUniform(shape, seed: RandomStreams.seed(seed, index), dtype: dtype)
    }

    /// Uniform between 0 and 1, neither of them: half a step stands in for 0.
    func open(_ index: Int) -> Tensor {
        uniform(index).maximum(.number(dtype == .float32 ? 0x1p-25 : 0x1p-54, with: dtype))
    }

    /// Standard normal.
    func normal(_ index: Int) -> Tensor {
        Tensor.randomNormal(shape, seed: RandomStreams.seed(seed, index), dtype: dtype)
    }
}

extension Tensor {
    /// Draws by `draw`, after the shape, the type and the parameters, which must broadcast to the shape, have been checked.
    static func drawn(
        _ operation: StaticString, _ shape: Shape, _ seed: Int, _ dtype: DType, _ parameters: [Tensor],
        _ file: StaticString, _ line: UInt, _ draw: (RandomStreams, [Tensor]) throws(DescentError) -> Tensor
    ) -> Tensor {
        checked(file, line) { () throws(DescentError) in
            guard dtype.isFloatingPoint else {
                throw DescentError(operation, "random numbers are float32 or float64", received: "\(dtype)")
            }
            let shape = try shape.checked(operation)
            let adapted = try parameters.map { parameter throws(DescentError) in
                let adapted = parameter.adapted(to: dtype)
                if let error = adapted.error { throw error }
                guard adapted.shape.broadcasts(to: shape) else {
                    throw DescentError(
                        operation, "parameters must broadcast to the shape",
                        received: "parameter \(adapted.shape), shape \(shape)")
                }
                return adapted.cast(to: dtype)
            }
            return try draw(RandomStreams(seed: seed, shape: shape, dtype: dtype), adapted)
        }
    }
}
