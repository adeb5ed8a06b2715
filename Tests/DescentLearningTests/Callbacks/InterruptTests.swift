import CDescent
import Descent
import DescentTestSupport
import Foundation
import Testing

@testable import DescentLearning

#if os(Linux)
    /// Ctrl-C, in a process of its own: it would end the trainings of all other tests.
    @Suite(.serialized) struct InterruptTests {
        private static let name = "DESCENT_TEST_INTERRUPTS"
        let data = Regression()

        @Test func inAProcessOfTheirOwn() throws {
            guard TestProcess.argument(Self.name) == nil else { return }
            let process = try TestProcess.start("InterruptTests", Self.name, "yes")
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        }

        /// A signal ends the epoch, the history says so, and afterwards the signal does what it did before.
        @Test func aSignalEndsTheEpoch() throws {
            guard TestProcess.argument(Self.name) != nil else { return }
            let model = Regression.model()
            try model.compile(optimizer: "sgd", loss: .mse)
            // Where the test runner handles the signal itself, that would stay so.
            var plain = sigaction()
            sigaction(SIGINT, &plain, nil)
            var ended = 0
            let callback = LambdaCallback(
                onEpochEnd: { _, _ in ended += 1 },
                onTrainBatchEnd: { batch, _ in
                    guard batch == 1 else { return }
                    // Another thread may be the one that gets it.
                    kill(getpid(), SIGINT)
                    while cd_interrupt_pending() == 0 { usleep(100) }
                    // The next one kills.
                    var handler = sigaction()
                    sigaction(SIGINT, nil, &handler)
                    #expect(handler.__sigaction_handler.sa_handler == nil)
                })
            let history = try model.fit(
                data.x, data.y, batchSize: 8, epochs: 5, verbose: .silent, callbacks: [callback], validationSplit: 0.2)
            #expect(history.wasInterrupted)
            #expect(history.epochs == [0])
            #expect(history["val_loss"].count == 1)
            #expect(ended == 1)
            #expect(model.trainer.stepsTaken == 2)
            var after = sigaction()
            sigaction(SIGINT, nil, &after)
            #expect(after.__sigaction_handler.sa_handler == nil)
            #expect(!(try model.fit(data.x, data.y, verbose: .silent).wasInterrupted))
        }

        /// What was interrupted goes on as if nothing had happened.
        @Test func goingOnAfterAnInterrupt() throws {
            guard TestProcess.argument(Self.name) != nil else { return }
            let folder = try TemporaryFolder()
            func trained(_ interruptAt: Int?) throws -> Sequential {
                let model = Regression.model()
                try model.compile(optimizer: "adam", loss: .mse, metrics: ["mae"])
                let interrupt = LambdaCallback(onTrainBatchEnd: { _, _ in
                    if model.trainer.stepsTaken == interruptAt { cd_interrupt_note() }
                })
                let history = try model.fit(
                    data.x, data.y, batchSize: 8, epochs: 4, verbose: .silent,
                    callbacks: [BackupAndRestore(folder.file("b")), interrupt], seed: 1)
                #expect(history.wasInterrupted == (interruptAt != nil))
                return model
            }
            let straight = try trained(nil)
            for step in [3, 10] {
                _ = try trained(step)
                #expect(Checkpoint(folder.file("b/checkpoint.safetensors")).exists)
                #expect(bits(try trained(nil)) == bits(straight), "\(step)")
            }
        }
    }
#endif
