import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport
import Testing

@Suite("metrics reproduce recorded values")
struct MetricGoldenTests {
    @Test("every update, reset and merge gives the recorded result, or what our way of counting makes of it")
    func replay() throws {
        let files = try GoldenFiles.read("metrics", format: "metric/1")
        var (count, different) = (0, 0)
        for file in files {
            // Keras 3 counts samples, Keras 2.9 elements, as we do.
            let version = try #require(file.content["peer"]?.object?["version"]?.string, "\(file.name)")
            for golden in file.cases {
                count += 1
                let metric = try MetricReplay.metric(golden)
                try expectConfig(metric, golden)
                var counting = version.hasPrefix("3.") ? try CountingReplay(metric) : nil
                var isDifferent = false
                for (number, operation) in try MetricReplay.operations(golden).enumerated() {
                    let place = "\(file.shortName) \(golden.id), operation \(number)"
                    if try expect(metric, operation, &counting, place) { isDifferent = true }
                }
                if isDifferent { different += 1 }
            }
        }
        #expect(count > 0)
        GoldenFiles.summarize("metrics", cases: count, files: files.count)
        print("golden metrics: in \(different) cases Keras 3 counts otherwise, as the replay of its rule confirms")
    }

    /// Runs an operation and compares; says whether the recorded result is that of another way of counting.
    private func expect(
        _ metric: any Metric, _ operation: Configuration, _ counting: inout CountingReplay?, _ place: String
    ) throws -> Bool {
        if operation["error"] != nil {
            let before = metric.state
            #expect(throws: (any Error).self, "\(place)") { try MetricReplay.run(operation, on: metric) }
            #expect(metric.state == before, "\(place)")
            return false
        }
        do { try MetricReplay.run(operation, on: metric) } catch { throw AtPlace(place: place, error: error) }
        let result = metric.result()
        #expect(mismatch(metric.result(), result, .bits) == nil, "\(place): a result changes nothing")
        let tolerance = MetricReplay.tolerance(metric)
        let recorded = try #require(operation["result"], "\(place)").goldenTensor(result.dtype)
        if operation["do"] == "reset_state" { counting?.reset() }
        if operation["do"] == "update_state" { try counting?.add(operation) }
        guard let counting else {
            #expect(mismatch(result, recorded, tolerance) == nil, "\(place)")
            return false
        }
        // The rule of Keras 3 must explain every recorded number; ours is that of the other rule, and the
        // recorded one wherever the rules agree.
        #expect(mismatch(counting.bySamples, recorded, tolerance) == nil, "\(place): the rule of Keras 3")
        #expect(mismatch(result, counting.byElements, tolerance) == nil, "\(place)")
        return mismatch(result, recorded, tolerance) != nil
    }

    /// Keras numbers the names of further metrics of a class; names that were given must stay.
    private func expectConfig(_ metric: any Metric, _ golden: Configuration) throws {
        var want = try #require(golden["get_config"]?.object, "\(golden.id)")
        var got = metric.getConfig()
        if golden["config"]?.object?["name"] == nil {
            let name = try #require(want["name"]?.string)
            #expect(name.hasPrefix(metric.name), "\(golden.id)")
            want["name"] = nil
            got["name"] = nil
        }
        // What Keras leaves out of a configuration, although the metric is another without it.
        if metric is CosineSimilarity { want["axis"] = golden["config"]?.object?["axis"] }
        if metric is AUC, let weights = golden["config"]?.object?["label_weights"] { want["label_weights"] = weights }
        #expect(got.saysTheSame(as: want), "\(golden.id): \(got.json) and \(want.json)")
        let again = try type(of: metric).fromConfig(metric.getConfig())
        #expect(again.getConfig() == metric.getConfig(), "\(golden.id)")
    }
}

struct AtPlace: Error, CustomStringConvertible {
    let place: String
    let error: any Error
    var description: String { "\(place): \(error)" }
}

/// Runs what golden files of metrics say.
enum MetricReplay {
    static func metric(_ golden: Configuration) throws -> any Metric {
        let name = try #require(golden["metric"]?.string, "\(golden.id)")
        let config = golden["config"]?.object ?? [:]
        let described: Configuration = ["class_name": .string(name), "config": .object(config)]
        do { return try Metrics.deserialize(described) } catch { throw AtPlace(place: golden.id, error: error) }
    }

    static func operations(_ golden: Configuration) throws -> [Configuration] {
        try #require(golden["ops"]?.list, "\(golden.id)").map { try #require($0.object) }
    }

    static func tolerance(_ metric: any Metric) -> Tolerance {
        metric.dtype == .float64
            ? .within(relative: 1e-12, absolute: 1e-12) : .within(relative: 2e-5, absolute: 1e-6)
    }

    static func run(_ operation: Configuration, on metric: any Metric) throws {
        switch operation["do"] {
        case "reset_state": metric.resetState()
        case "merge_state":
            let others = try #require(operation["metrics"]?.list).map { operations in
                let other = try type(of: metric).fromConfig(metric.getConfig())
                for operation in try #require(operations.list) { try run(try #require(operation.object), on: other) }
                return other
            }
            try metric.mergeState(others)
        case "update_state":
            let weight = try tensor("sample_weight", of: operation, metric)
            if let metric = metric as? any ValueMetric {
                try metric.updateState(try #require(try tensor("values", of: operation, metric)), sampleWeight: weight)
            } else {
                let yTrue = try #require(try tensor("y_true", of: operation, metric))
                let yPred = try #require(try tensor("y_pred", of: operation, metric))
                try metric.updateState(yTrue, yPred, sampleWeight: weight)
            }
        case let other: Issue.record("unknown operation \(other?.json ?? "none")")
        }
    }

    /// Plain numbers are given to a metric of integers as float32, as the peer was given them.
    static func tensor(_ key: String, of operation: Configuration, _ metric: any Metric) throws -> Tensor? {
        guard let value = operation[key], value != .null else { return nil }
        return try value.goldenTensor(metric.dtype == .float64 ? .float64 : .float32)
    }
}

extension Configuration {
    /// Equal but for the way in which numbers are written: 0 is 0.0, and a float32 is what it was rounded from.
    func saysTheSame(as other: Configuration) -> Bool { Value.object(self).saysTheSame(as: .object(other)) }
}

extension Configuration.Value {
    func saysTheSame(as other: Configuration.Value) -> Bool {
        if let a = object, let b = other.object {
            return Set(a.keys) == Set(b.keys) && a.keys.allSatisfy { a[$0]!.saysTheSame(as: b[$0]!) }
        }
        if let a = list, let b = other.list {
            return a.count == b.count && zip(a, b).allSatisfy { $0.saysTheSame(as: $1) }
        }
        if let a = number, let b = other.number { return Float(a) == Float(b) }
        return self == other
    }
}
