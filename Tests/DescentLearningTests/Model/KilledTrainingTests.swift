import Descent
import DescentTestSupport
import Foundation
import Testing

@testable import DescentLearning

#if os(Linux)
    /// A training in a process of its own that is killed again and again, and ends as if nothing had happened.
    @Suite struct KilledTrainingTests {
        private static let variable = "DESCENT_TEST_KILLED_TRAINING"

        /// What the process does: trains with backups, and writes the variables when it has come to the end.
        private static func train(_ folder: String) throws {
            let model = try Thorough().model(.scaled)
            let log = CSVLogger("\(folder)/log.csv")
            let slow = LambdaCallback(onTrainBatchEnd: { _, _ in usleep(4000) })
            let history = try Thorough().fit(
                model, .scaled, epochs: 20, [BackupAndRestore("\(folder)/backup", saveFreq: .batches(2)), log, slow])
            try model.save("\(folder)/end.safetensors", metadata: ["history": history.json])
        }

        /// Runs in the process that is killed, and does nothing anywhere else.
        @Test func child() throws {
            guard let folder = TestProcess.argument(Self.variable) else { return }
            try Self.train(folder)
        }

        @Test func killedAtAnyMoment() throws {
            guard TestProcess.argument(Self.variable) == nil else { return }
            let folder = try TemporaryFolder()
            let straight = try TemporaryFolder()
            try Self.train(straight.path)
            var random = SplitMix64(seed: 20)
            var kills = 0
            for attempt in 0..<20 {
                let process = try TestProcess.start("KilledTrainingTests/child", Self.variable, folder.path)
                let patience = attempt < 5 ? 0.15 + Double(random.next() % 350) / 1000 : 60
                let end = Date.now + patience
                while process.isRunning, Date.now < end { usleep(2000) }
                if process.isRunning {
                    kill(process.processIdentifier, SIGKILL)
                    kills += 1
                }
                process.waitUntilExit()
                if Folder.exists(folder.file("end.safetensors")) { break }
            }
            #expect(kills > 0)
            let (got, want) = try (
                SafeTensors.read(folder.file("end.safetensors")), SafeTensors.read(straight.file("end.safetensors"))
            )
            #expect(got.names == want.names)
            for name in want.names {
                #expect(mismatch(try got[name], try want[name], .bits) == nil, "\(name)")
            }
            #expect(got.metadata["history"] == want.metadata["history"])
            let logs = try [folder, straight].map { try String(contentsOfFile: $0.file("log.csv"), encoding: .utf8) }
            #expect(logs[0] == logs[1])
        }
    }
#endif
