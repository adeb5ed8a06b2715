import Descent

/// Cars made up after the kind of data that fuel-efficiency tutorials use: features correlated as in real cars, and miles
/// per gallon as a curved function of them with noise that nobody can predict.
enum DataSet {
    static func cars(count: Int = 400, seed: Int = 2024) throws -> Table {
        func noise(_ number: Int) -> Tensor { .randomNormal([count], seed: seed + number) }
        let size = noise(0)
        let cylinders = Tensor.where(size .< 0, 4, Tensor.where(size .< 0.9, 6, 8))
        let displacement = 190 + 95 * size + 18 * noise(1)
        let horsepower = 105 + 34 * size + 12 * noise(2)
        let weight = 2950 + 780 * size + 180 * noise(3)
        let acceleration = 15.5 - 1.7 * (horsepower - 105) / 34 + 1.6 * noise(4)
        let year = Tensor.randomUniform([count], in: 70..<83, seed: seed + 5).floor()
        let origin = Tensor.randomUniform([count], in: 0..<3, seed: seed + 6).floor().cast(to: .int32)

        // Progress helps late cars more than early ones; neither very lazy nor very hasty engines are thrifty.
        let progress = 1 + 0.45 * ((year - 70) / 12) ** 2
        let gallonsPerMile =
            0.018 + 1.15e-5 * weight + 4.5e-7 * (horsepower - 90) ** 2 + 2.25e-4 * (acceleration - 15) ** 2
        let thrift = matmul(origin.oneHot(depth: 3), [1, 1.06, 1.12])
        let milesPerGallon = progress * thrift / gallonsPerMile + 0.8 * noise(7)

        let names = ["USA", "Europe", "Japan"]
        let origins = try origin.evaluated().scalars(as: Double.self).map { names[Int($0)] }
        let numbers = [
            ("cylinders", cylinders), ("displacement", displacement), ("horsepower", horsepower), ("weight", weight),
            ("acceleration", acceleration), ("year", year), ("mpg", milesPerGallon),
        ]
        return try Table(
            numbers.map { ($0, .numbers(try $1.evaluated().cast(to: .float64))) } + [("origin", .text(origins))])
    }
}
