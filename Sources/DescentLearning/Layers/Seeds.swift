import CDescent
import DescentCore

/// Seeds for whoever was given none: first values of layers, orders of samples.
///
/// Each thread has a sequence of its own, so a program gives the same numbers every time, and models that are made on
/// several threads do not disturb each other.
enum Seeds {
    /// The next seed of this thread.
    static func next() -> Int {
        let recorder = cd_recorder_current()
        recorder.pointee.seeds_given += 1
        return Mixing.mixed(Int(bitPattern: UInt(recorder.pointee.seed)), Int(recorder.pointee.seeds_given))
    }
}

/// Begins this thread's sequence of seeds anew: layers and orders that are given no seed take the next one of it. Without
/// this call the sequence begins with seed 0.
///
/// ```swift
/// setRandomSeed(7)
/// let first = Dense(2)([[1, 2, 3]])
/// setRandomSeed(7)
/// print((Dense(2)([[1, 2, 3]]) .== first).all())   // true
/// ```
public func setRandomSeed(_ seed: Int) {
    let recorder = cd_recorder_current()
    recorder.pointee.seed = UInt64(UInt(bitPattern: seed))
    recorder.pointee.seeds_given = 0
}
