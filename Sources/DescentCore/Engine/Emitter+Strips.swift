import CDescent

/// Steps that follow each other row by row, as softmax and normalizations do: run strip by strip of the rows, each finds
/// in the cache what the ones before it wrote.
extension Emitter {
    /// Makes one step of programs that hand on rows.
    mutating func joinStrips() {
        var joined: [PlanStep] = []
        var entries: [(reads: [Int], writes: [Int])] = []
        var index = 0
        while index < steps.count {
            guard let strip = bestStrip(from: index) else {
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
    private func bestStrip(from start: Int) -> Strip? {
        let programs = steps[start...].prefix { $0.stripProgram != nil }.map { $0.stripProgram! }
        guard programs.count > 1 else { return nil }
        let overwritten = Dictionary(
            donations.map { (leafCount + $0.output, $0.leaf) }, uniquingKeysWith: { first, _ in first })
        var best: Strip?
        for rows in Set(programs.compactMap(\.foldedRows)).sorted() {
            var strip = Strip(rows: rows, table: table, overwritten: overwritten)
            for program in programs { guard strip.add(program) else { break } }
            if strip.isWorthwhile, strip.programs.count > best?.programs.count ?? 1 { best = strip }
        }
        return best
    }

    /// The step, with memory for one strip of what nobody else reads.
    private mutating func made(_ strip: Strip, _ range: Range<Int>) -> StripBatch {
        var outside: Set<Int> = []
        for (step, entries) in touched.enumerated() where !range.contains(step) {
            outside.formUnion(entries.reads)
            outside.formUnion(entries.writes)
        }
        let stripRows = strip.stripRows
        var blocks: [Arrangement.Block] = []
        var rowBytes: [Int: Int] = [:]
        for (entry, row) in strip.written where isTemporary(entry) && !outside.contains(entry) {
            let users = range.filter { touched[$0].reads.contains(entry) || touched[$0].writes.contains(entry) }
            rowBytes[entry] = row.bytes
            blocks.append(
                Arrangement.Block(
                    entry: entry, bytes: row.bytes * stripRows, first: users.first!, last: users.last!))
        }
        let arrangement = Arrangement(blocks)
        for (entry, offset) in arrangement.offsets { keepByStrip(entry, at: offset) }
        let locals = arrangement.offsets.sorted { $0.key < $1.key }
            .map {
                cd_strip_buffer(buffer: Int32($0.key), row_bytes: Int64(rowBytes[$0.key]!), offset: Int64($0.value))
            }
        return StripBatch(
            strip.programs, rows: strip.rows, stripRows: stripRows, locals: locals, localBytes: arrangement.byteCount,
            inputs: strip.inputs, bufferCount: table.count, bytesMoved: strip.bytesMoved(without: Set(rowBytes.keys)))
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

/// Programs over as many rows, and what they touch.
private struct Strip {
    /// What a row of a buffer consists of.
    struct Row: Equatable {
        var elements: Int
        var bytes: Int
    }

    let rows: Int
    let table: [Plan.Entry]
    /// The leaf that may be written over, for each output that may do so.
    let overwritten: [Int: Int]
    private(set) var programs: [Program] = []
    /// What is written row by row.
    private(set) var written: [Int: Row] = [:]
    /// What is whole only at the end.
    private var wholes: Set<Int> = []
    /// Read row by row, as far as it was not written here.
    private var readByRow: [Int: Row] = [:]
    /// Read in any other way, and how many bytes.
    private var readAtWill: [Int: Int] = [:]
    /// Leaves that are written over.
    private var spoiled: Set<Int> = []
    /// Rows of which a strip must consist of a multiple.
    private var unit = 1

    /// Bytes of a strip: half of what the cache of a processor usually holds, as programs have scratch blocks too.
    private static let bytes = 1 << 18

    init(rows: Int, table: [Plan.Entry], overwritten: [Int: Int]) {
        self.rows = rows
        self.table = table
        self.overwritten = overwritten
    }

    /// Takes another program, if what it reads of the others lies in the same row.
    mutating func add(_ program: Program) -> Bool {
        guard program.count >= rows, program.count.isMultiple(of: rows) else { return false }
        let elements = program.count / rows
        var next = self
        switch program.fold.kind {
        case CD_FOLD_ROWS:
            guard elements.isMultiple(of: program.fold.extent), program.fold.extent <= Int(CD_SPAN_ELEMENTS) else {
                return false
            }
        case CD_FOLD_ALL:
            // Sums are cut at fixed places; a strip must end at one of them.
            let span = Int(CD_SPAN_ELEMENTS)
            guard program.count > span else { return false }
            let (rowsOfSpan, rest) = span.quotientAndRemainder(dividingBy: elements)
            guard rest == 0 || elements.isMultiple(of: span) else { return false }
            next.unit = Swift.max(unit, Swift.max(1, rowsOfSpan))
            guard next.unit.isMultiple(of: unit), next.unit.isMultiple(of: Swift.max(1, rowsOfSpan)) else {
                return false
            }
        default: break
        }
        for slot in program.slots {
            let dtype = DType(rawValue: slot.dtype)!
            let entry = Int(slot.index)
            let row = Row(elements: elements, bytes: elements * dtype.byteCount)
            switch Int(slot.kind) {
            case CD_SLOT_INPUT: guard next.read(entry, slot, row, program) else { return false }
            case CD_SLOT_OUTPUT: guard next.write(entry, row) else { return false }
            default: break
            }
        }
        for reduction in program.reductions {
            let entry = Int(reduction.buffer)
            if program.fold.kind == CD_FOLD_ALL {
                next.wholes.insert(entry)
            } else {
                let results = elements / program.fold.extent
                let bytes = results * DType(rawValue: reduction.dtype)!.byteCount
                guard next.write(entry, Row(elements: results, bytes: bytes)) else { return false }
            }
        }
        next.programs.append(program)
        self = next
        return true
    }

    private mutating func read(_ entry: Int, _ slot: cd_slot, _ row: Row, _ program: Program) -> Bool {
        var base = entry
        while case .inside(let outer, _) = table[base] { base = outer }
        if wholes.contains(base) || spoiled.contains(base) { return false }
        let isByRow = base == entry && self.isByRow(slot, row, program, written[base]?.elements ?? row.elements)
        if written[base] != nil { return isByRow }
        if isByRow, readByRow[base] == nil || readByRow[base] == row {
            readByRow[base] = row
        } else {
            readAtWill[base] = Swift.max(readAtWill[base] ?? 0, slot.access == CD_ACCESS_SCALAR ? 8 : row.bytes * rows)
        }
        return true
    }

    /// Whether each row of the program reads one row of that many elements, the same.
    private func isByRow(_ slot: cd_slot, _ row: Row, _ program: Program, _ elements: Int) -> Bool {
        switch Int(slot.access) {
        case CD_ACCESS_LINEAR: return elements == row.elements
        case CD_ACCESS_STRIDED:
            let (dimensions, strides) = (program.dimensions, slot.stride)
            guard dimensions[0] == rows, strides(0) == elements else { return false }
            let reach = (1..<dimensions.count).reduce(0) { $0 + (dimensions[$1] - 1) * strides($1) }
            return reach < elements && (1..<dimensions.count).allSatisfy { strides($0) >= 0 }
        default: return false
        }
    }

    private mutating func write(_ entry: Int, _ row: Row) -> Bool {
        written[entry] = row
        guard let leaf = overwritten[entry] else { return true }
        // Rows that are still to be read must keep the old value.
        guard readAtWill[leaf] == nil, readByRow[leaf] == nil || readByRow[leaf] == row else { return false }
        spoiled.insert(leaf)
        return true
    }

    /// What comes from memory.
    var inputs: [cd_strip_buffer] {
        readByRow.sorted { $0.key < $1.key }
            .map { cd_strip_buffer(buffer: Int32($0.key), row_bytes: Int64($0.value.bytes), offset: 0) }
    }

    /// Bytes of a row in all buffers.
    private var rowBytes: Int {
        written.values.reduce(0) { $0 + $1.bytes } + readByRow.values.reduce(0) { $0 + $1.bytes }
    }

    var stripRows: Int { Swift.max(unit, Strip.bytes / Swift.max(1, rowBytes) / unit * unit) }

    /// Whether there is more than the caches hold anyway, and strips are many and fit into them.
    var isWorthwhile: Bool {
        rowBytes * rows > 8 * Strip.bytes && stripRows * 8 <= rows && stripRows * rowBytes <= 2 * Strip.bytes
    }

    /// Bytes to and from memory, if what is local stays in the cache.
    func bytesMoved(without locals: Set<Int>) -> Int {
        written.reduce(0) { $0 + (locals.contains($1.key) ? 0 : $1.value.bytes * rows) }
            + readByRow.reduce(0) { $0 + $1.value.bytes * rows } + readAtWill.values.reduce(0, +) + wholes.count * 4
    }
}

extension cd_slot {
    fileprivate func stride(_ axis: Int) -> Int {
        withUnsafeBytes(of: strides) { Int($0.load(fromByteOffset: 8 * axis, as: Int64.self)) }
    }
}

/// Programs that run strip by strip of their rows.
package final class StripBatch: @unchecked Sendable {
    let programs: [Program]
    let stripRows: Int
    let bytesMoved: Int
    private let strips: UnsafeMutablePointer<cd_strips>

    init(
        _ programs: [Program], rows: Int, stripRows: Int, locals: [cd_strip_buffer], localBytes: Int,
        inputs: [cd_strip_buffer], bufferCount: Int, bytesMoved: Int
    ) {
        self.programs = programs
        self.stripRows = stripRows
        self.bytesMoved = bytesMoved
        let list = UnsafeMutablePointer<UnsafePointer<cd_program>?>.allocate(capacity: programs.count)
        for (index, program) in programs.enumerated() { (list + index).initialize(to: program.pointer) }
        strips = .allocate(capacity: 1)
        strips.initialize(
            to: cd_strips(
                programs: list, count: Int64(programs.count), rows: Int64(rows), strip_rows: Int64(stripRows),
                buffer_count: Int64(bufferCount), locals: StripBatch.copied(locals),
                inputs: StripBatch.copied(inputs), local_count: Int64(locals.count), local_bytes: Int64(localBytes),
                input_count: Int64(inputs.count)))
    }

    private static func copied(_ buffers: [cd_strip_buffer]) -> UnsafePointer<cd_strip_buffer> {
        let copy = UnsafeMutablePointer<cd_strip_buffer>.allocate(capacity: Swift.max(1, buffers.count))
        copy.initialize(from: buffers, count: buffers.count)
        return UnsafePointer(copy)
    }

    deinit {
        strips.pointee.programs.deallocate()
        strips.pointee.locals.deallocate()
        strips.pointee.inputs.deallocate()
        strips.deallocate()
    }

    func scratchBytes(threads: Int32) -> Int { cd_strips_scratch_bytes(strips, threads) }

    func run(
        _ buffers: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ scratch: UnsafeMutableRawPointer, threads: Int32
    ) {
        cd_strips_run(strips, buffers, scratch, threads)
    }
}
