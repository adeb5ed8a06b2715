import Descent
import Testing

@testable import DescentCommand

@Suite struct MonomialsTests {
    @Test func productsOfAllDegrees() throws {
        let x: Tensor = [[2, 3, 5]]
        #expect(try Monomials(degree: 1)(x).evaluated().scalars(as: Double.self) == [2, 3, 5])
        #expect(
            try Monomials(degree: 2)(x).evaluated().scalars(as: Double.self) == [2, 3, 5, 4, 6, 10, 9, 15, 25])
        let cubes = try Monomials(degree: 3)(x).evaluated().scalars(as: Double.self)
        #expect(cubes.dropFirst(9) == [8, 12, 20, 18, 30, 50, 27, 45, 75, 125])
    }

    @Test func theyAreCounted() throws {
        for (features, degree) in [(1, 1), (1, 4), (3, 2), (4, 3), (5, 5)] {
            let made = try Monomials(degree: degree)(Tensor.ones([1, features])).evaluated().count
            #expect(Monomials.count(features: features, degree: degree) == made)
        }
        #expect(Monomials.count(features: 1 << 40, degree: 10) == nil)
    }

    @Test func theConfigurationMakesThemAgain() throws {
        #expect(try Monomials.fromConfig(Monomials(degree: 4).getConfig()).degree == 4)
    }
}
