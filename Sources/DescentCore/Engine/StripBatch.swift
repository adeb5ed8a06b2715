import CDescent

/// Programs that run strip by strip of their rows.
package final class StripBatch: @unchecked Sendable {
    let programs: [Program]
    let stripRows: Int
    /// Rows on which all programs run before they run on the next.
    let stepRows: Int
    let bytesMoved: Int
    private let strips: UnsafeMutablePointer<cd_strips>

    init(
        _ programs: [Program], rows: Int, stripRows: Int, stepRows: Int, locals: [cd_strip_buffer], localBytes: Int,
        inputs: [cd_strip_buffer], bufferCount: Int, bytesMoved: Int
    ) {
        self.programs = programs
        self.stripRows = stripRows
        self.stepRows = stepRows
        self.bytesMoved = bytesMoved
        let list = UnsafeMutablePointer<UnsafePointer<cd_program>?>.allocate(capacity: programs.count)
        for (index, program) in programs.enumerated() { (list + index).initialize(to: program.pointer) }
        strips = .allocate(capacity: 1)
        strips.initialize(
            to: cd_strips(
                programs: list, count: Int64(programs.count), rows: Int64(rows), strip_rows: Int64(stripRows),
                step_rows: Int64(stepRows),
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
