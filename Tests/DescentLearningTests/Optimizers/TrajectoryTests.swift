import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport
import Foundation
import Testing

/// Every recorded training: after each step the variables, at its end everything that the optimizer keeps.
@Suite struct TrajectoryTests {
    @Test func recordedTrainings() throws {
        let files = try GoldenFiles.read("optimizers", format: "trajectory/1")
        // Another folder may hold other files; ours must be whole.
        let isOurs = ProcessInfo.processInfo.environment["DESCENT_GOLDEN_DIR"] == nil
        if isOurs { #expect(files.count == 17 && files.map(\.cases.count).reduce(0, +) == 404) }
        for file in files {
            for entry in file.cases {
                run(entry, file)
            }
        }
        GoldenFiles.summarize("optimizers", cases: files.map(\.cases.count).reduce(0, +), files: files.count)
    }

    private func run(_ entry: Configuration, _ file: GoldenFile) {
        do {
            if let problem = try Trajectory(entry, file.dtype).problem() {
                Issue.record("\(file.name) \(entry.id): \(problem)")
            }
        } catch {
            Issue.record("\(file.name) \(entry.id): \(error)")
        }
    }

    /// The comparison itself: a recorded number that is changed is noticed, wherever it stands.
    @Test func whatIsChangedIsNoticed() throws {
        let files = try GoldenFiles.read("optimizers", format: "trajectory/1")
        guard let file = files.first(where: { $0.shortName == "rmsprop-keras3-float64.json" }),
            let entry = file.cases.first(where: { $0.id == "rmsprop/ema-no-overwrite-finalize" })
        else { return }
        #expect(try Trajectory(entry, file.dtype).problem() == nil)
        func changed(_ path: [String], in value: Configuration.Value) -> Configuration.Value {
            guard let key = path.first else {
                return .number((value.number ?? 0) * (1 + 1e-3) + 1e-3)
            }
            if let index = Int(key), var list = value.list {
                list[index] = changed(Array(path.dropFirst()), in: list[index])
                return .list(list)
            }
            var object = value.object ?? [:]
            object[key] = changed(Array(path.dropFirst()), in: object[key] ?? .null)
            return .object(object)
        }
        let paths = [
            "config rho", "config ema_momentum", "variables 0 data 1", "steps 2 gradients 0 0",
            "steps 3 expect variables 1 0", "steps 1 expect learning_rate", "steps 1 expect iterations",
            "final_state 0 data 0", "final_state 1 data 0", "final_state 3 data 1", "after_finalize 1 0",
        ]
        for path in paths {
            let altered = changed(path.split(separator: " ").map(String.init), in: .object(entry))
            let problem = try Trajectory(try #require(altered.object), file.dtype).problem()
            #expect(problem != nil, "\(path)")
        }
        for (key, value) in [("extra", Configuration.Value.integer(1)), ("mode", "keras4"), ("optimizer", "Rprop")] {
            var altered = entry
            altered[key] = value
            #expect(throws: (any Error).self) { try Trajectory(altered, file.dtype).problem() }
        }
    }
}
