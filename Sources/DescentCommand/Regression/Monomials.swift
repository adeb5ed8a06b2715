import Descent

/// All products of up to `degree` features, a feature perhaps more than once: what a polynomial is a sum of.
///
/// Of features a, b in degree 2: a, b, a², ab, b².
final class Monomials: ConfigurableLayer {
    let degree: Int
    let name: String?
    /// More are refused: their least squares would take hours.
    static let maximumCount = 5000

    init(degree: Int, name: String? = nil) { (self.degree, self.name) = (degree, name) }

    /// How many there are of `features` features; nil if that is too large a number.
    static func count(features: Int, degree: Int) -> Int? {
        // The binomial coefficient of features + degree over degree, but for the 1; each step divides evenly.
        var count = 1
        for k in 1...max(degree, 1) {
            let (product, overflow) = count.multipliedReportingOverflow(by: features + k)
            if overflow { return nil }
            count = product / k
        }
        return count - 1
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.error == nil, x.rank == 2 else { return x }
        let features = x.shape[1]
        var parts = [x]
        // The last factor of each product of the degree before: the next one may not come before it.
        var last = Array(0..<features)
        for _ in 1..<max(degree, 1) {
            let pairs = last.indices.flatMap { place in (last[place]..<features).map { (place, $0) } }
            let left = parts[parts.count - 1].gather(Tensor(pairs.map { Int32($0.0) }), axis: 1)
            parts.append(left * x.gather(Tensor(pairs.map { Int32($0.1) }), axis: 1))
            last = pairs.map(\.1)
        }
        return concat(parts, axis: 1)
    }

    static func make(_ arguments: LayerArguments<Monomials>) throws -> Monomials {
        try Monomials(degree: arguments.required("degree", \.degree), name: arguments.name())
    }
}
