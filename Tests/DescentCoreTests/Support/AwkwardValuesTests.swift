import DescentTestSupport
import Testing

struct AwkwardValuesTests {
    @Test func everyClassOfNumberIsThere() {
        let singles = AwkwardValues.float32
        let doubles = AwkwardValues.float64
        let classes: Set<FloatingPointClassification> = [
            .quietNaN, .negativeInfinity, .negativeNormal, .negativeSubnormal, .negativeZero, .positiveZero,
            .positiveSubnormal, .positiveNormal, .positiveInfinity,
        ]
        #expect(Set(singles.map(\.floatingPointClass)) == classes)
        #expect(Set(doubles.map(\.floatingPointClass)) == classes)
    }
}
