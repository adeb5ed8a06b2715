import DescentCore

extension Module {
    /// What the module consists of, as text: its parts with the number of their parameters, and the sums.
    ///
    /// ```swift
    /// struct Pair: Module {
    ///     let first = Dense(2)
    ///     let scale = Variable([1, 2, 3])
    /// }
    /// let pair = Pair()
    /// _ = pair.first([[1, 2, 3]])
    /// print(pair.summary())
    /// // Pair
    /// //
    /// // Part              Parameters
    /// // ----------------------------
    /// // first (Dense)              8
    /// // scale (Variable)           3
    /// // ----------------------------
    /// // Parameters: 11 (44 bytes)
    /// //   trained: 11
    /// //   not trained: 0
    /// ```
    ///
    /// Parameters that several parts share are counted once in the sums. Parts that have not met their input yet have none.
    public func summary() -> String { overview.text }

    /// The summary, before it becomes text.
    var overview: Summary {
        let rows = children.filter { isPart($0.value) }.map { child in
            SummaryRow(
                name: "\(child.name) (\(typeName(unwrapped(child.value))))", shape: nil,
                parameters: parameters(in: child.value))
        }
        return Summary(title: typeName(self), column: "Part", rows: rows, module: self)
    }
}

extension Sequential {
    /// The layers with the shapes of their outputs and the number of their parameters, as text, and the sums.
    ///
    /// ```swift
    /// let model = Sequential(Dense(4, activation: .relu), Dense(1))
    /// print(model.summary(inputShape: [3]))
    /// // Sequential
    /// //
    /// // Layer            Output shape  Parameters
    /// // -----------------------------------------
    /// // dense (Dense)    [–, 4]                16
    /// // dense_1 (Dense)  [–, 1]                 5
    /// // -----------------------------------------
    /// // Parameters: 21 (84 bytes)
    /// //   trained: 21
    /// //   not trained: 0
    /// ```
    ///
    /// - Parameter inputShape: the shape of a sample; by default that of the first batch the model met. With a shape, variables
    ///   that do not exist yet are made.
    public func summary(inputShape: Shape? = nil) -> String { overview(inputShape: inputShape).text }

    /// The summary, before it becomes text.
    func overview(inputShape: Shape? = nil) -> Summary {
        var x = (inputShape ?? self.inputShape).map { Tensor.zeros(Shape([1] + $0.dimensions)) }
        let rows = namedLayers.map { name, layer in
            x = x.map { x in Pass.outside { layer(x) } }
            if x?.error != nil { x = nil }
            let shape = x.map { x in
                "[" + (["–"] + x.shape.dimensions.dropFirst().map(String.init)).joined(separator: ", ") + "]"
            }
            return SummaryRow(
                name: "\(name) (\(typeName(layer)))", shape: shape ?? "?", parameters: parameters(in: layer))
        }
        return Summary(title: name ?? "Sequential", column: "Layer", rows: rows, module: self)
    }

    /// The layers with the number of their parameters; see `summary(inputShape:)`.
    public func summary() -> String { summary(inputShape: nil) }
}

/// A line about a part of a module.
struct SummaryRow {
    let name: String
    let shape: String?
    let parameters: Int
}

/// What a summary says, apart from how it looks.
struct Summary {
    let title: String
    let column: String
    let rows: [SummaryRow]
    let total: Int
    let bytes: Int
    let trained: Int

    init(title: String, column: String, rows: [SummaryRow], module: some Module) {
        self.title = title
        self.column = column
        self.rows = rows
        let variables = module.variables
        total = variables.reduce(0) { $0 + $1.count }
        bytes = variables.reduce(0) { $0 + $1.count * $1.dtype.byteCount }
        trained = variables.filter(\.trainable).reduce(0) { $0 + $1.count }
    }

    /// The summary as aligned text.
    var text: String {
        let hasShapes = rows.contains { $0.shape != nil }
        var cells = [[column] + (hasShapes ? ["Output shape"] : []) + ["Parameters"]]
        for row in rows {
            cells.append([row.name] + (hasShapes ? [row.shape ?? ""] : []) + ["\(row.parameters)"])
        }
        let widths = cells[0].indices.map { place in cells.map { $0[place].count }.max() ?? 0 }
        let lines = cells.map { line in
            zip(line, widths).enumerated().map { place, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return place == widths.count - 1 ? space + cell.0 : cell.0 + space
            }.joined(separator: "  ")
        }
        let rule = String(repeating: "-", count: widths.reduce(2 * (widths.count - 1), +))
        let sums = [
            "Parameters: \(total) (\(bytes) bytes)", "  trained: \(trained)", "  not trained: \(total - trained)",
        ]
        return ([title, "", lines[0], rule] + lines.dropFirst() + [rule] + sums).joined(separator: "\n")
    }
}

/// The number of parameters in a part.
private func parameters(in part: Any) -> Int {
    ModuleWalk(Holder(part: part)).variables.reduce(0) { $0 + $1.variable.count }
}

/// Whether a stored property may have variables.
private func isPart(_ value: Any) -> Bool {
    let walk = ModuleWalk(Holder(part: value))
    return !walk.variables.isEmpty || !walk.weights.isEmpty || unwrapped(value) is any Layer
}

/// Something stored, as a module.
private struct Holder: Module {
    let part: Any
}

/// What is in an optional.
private func unwrapped(_ value: Any) -> Any {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return value }
    return mirror.children.first?.value ?? value
}
