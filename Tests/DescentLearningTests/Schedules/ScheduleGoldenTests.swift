import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport
import Testing

/// Every recorded schedule: its values, its configuration, and what is made again from that.
@Suite struct ScheduleGoldenTests {
    @Test func recordedValues() throws {
        let files = try GoldenFiles.read("schedules", format: "schedule/1")
        for file in files {
            for entry in file.cases { try check(entry, file.dtype) }
        }
        GoldenFiles.summarize("schedules", cases: files.map(\.cases.count).reduce(0, +), files: files.count)
    }

    private func check(_ entry: Configuration, _ dtype: DType) throws {
        let known: Set = ["id", "schedule", "config", "steps", "values", "get_config", "note"]
        #expect(known.isSuperset(of: entry.keys), "\(entry.id)")
        let config = try #require(entry["config"])
        let schedule = try Schedules.deserialize(["class_name": try #require(entry["schedule"]), "config": config])
        let steps = try #require(entry["steps"]?.list).compactMap(\.integer)
        let values = try #require(entry["values"]?.goldenNumbers)
        try #require(steps.count == values.count)
        let rates = ["initial_learning_rate", "end_learning_rate"].compactMap { config.object?[$0]?.number }
        // One that starts at 0 is measured by its end.
        let scale = rates.first { $0 != 0 } ?? 1
        let (relative, absolute) = dtype == .float64 ? (1e-12, 1e-12) : (2e-5, 2e-8)
        let tolerance = Tolerance.within(relative: relative, absolute: absolute * scale)
        let got = Tensor(steps.map { schedule($0) })
        #expect(mismatch(got, Tensor(values), tolerance) == nil, "\(entry.id)")
        #expect(schedule.getConfig() == entry["get_config"]?.object?.withDoubles(like: schedule), "\(entry.id)")
        let again = try Schedules.deserialize(.object(schedule.serialized()))
        #expect(again.getConfig() == schedule.getConfig() && type(of: again) == type(of: schedule), "\(entry.id)")
        #expect(steps.map { again($0) } == steps.map { schedule($0) }, "\(entry.id)")
    }
}

extension Configuration {
    /// The same configuration, with a number wherever the schedule writes a number: 0 is 0.0.
    fileprivate func withDoubles(like schedule: any LearningRateSchedule) -> Configuration {
        var result = self
        for key in keys {
            if case .number = schedule.getConfig()[key], let number = self[key]?.number {
                result[key] = .number(number)
            }
        }
        return result
    }
}
