import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

/// A small regression: 40 rows of 3 numbers, and what is true of them.
struct Regression {
    let x = Tensor.randomNormal([40, 3], seed: 11)
    let y: Tensor

    init() { y = (x * [1, -2, 0.5]).sum(axes: 1) + 0.25 }

    /// Two layers with the same first values each time.
    static func model(_ seed: Int = 5) -> Sequential {
        setRandomSeed(seed)
        let model = Sequential(Dense(8, activation: .tanh), Dense(1))
        _ = model(Tensor.zeros([1, 3]))
        return model
    }
}

/// The bits of all variables.
func bits(_ module: some Module) -> [[UInt32]] {
    module.variables.map { $0.scalars(as: Float.self).map(\.bitPattern) }
}

/// The error that `body` throws, which must name all of `words`.
func expectError(
    _ words: String..., sourceLocation: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("no error; expected one that names \(words)", sourceLocation: sourceLocation)
    } catch {
        for word in words {
            #expect("\(error)".contains(word), "\(error)", sourceLocation: sourceLocation)
        }
    }
}
