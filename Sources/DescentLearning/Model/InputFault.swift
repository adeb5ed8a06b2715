import DescentCore
import DescentData

/// Finds out what is wrong with data, after something went wrong.
enum InputFault {
    /// The error of a model's output, with the layer that x does not fit if that can be told.
    static func explained<M: Model>(
        _ error: DescentError, _ model: M, _ x: M.Input, _ operation: String
    ) -> DescentError {
        let shapes = x.tensors.map { "\($0.shape)" }.joined(separator: ", ")
        if let sequential = model as? Sequential, var value = x.tensors.first {
            for (index, (name, layer)) in sequential.namedLayers.enumerated() {
                let output = Pass.outside { layer(value) }
                if let error = output.error {
                    let place = index == 0 ? "the first layer, \(name)" : "layer \(name)"
                    let given = index == 0 ? "x of shape \(shapes)" : "\(value.shape) (x of shape \(shapes))"
                    return DescentError(
                        operation: operation, "x must fit \(place): \(error.rule)",
                        received: "\(given): \(error.received)", at: error.location)
                }
                value = output
            }
        }
        return DescentError(
            operation: error.operation, error.rule, received: "\(error.received) (x of shape \(shapes))",
            at: error.location)
    }

    /// The indices of the first element that is NaN; nil if there is none.
    static func firstNaN(_ tensor: Tensor) throws -> [Int]? {
        guard tensor.dtype.isFloatingPoint, tensor.count > 0 else { return nil }
        let tensor = try tensor.known()
        let node = tensor.node
        var place: Int?
        if node.state == .scalar {
            place = Number.double(node.scalarBits, node.dtype).isNaN ? 0 : nil
        } else {
            let pointer = node.storage.pointer
            place =
                tensor.dtype == .float32
                ? position(UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Float.self), count: tensor.count))
                : position(
                    UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Double.self), count: tensor.count))
        }
        guard var rest = place else { return nil }
        var indices: [Int] = []
        for extent in tensor.shape.dimensions.reversed() {
            indices.insert(rest % extent, at: 0)
            rest /= extent
        }
        return indices
    }

    private static func position<Number: BinaryFloatingPoint>(_ numbers: UnsafeBufferPointer<Number>) -> Int? {
        // Block by block: a sum is NaN if an element is, and adds up faster than elements are asked one by one.
        var start = 0
        while start < numbers.count {
            let end = min(start + 4096, numbers.count)
            var sum: Number = 0
            for index in start..<end { sum += numbers[index] * 0 }
            // Infinities make NaN here too; then it is looked at closely.
            if sum.isNaN, let found = (start..<end).first(where: { numbers[$0].isNaN }) { return found }
            start = end
        }
        return nil
    }

    /// What is NaN in the data, as an error that names row and column; nil if nothing is.
    ///
    /// - Parameter place: where the rows are counted, if not in all of the data: "batch 3 of epoch 0".
    /// - Parameter firstRow: the number of the first row.
    static func nan<Input>(
        in batch: Batch<Input>, _ operation: String, place: String? = nil, firstRow: Int = 0
    ) throws -> DescentError? {
        let inputs = batch.x.tensors
        var parts = inputs.enumerated().map { (inputs.count == 1 ? "x" : "x[\($0)]", $1) }
        if let y = batch.y { parts.append(("y", y)) }
        if let weight = batch.sampleWeight { parts.append(("sampleWeight", weight)) }
        for (name, tensor) in parts {
            guard let indices = try firstNaN(tensor) else { continue }
            var text = "NaN in \(name)"
            if let row = indices.first { text += ", row \(firstRow + row)" }
            if indices.count == 2 { text += ", column \(indices[1])" }
            if indices.count > 2 { text += ", element \(Array(indices.dropFirst()))" }
            if let place { text += ", of \(place)" }
            return DescentError(operation: operation, "data must be numbers, and not make the loss NaN", received: text)
        }
        return nil
    }
}
