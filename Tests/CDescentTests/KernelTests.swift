import CDescent
import Testing

/// The suites of this target that change the number of threads, which is global, or the instruction set stand in
/// extensions of this one: being serialized, it lets one of their tests run at a time.
@Suite(.serialized) enum KernelTests {}

/// The instruction sets of this processor.
let availableInstructionSets: [Int32] = {
    let current = cd_isa()
    defer { cd_set_isa(current) }
    return (0..<Int32(CD_ISA_COUNT)).filter { cd_set_isa($0) == $0 }
}()

/// Runs `body` with another instruction set, other threads, or both.
func withKernels<Result>(
    instructionSet: Int32? = nil, threads: Int32? = nil, _ body: () throws -> Result
) rethrows -> Result {
    let (oldSet, oldThreads) = (cd_isa(), cd_threads())
    defer {
        cd_set_isa(oldSet)
        cd_set_threads(oldThreads)
    }
    if let instructionSet { cd_set_isa(instructionSet) }
    if let threads { cd_set_threads(threads) }
    return try body()
}

/// Reproducible numbers (SplitMix64).
struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
