import DescentCore

extension Tensor {
    /// The numbers of classes, whole and not negative, or an error that names the first that is not.
    func classNumbers(_ operation: StaticString) throws(DescentError) -> [Int] {
        let labels = try known()
        let numbers = labels.scalars(as: Int.self)
        if labels.dtype.isFloatingPoint {
            let fractions = labels.scalars(as: Double.self)
            if let index = fractions.indices.first(where: { Double(numbers[$0]) != fractions[$0] }) {
                throw DescentError(
                    operation, "labels must be whole numbers", received: "\(fractions[index]) at position \(index)")
            }
        }
        if let index = numbers.firstIndex(where: { $0 < 0 }) {
            throw DescentError(
                operation, "labels must not be negative", received: "\(numbers[index]) at position \(index)")
        }
        return numbers
    }
}

/// Numbers of classes as rows with a 1 at the place of the class and 0 elsewhere, as `to_categorical` of Keras.
///
/// A last axis of extent 1 is left out first.
///
/// ```swift
/// print(try toCategorical([0, 2, 1]))   // [[1.0, 0.0, 0.0],
///                                       //  [0.0, 0.0, 1.0],
///                                       //  [0.0, 1.0, 0.0]]
/// ```
///
/// - Parameters:
///   - labels: whole numbers from 0 on.
///   - numClasses: the number of classes; the default is one more than the largest label.
///   - dtype: the type of the elements; the default is `float32`.
/// - Throws: if a label is no class, or the tensor holds an error.
public func toCategorical(
    _ labels: Tensor, numClasses: Int? = nil, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> Tensor {
    try atCaller(file, line) { () throws(DescentError) in
        let operation: StaticString = "toCategorical"
        let numbers = try labels.classNumbers(operation)
        guard let classes = numClasses ?? numbers.max().map({ $0 + 1 }) else {
            throw DescentError(operation, "there must be a label, or numClasses", received: "neither")
        }
        guard numClasses != nil || classes <= 1 << 20 else {
            throw DescentError(operation, "so many classes must be asked for by numClasses", received: "\(classes)")
        }
        guard classes >= 1 else {
            throw DescentError(operation, "numClasses must be positive", received: "\(classes)")
        }
        if let index = numbers.firstIndex(where: { $0 >= classes }) {
            throw DescentError(
                operation, "labels lie in 0..<\(classes)", received: "\(numbers[index]) at position \(index)")
        }
        let rank = labels.rank
        let outer = rank > 1 && labels.shape[rank - 1] == 1 ? labels.shape.dropping(last: 1) : labels.shape
        let shape = try outer.appending(classes).checked(operation)
        let storage = Storage(byteCount: shape.count * dtype.byteCount)
        storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
        var one = Number.bits(1, as: dtype)
        for (row, number) in numbers.enumerated() {
            (storage.pointer + (row * classes + number) * dtype.byteCount).copyMemory(
                from: &one, byteCount: dtype.byteCount)
        }
        return Tensor(Node(storage: storage, dtype, shape))
    }
}

/// How much each row counts when each class has its weight, as `class_weight` of Keras.
///
/// ```swift
/// print(try sampleWeights(for: [0, 1, 1, 2], classWeight: [0: 0.5, 1: 2]))   // [0.5, 2.0, 2.0, 1.0]
/// print(try sampleWeights(for: [[0, 1], [1, 0]], classWeight: [1: 3]))       // [3.0, 1.0]
/// ```
///
/// - Parameters:
///   - labels: for each row the number of its class, rounded to the nearest; or a row of numbers, of which the largest
///     says the class.
///   - classWeight: the weights by class; those that are not named count 1.
///   - dtype: the type of the weights; the default is `float32`.
/// - Throws: if labels have another shape, are not finite, or a weight is negative or not finite.
public func sampleWeights(
    for labels: Tensor, classWeight: [Int: Double], dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
) throws(DescentError) -> Tensor {
    try atCaller(file, line) { () throws(DescentError) in
        let operation: StaticString = "sampleWeights"
        for (name, weight) in classWeight.sorted(by: { $0.key < $1.key }) where !(weight >= 0 && weight.isFinite) {
            throw DescentError(
                operation, "weights must be finite and not negative", received: "\(weight) for class \(name)")
        }
        guard dtype.isFloatingPoint else {
            throw DescentError(operation, "weights are float32 or float64", received: "\(dtype)")
        }
        if let error = labels.error { throw error }
        guard labels.rank == 1 || labels.rank == 2 else {
            throw DescentError(
                operation, "labels must be one for each row, or rows of classes", received: "shape \(labels.shape)")
        }
        let rows = labels.shape[0]
        let width = labels.rank == 2 ? labels.shape[1] : 1
        guard width > 0 else {
            throw DescentError(operation, "there must be a class", received: "shape \(labels.shape)")
        }
        let numbers = try labels.known().scalars(as: Double.self)
        if let index = numbers.firstIndex(where: { !$0.isFinite }) {
            throw DescentError(
                operation, "labels must be finite", received: "\(numbers[index]) in row \(index / width)")
        }
        let weights = (0..<rows).map { row in
            if width == 1 {
                return Int(exactly: numbers[row].rounded(.toNearestOrEven)).flatMap { classWeight[$0] } ?? 1
            }
            let scores = numbers[row * width..<(row + 1) * width]
            // The first of several largest.
            return classWeight[
                scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 } - row * width] ?? 1
        }
        return Tensor(weights, dtype: dtype)
    }
}
