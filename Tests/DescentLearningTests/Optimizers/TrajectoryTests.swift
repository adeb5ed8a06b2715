import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport
import Testing

/// Every recorded training: after each step the variables, at its end everything that the optimizer keeps.
@Suite struct TrajectoryTests {
    static let files: [String] = [
        "lossscale-keras3-float32.json", "lossscale-keras3-float64.json", "matrix-keras3-float64.json",
        "others-keras3-float32.json", "others-keras3-float64.json", "rmsprop-keras3-float32.json",
        "rmsprop-keras3-float64.json", "rmsprop-keras3-sparse-float32.json", "rmsprop-keras3-sparse-float64.json",
        "rmsprop-tf1-float32.json", "rmsprop-tf1-float64.json", "rmsprop-tf2-dense-float32.json",
        "rmsprop-tf2-dense-float64.json", "rmsprop-tf2-sparse-float32.json", "rmsprop-tf2-sparse-float64.json",
        "schedulefree-keras3-float32.json", "schedulefree-keras3-float64.json",
    ]

    @Test func recordedTrainings() throws {
        let files = try GoldenFiles.read("optimizers", format: "trajectory/1")
        let names = Set(files.map(\.shortName))
        for name in Self.files { #expect(names.contains(name), "\(name) is missing") }
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
        let file = try #require(
            GoldenFiles.read("optimizers", format: "trajectory/1").first { $0.shortName.hasPrefix("rmsprop-keras3-f") })
        let entry = try #require(file.cases.first { $0.id == "rmsprop/ema-no-overwrite-finalize" })
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
