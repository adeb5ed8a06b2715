import DescentCore
import DescentData

/// Weights of samples that follow from their classes.
struct ClassWeights {
    let weights: [Int: Double]

    init(_ weights: [Int: Double]) throws {
        if let wrong = weights.sorted(by: { $0.key < $1.key }).first(where: { $0.key < 0 || !$0.value.isFinite }) {
            throw DescentError(
                "fit", "classWeight names classes from 0 on, and a finite weight for each",
                received: "\(wrong.key): \(wrong.value)")
        }
        self.weights = weights
    }

    /// The weight of each sample: that of its class, 1 for a class that is not named, times the weight that it has already.
    func weighted(_ y: Tensor?, _ sampleWeight: Tensor?) throws -> Tensor {
        guard let y else { throw DescentError("fit", "classWeight needs labels", received: "x alone") }
        let factors = Tensor(try classes(y).map { Float(weights[$0] ?? 1) })
        guard let sampleWeight else { return factors }
        let ones = [Int](repeating: 1, count: max(sampleWeight.rank - 1, 0))
        return try (sampleWeight * factors.reshape(Shape([factors.count] + ones))).evaluated()
    }

    /// The classes of labels: whole numbers of shape [n] or [n, 1], or one row for each sample that marks one.
    private func classes(_ y: Tensor) throws -> [Int] {
        let y = try y.evaluated()
        let isOneHot = y.rank == 2 && y.shape[1] > 1
        guard y.rank == 1 || y.rank == 2 else {
            throw DescentError(
                "fit", "classWeight needs labels of shape [n], [n, 1] or [n, classes]",
                received: "y of shape \(y.shape)")
        }
        let labels = isOneHot ? y.argmax(axis: -1) : y.reshape([y.shape[0]])
        let numbers = try labels.cast(to: .float64).evaluated().scalars(as: Double.self)
        return try numbers.enumerated().map { row, number in
            guard let label = Int(exactly: number), label >= 0 else {
                throw DescentError(
                    "fit", "classWeight needs labels that are whole numbers from 0 on",
                    received: "\(number) in row \(row)")
            }
            return label
        }
    }
}

extension Batch {
    /// This batch, with the weights of its classes.
    func weighted(by classes: ClassWeights?) throws -> Batch {
        guard let classes else { return self }
        var batch = self
        batch.sampleWeight = try classes.weighted(y, sampleWeight)
        return batch
    }
}
