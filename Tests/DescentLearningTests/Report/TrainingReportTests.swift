import Descent
import Foundation
import Testing

@Suite struct TrainingReportTests {
    private func cars() throws -> Table {
        try Table([
            ("weight", .numbers(Tensor([1000, 1200, Double.nan, 1600, 1100, 1300]))),
            ("origin", .text(["EU", "US", "EU", "US", "<b>", ""])),
            ("plate", .text(["A1", "B2", "C3", "D4", "E5", "F6"])), ("mpg", .numbers([30, 25, 28, 20, 31, 27])),
        ])
    }

    private func report() throws -> TrainingReport {
        let cars = try cars()
        let encoder = try TableEncoder(learning: cars, target: "mpg")
        let data = try encoder.encode(cars)
        let model = Sequential(Dense(4, activation: .relu), Dense(1))
        try model.compile(optimizer: RMSprop(learningRate: 0.01, momentum: 0.5), loss: "mse", metrics: ["mae"])
        try model.fit(data.x, data.y!, epochs: 5, verbose: .silent, seed: 1)
        var report = TrainingReport("Cars & fuel", model)
        let predicted = try encoder.inverseTarget(model.predict(data.x, verbose: .silent)).evaluated()
        report.results = try TrainingReport.Results(
            truth: [30, 25, 28, 20, 31, 27], predicted: predicted.scalars(as: Double.self), rows: "6 rows",
            quantity: "mpg", baselines: [("mean", [Double](repeating: 26.8, count: 6))])
        report.settings.append(("batch size", "32"))
        report.remarks.append("Six cars are few.")
        report.describe(cars, encoder: encoder)
        return report
    }

    @Test func allThatBelongsToATrainingIsThere() throws {
        let html = try report().html
        for heading in ["Result", "Training", "Predictions of 6 rows", "Model", "Configuration", "Data", "Environment"]
        {
            #expect(html.contains("<h2>\(heading)</h2>"))
        }
        for text in [
            "Cars &amp; fuel", "Six cars are few.", "RMSprop", "<dt>learning rate</dt><dd>0.01</dd>",
            "<dt>momentum</dt><dd>0.5</dd>", "<dt>batch size</dt><dd>32</dd>", "mean squared error", "dense_1 (Dense)",
            "RMSE, mean", "instruction set", "threads", "Column &quot;plate&quot; is left out", "&lt;b&gt; (1)",
            "1000 to 1600",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        // Loss and metric, prediction and truth, residuals, their histogram.
        #expect(html.components(separatedBy: "<figure").count == 6)
    }

    @Test func theDocumentNeedsNothingElse() throws {
        let html = try report().html
        for word in ["http", "<script", "<link", "<img", "@import", "url("] { #expect(!html.contains(word), "\(word)") }
        setRandomSeed(3)
        let first = try report().html
        setRandomSeed(3)
        #expect(try report().html == first)
    }

    @Test func aModelThatNeverTrainedHasAReport() throws {
        let html = TrainingReport("Nothing yet", Sequential(Dense(1))).html
        #expect(html.contains("There was no epoch.") && html.contains("<h2>Model</h2>"))
    }

    @Test func itIsWrittenWholeOrNotAtAll() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "descent-\(UUID().uuidString).html").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let report = try report()
        try report.write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == report.html)
        #expect(throws: DescentError.self) { try report.write(to: "/nowhere/at/all.html") }
    }
}
