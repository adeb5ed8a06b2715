import CDescent
import Descent
import DescentFiles

/// Cost against size, as pictures.
///
/// Figures are the least of several rounds: other programs can only make them greater.
enum Curves {
    private static var charts: [(name: String, make: () throws -> Chart)] {
        [("nodes", nodes), ("elements", elements), ("variables", variables), ("threads", threads)]
    }

    static let names = charts.map(\.name).joined(separator: ", ")

    /// Draws those of these names; without names all.
    static func draw(_ names: [String], into folder: String) throws {
        for (name, make) in charts where names.isEmpty || names.contains(name) {
            try TextFile.write(try make().svg(width: 640, height: 360), to: "\(folder)/cost-of-\(name).svg", "curves")
        }
    }

    /// 1, 3, 10, 30, … from one power of ten to another.
    private static func sizes(_ low: Int, _ high: Int) -> [Int] {
        var (sizes, power) = ([Int](), low)
        while power < high {
            sizes += [power, 3 * power]
            power *= 10
        }
        return sizes + [high]
    }

    /// Costs of all sizes; each is told on the way, so that it can be quoted.
    private static func line(
        _ name: String, _ sizes: [Int], _ cost: (Int) throws -> Double
    ) rethrows -> Chart.Series {
        let costs = try sizes.map(cost)
        print(name, zip(sizes, costs).map { "\($0): \(($1 * 1000).rounded() / 1000)" }.joined(separator: ", "))
        return .line(name, x: sizes.map(Double.init), y: costs)
    }

    private static func withThreads<T>(_ count: Int32, _ body: () throws -> T) rethrows -> T {
        let outer = cd_threads()
        cd_set_threads(count)
        defer { cd_set_threads(outer) }
        return try body()
    }

    // MARK: - Nodes

    /// y ← y x + x, so often.
    private static func chain(_ x: Tensor, _ operations: Int) -> Tensor {
        var y = x
        for _ in 0..<operations / 2 { y = y * x + x }
        return y
    }

    private static func nodes() throws -> Chart {
        let sizes = sizes(100, 10_000_000)
        let number = Tensor([0.5 as Float], shape: [])
        let array = try Tensor([0.5, 0.25, -0.5, -0.25]).evaluated()
        return Chart(
            "Cost of an operation", x: Chart.Axis("operations in the expression", .logarithmic),
            y: Chart.Axis("ns for each", .logarithmic),
            series: [
                // Ten million, all of which a tape keeps, would take 6 GB.
                try line("4 elements, value and gradient", sizes.filter { $0 <= 3_000_000 }) { count in
                    try least { _ = try valueAndGradient(of: { chain($0, count).sum() })(array).gradient.evaluated() }
                        / Double(count)
                },
                try line("4 elements, value", sizes) { count in
                    try least { _ = try chain(array, count).evaluated() } / Double(count)
                },
                try line("one known number, value and gradient", sizes) { count in
                    try least { _ = try valueAndGradient(of: { chain($0, count) })(number).gradient.evaluated() }
                        / Double(count)
                },
            ])
    }

    // MARK: - Elements

    private static func formula(_ count: Int) throws -> () throws -> Void {
        let x = Variable(.randomNormal([count], seed: 1))
        return {
            let (value, gradients) = try valueAndGradient([x]) {
                (tanh(1.5 * x + 0.5) * exp(-x * x) + log1p(x * x)).mean()
            }
            try evaluate([value] + gradients.compactMap { $0 })
        }
    }

    private static func update(of count: Int, variables: Int = 1) throws -> () throws -> Void {
        let gradients = (0..<variables).map { Tensor.randomNormal([count], seed: $0) }
        try evaluate(gradients)
        let variables = gradients.map { Variable($0 + 0) }
        let opt = RMSprop(learningRate: 1e-5)
        return { try opt.applyGradients(zip(gradients, variables)) }
    }

    private static func product(_ count: Int) throws -> () throws -> Void {
        let extent = Int(Double(count).squareRoot().rounded())
        let (a, b) = (
            Tensor.randomNormal([extent, extent], seed: 1), Tensor.randomNormal([extent, extent], seed: 2)
        )
        try evaluate([a, b])
        return { _ = try matmul(a, b).evaluated() }
    }

    private static func elements() throws -> Chart {
        let sizes = sizes(1000, 100_000_000)
        let series = try [
            ("tanh, exp, log1p and gradient", formula), ("RMSprop", { try update(of: $0) }),
        ].map { name, make in
            try line(name, sizes) { count in
                let step = try make(count)
                return try withThreads(1) { try least(of: step) } / Double(count)
            }
        }
        return Chart(
            "Cost of an element on one thread", x: Chart.Axis("elements", .logarithmic),
            y: Chart.Axis("ns for each", .logarithmic), series: series)
    }

    // MARK: - Variables

    private static func variables() throws -> Chart {
        let sizes = sizes(10, 100_000)
        return Chart(
            "Cost of a variable in an RMSprop step", x: Chart.Axis("variables", .logarithmic),
            y: Chart.Axis("ns for each", .logarithmic),
            series: try [1024, 64].map { elements in
                try line("of \(elements) elements", sizes) { count in
                    try least(of: update(of: elements, variables: count)) / Double(count)
                }
            })
    }

    // MARK: - Threads

    private static func threads() throws -> Chart {
        let sizes = sizes(1000, 10_000_000)
        let series = try [
            ("tanh, exp, log1p and gradient", sizes, formula), ("RMSprop", sizes, { try update(of: $0) }),
            ("product of square matrices", sizes.filter { $0 <= 1_000_000 }, product),
        ].map { name, sizes, make in
            try line(name, sizes) { count in
                let step = try make(count)
                let one = try withThreads(1) { try least(of: step) }
                return one / (try withThreads(2) { try least(of: step) })
            }
        }
        return Chart(
            "How much faster two threads are", x: Chart.Axis("elements", .logarithmic),
            y: Chart.Axis("times", range: 0...2.5), series: series, references: [.horizontal(1), .horizontal(2)])
    }
}
