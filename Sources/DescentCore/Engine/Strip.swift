import CDescent

/// Programs over as many rows, and what they touch.
struct Strip {
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
    /// Rows of which a strip must consist of a multiple, and rows after which a block of a sum ends.
    private var unit = 1
    private var stepUnit = 1
    /// Elements of the longest row.
    private var mostElements = 1

    /// Bytes of a strip: half of what the cache of a processor usually holds, as programs have scratch blocks too.
    private static let bytes = 1 << 18
    /// Bytes in all from which on a strip is worthwhile: more than the caches hold anyway.
    static let fewestBytes = 8 * bytes
    /// A limit to what is tried, so that the time to plan stays in proportion to the steps.
    static let mostPrograms = 64
    /// Bytes of a step: what the cache nearest to a processor holds, but for such a block.
    private static let stepBytes = 28 << 10

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
            // Both are powers of two.
            let block = Int(CD_BLOCK)
            next.stepUnit = Swift.max(stepUnit, block / Swift.min(block, 1 << elements.trailingZeroBitCount))
        default: break
        }
        next.mostElements = Swift.max(mostElements, elements)
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

    /// Rows on which all programs run before they run on the next: as the nearest cache holds them, but no less than fill a
    /// block of the longest rows.
    var stepRows: Int {
        let least = (Int(CD_BLOCK) + mostElements - 1) / mostElements
        let rows = Swift.max(least, Strip.stepBytes / Swift.max(1, rowBytes))
        return Swift.min(Swift.max(stepUnit, rows / stepUnit * stepUnit), stripRows)
    }

    /// Whether there is more than the caches hold anyway, and strips are many and fit into them.
    var isWorthwhile: Bool {
        rowBytes * rows > Strip.fewestBytes && stripRows * 8 <= rows && stripRows * rowBytes <= 2 * Strip.bytes
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
