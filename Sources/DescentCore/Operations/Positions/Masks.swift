// Shapes that depend on data: what is asked for here is computed while the expression is recorded.

extension TensorConvertible {
    /// The positions of the elements that are not 0 (or true), one row for each, in row-major order, as int64.
    ///
    /// The tensor is computed now, because the shape of the result depends on it. No gradient passes.
    ///
    /// ```swift
    /// print(nonZero(Tensor([[0, 7], [8, 0]])))
    /// // [[0, 1],
    /// //  [1, 0]]
    /// ```
    public func nonZero(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let numbers = try x.numbersOfTruths()
            let strides = x.shape.strides
            var rows: [Int] = []
            rows.reserveCapacity(numbers.count * x.rank)
            for number in numbers {
                for axis in 0..<x.rank { rows.append(number / strides[axis] % x.shape[axis]) }
            }
            return Tensor(rows, shape: [numbers.count, x.rank])
        }
    }

    /// The elements (or slices) where the mask holds, one after the other.
    ///
    /// The mask is computed now, because the shape of the result depends on it. The derivative puts each gradient where its
    /// element was.
    ///
    /// ```swift
    /// let x: Tensor = [1, -2, 3]
    /// print(booleanMask(x, x .> 0))   // [1.0, 3.0]
    /// ```
    ///
    /// - Parameter mask: as many truths as there are elements, or slices along the mask's axes, which are the first.
    public func booleanMask(_ mask: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let mask = try mask.operand()
            let leading = x.shape.dimensions.prefix(mask.rank)
            guard mask.rank > 0, Array(leading) == mask.shape.dimensions else {
                throw DescentError(
                    "booleanMask", "the mask must have the tensor's first axes",
                    received: "mask \(mask.shape), tensor \(x.shape)")
            }
            let numbers = try mask.numbersOfTruths()
            let rest = Array(x.shape.dimensions.dropFirst(mask.rank))
            return x.reshape(Shape([mask.count] + rest)).gather(Tensor(numbers, shape: [numbers.count]))
        }
    }
}

extension Tensor {
    /// The row-major numbers of the elements that are not 0, now.
    fileprivate func numbersOfTruths() throws(DescentError) -> [Int] {
        let truths = try cast(to: .bool).known()
        return (0..<truths.count).filter { truths.node.bits(at: $0) & 1 == 1 }
    }
}

/// The positions of the elements that are not 0; see `TensorConvertible.nonZero()`.
public func nonZero(
    _ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.nonZero(file: file, line: line) }

/// The elements where the mask holds; see `TensorConvertible.booleanMask(_:)`.
public func booleanMask(
    _ x: some TensorConvertible, _ mask: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.booleanMask(mask, file: file, line: line) }
