import CDescent

/// Ctrl-C while `fit` is at work: the first one asks for an end, a second one kills as ever.
final class Interrupt {
    private var isOn = false

    /// From now on Ctrl-C is noted. Where it is ignored, or somebody else handles it, that stays.
    func begin() {
        isOn = true
        cd_interrupt_begin()
    }

    /// Whether there was one.
    @inline(__always)
    var isPending: Bool { cd_interrupt_pending() != 0 }

    /// What was before `begin` holds again.
    func end() {
        if isOn { cd_interrupt_end() }
        isOn = false
    }
}
