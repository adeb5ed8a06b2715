import DescentTestSupport
import Testing

struct ULPTests {
    @Test func neighboursAreOneApart() {
        #expect(ulpDistance(Float(1), Float(1).nextUp) == 1)
        #expect(ulpDistance(Float(1), Float(1).nextDown) == 1)
        #expect(ulpDistance(1.0, 1.0.nextUp) == 1)
        #expect(ulpDistance(-1.0, (-1.0).nextUp) == 1)
    }

    @Test func zeroIsOneNumber() {
        #expect(ulpDistance(Float(0), -0.0) == 0)
        #expect(ulpDistance(0.0, -0.0) == 0)
        #expect(ulpDistance(-Float.leastNonzeroMagnitude, Float.leastNonzeroMagnitude) == 2)
    }

    @Test func infinityIsTheNeighbourOfTheLargest() {
        #expect(ulpDistance(Float.infinity, .greatestFiniteMagnitude) == 1)
        #expect(ulpDistance(-Double.infinity, -.greatestFiniteMagnitude) == 1)
    }

    @Test func distancesAcrossTheWholeRangeDoNotOverflow() {
        #expect(ulpDistance(-Float.infinity, .infinity) == 2 * 0x7F80_0000)
        #expect(ulpDistance(-Double.infinity, .infinity) == 2 * UInt64(0x7FF0_0000_0000_0000))
    }

    @Test func nanIsFarFromNumbersAndEqualToItself() {
        #expect(ulpDistance(Float.nan, -Float.nan) == 0)
        #expect(ulpDistance(Float.nan, 1) == .max)
        #expect(ulpDistance(1, Double.nan) == .max)
    }
}
