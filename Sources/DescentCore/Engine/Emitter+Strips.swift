import CDescent

/// Steps that follow each other row by row, as softmax and normalizations do: run strip by strip of the rows, each finds
/// in the cache what the ones before it wrote.
extension Emitter {
    /// Makes one step of programs that hand on rows.
    mutating func joinStrips() {
        var joined: [PlanStep] = []
        var entries: [(reads: [Int], writes: [Int])] = []
        let overwritten = Dictionary(
            donations.map { (leafCount + $0.output, $0.leaf) }, uniquingKeysWith: { first, _ in first })
        var index = 0
        while index < steps.count {
            guard let strip = bestStrip(from: index, overwritten) else {
                joined.append(steps[index])
                entries.append(touched[index])
                index += 1
                continue
            }
            let range = index..<index + strip.programs.count
            joined.append(.strips(made(strip, range)))
            entries.append((range.flatMap { touched[$0].reads }, range.flatMap { touched[$0].writes }))
            index = range.upperBound
        }
        replaceSteps(joined, entries)
    }

    /// The longest run of programs from a step on that have rows in common.
    private func bestStrip(from start: Int, _ overwritten: [Int: Int]) -> Strip? {
        let programs = steps[start...].prefix(Strip.mostPrograms).prefix { $0.stripProgram != nil }
            .map { $0.stripProgram! }
        guard programs.count > 1, programs.reduce(0, { $0 + $1.mostBytes }) >= Strip.fewestBytes else { return nil }
        var best: Strip?
        for rows in Set(programs.compactMap(\.foldedRows)).sorted() {
            var strip = Strip(rows: rows, table: table, overwritten: overwritten)
            for program in programs { guard strip.add(program) else { break } }
            if strip.isWorthwhile, strip.programs.count > best?.programs.count ?? 1 { best = strip }
        }
        return best
    }

    /// The step, with memory for a few rows of what nobody else reads.
    private mutating func made(_ strip: Strip, _ range: Range<Int>) -> StripBatch {
        var outside: Set<Int> = []
        for (step, entries) in touched.enumerated() where !range.contains(step) {
            outside.formUnion(entries.reads)
            outside.formUnion(entries.writes)
        }
        let stepRows = strip.stepRows
        var blocks: [Arrangement.Block] = []
        var rowBytes: [Int: Int] = [:]
        for (entry, row) in strip.written where isTemporary(entry) && !outside.contains(entry) {
            let users = range.filter { touched[$0].reads.contains(entry) || touched[$0].writes.contains(entry) }
            rowBytes[entry] = row.bytes
            blocks.append(
                Arrangement.Block(
                    entry: entry, bytes: row.bytes * stepRows, first: users.first!, last: users.last!))
        }
        let arrangement = Arrangement(blocks)
        for (entry, offset) in arrangement.offsets { keepByStrip(entry, at: offset) }
        let locals = arrangement.offsets.sorted { $0.key < $1.key }
            .map {
                cd_strip_buffer(buffer: Int32($0.key), row_bytes: Int64(rowBytes[$0.key]!), offset: Int64($0.value))
            }
        return StripBatch(
            strip.programs, rows: strip.rows, stripRows: strip.stripRows, stepRows: stepRows, locals: locals,
            localBytes: arrangement.byteCount, inputs: strip.inputs, bufferCount: table.count,
            bytesMoved: strip.bytesMoved(without: Set(rowBytes.keys)))
    }
}

extension PlanStep {
    /// A program that may run strip by strip.
    fileprivate var stripProgram: Program? {
        guard case .program(let program) = self, !program.isFallible, program.fold.kind != CD_FOLD_COLUMNS else {
            return nil
        }
        return program
    }
}

extension Program {
    /// The number of rows that the program folds; nil if it folds none.
    fileprivate var foldedRows: Int? {
        fold.kind == CD_FOLD_ROWS && fold.extent > 1 ? count / fold.extent : nil
    }
}
