import Descent
import Foundation
import Testing

@Suite struct HistoryPlotTests {
    private func trained(_ epochs: Int = 12, validationFreq: Int = 1) throws -> History {
        let x = Tensor.randomNormal([40, 2], seed: 1)
        let model = Sequential(Dense(1, kernelInitializer: .zeros))
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: "mse", metrics: ["mae"])
        return try model.fit(
            x, x.sum(axes: 1), epochs: epochs, verbose: .silent, validationSplit: 0.25, validationFreq: validationFreq,
            seed: 1)
    }

    @Test func aFigureStandsBesideThatOfValidation() throws {
        let history = try trained()
        let chart = history.plot()
        #expect(chart.series.map(\.name) == ["loss", "val_loss"])
        #expect(chart.series[0].x == (1...12).map { Double($0) } && chart.series[0].y == history["loss"])
        #expect(history.charts.map(\.title) == ["loss", "mae"])
        #expect(history.plot("mae").series[1].y == history["val_mae"])
        #expect(history.plot("nothing").series.isEmpty)
    }

    @Test func theScaleSuitsTheNumbers() throws {
        let history = try trained(30)
        #expect(history["loss"].first! > 10 * history["loss"].last!)
        #expect(history.plot().y.scale == .logarithmic)
        #expect(history.plot(scale: .linear).y.scale == .linear)
        #expect(try trained(2).plot().y.scale == .linear)
    }

    @Test func validationThatIsRareKeepsItsEpochs() throws {
        let history = try trained(7, validationFreq: 3)
        #expect(history.epochs(of: "val_loss") == [2, 5])
        #expect(history.epochs(of: "loss") == Array(0..<7))
        #expect(history.plot().series[1].x == [3, 6])
    }

    @Test func curvesGoToFilesAndTerminals() throws {
        let history = try trained()
        let path = FileManager.default.temporaryDirectory.appending(path: "descent-\(UUID().uuidString).svg").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try history.plot(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == history.plot().svg())
        try history.plot("mae", to: path, width: 300, height: 200)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == history.plot("mae").svg(width: 300, height: 200))
        #expect(history.terminal(width: 40, height: 10).split(separator: "\n").count == 10)
        #expect(!history.terminal().contains("\u{1B}") && history.terminal(colors: true).contains("\u{1B}"))
        do {
            try history.plot(to: "/nowhere/at/all.svg")
            Issue.record("there is no such folder")
        } catch let error as DescentError {
            #expect(
                error.operation == "History.plot" && error.location?.file.hasSuffix("HistoryPlotTests.swift") == true)
        }
    }
}
