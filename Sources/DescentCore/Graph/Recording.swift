import CDescent

/// Runs `body` while nodes keep their inputs, and answers with the serials of what was recorded.
package enum Recording {
    /// Starts an interval on this thread; returns what to hand to `end`.
    package static func begin() -> (start: UInt64, outer: UInt64) {
        let recorder = cd_recorder_current()
        let outer = recorder.pointee.recording
        // Taking a number makes sure that the interval starts in this thread's block.
        let start = cd_recorder_next()
        recorder.pointee.recording = start
        recorder.pointee.boundary = start
        return (start, outer)
    }

    /// Ends the interval: what was recorded has serials in the range returned.
    package static func end(_ interval: (start: UInt64, outer: UInt64)) -> Range<UInt64> {
        let recorder = cd_recorder_current()
        recorder.pointee.recording = interval.outer
        recorder.pointee.boundary = recorder.pointee.serial
        return interval.start..<Swift.max(recorder.pointee.serial, interval.start)
    }

    /// Runs `body` in an interval of its own; its result, and the serials of what was recorded.
    package static func run<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> (result: Result, range: Range<UInt64>) {
        let interval = begin()
        do {
            let result = try body()
            return (result, end(interval))
        } catch {
            _ = end(interval)
            throw error
        }
    }

    /// Whether nothing on this thread records, traces or checks.
    package static var isOff: Bool {
        let recorder = cd_recorder_current()
        return recorder.pointee.recording == 0 && recorder.pointee.captures == nil && cd_checks_numerics() == 0
    }

    /// Runs `body` while nothing records.
    static func pausing<Result>(_ body: () -> Result) -> Result {
        let recorder = cd_recorder_current()
        let outer = recorder.pointee.recording
        recorder.pointee.recording = 0
        defer { recorder.pointee.recording = outer }
        return body()
    }

    /// How often this thread has looked at a value, or had one computed. What was recorded between two looks does not
    /// depend on values.
    package static var looks: UInt64 { cd_recorder_current().pointee.looks }

    /// Grows by one with every node that this thread records.
    package static var position: UInt64 { cd_recorder_current().pointee.serial }

    /// Counts a look at something that is different for each use of a formula.
    package static func noteLook() { cd_recorder_current().pointee.looks += 1 }

    /// Whether this thread checks every result for NaN and infinity.
    package static var checksNumerics: Bool { cd_checks_numerics() != 0 }

    /// Whether numbers written in the source must keep what they were made of: a tape watches one of them.
    package static var tracksLiterals: Bool {
        let recorder = cd_recorder_current()
        return recorder.pointee.literals != 0 && recorder.pointee.recording != 0
    }

    /// Whether a tape may watch one of `elements`, numbers written in the source: one that was there before this
    /// recording began, or is computed from one. What stands in an array literal itself was made just now.
    package static func tracks(anyOf elements: [Tensor]) -> Bool {
        guard tracksLiterals else { return false }
        let began = cd_recorder_current().pointee.recording
        return elements.contains { $0.node.serial < began || $0.node.firstInput != nil }
    }

    /// From now on numbers written in the source are tracked where this thread records, until as many say that they need it no
    /// longer.
    package static func trackLiterals() { cd_recorder_current().pointee.literals += 1 }

    /// Somebody does not need numbers written in the source any longer.
    package static func forgetLiterals() {
        let recorder = cd_recorder_current()
        // Ended on another thread than it began on, a tape costs the first one some time, and no more.
        if recorder.pointee.literals > 0 { recorder.pointee.literals -= 1 }
    }
}
