import DescentCore

/// Why truths cannot be smoothed so much.
func misfitOfSmoothing(_ operation: StaticString, _ labelSmoothing: Double) -> DescentError? {
    labelSmoothing >= 0 && labelSmoothing <= 1
        ? nil : DescentError(operation, "labelSmoothing lies in 0...1", received: "labelSmoothing \(labelSmoothing)")
}

extension Tensor {
    /// Truths moved towards all classes alike: `y(1 − s) + s/K`.
    func smoothed(_ labelSmoothing: Double, classes: Int) -> Tensor {
        labelSmoothing == 0 ? self : self * (1 - labelSmoothing) + labelSmoothing / Double(classes)
    }
}
