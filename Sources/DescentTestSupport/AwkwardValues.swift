/// The numbers at which functions go wrong: zeros, ones, the ends of every range, the edges of overflow, NaN.
public enum AwkwardValues {
    /// For `Float` arithmetic.
    public static let float32: [Float] =
        signed([
            0, .leastNonzeroMagnitude, .leastNormalMagnitude.nextDown, .leastNormalMagnitude, 1e-20,
            .ulpOfOne, 0.5, Float(1).nextDown, 1, Float(1).nextUp, 2, .pi, 9, 9.5, 87.5, 88.75, 104,
            0x1p23, 0x1p24, 0x1p31, 0x1p63, .greatestFiniteMagnitude, .infinity,
        ]) + [.nan]

    /// For `Double` arithmetic.
    public static let float64: [Double] =
        signed([
            0, .leastNonzeroMagnitude, .leastNormalMagnitude.nextDown, .leastNormalMagnitude, 1e-160,
            .ulpOfOne, 0.5, Double(1).nextDown, 1, Double(1).nextUp, 2, .pi, 19, 27.5, 708.5, 709.8, 746,
            0x1p52, 0x1p53, 0x1p63, .greatestFiniteMagnitude, .infinity,
        ]) + [.nan]

    private static func signed<Number: BinaryFloatingPoint>(_ magnitudes: [Number]) -> [Number] {
        magnitudes + magnitudes.map { -$0 }
    }
}
