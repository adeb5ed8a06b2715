#if os(Linux)
    import Foundation
    import Glibc
    import Testing

    @testable import DescentCommand

    /// What only a process shows: statuses, signals, terminals.
    @Suite struct ProcessTests {
        @Test func statusesAndStreams() throws {
            let workshop = try Workshop()
            let fine = try Program.run(["--epochs", "6"], in: workshop.folder)
            #expect(fine.status == 0 && fine.errors.isEmpty && workshop.exists("descent-report.html"))
            #expect(!fine.output.contains("\u{1B}") && !fine.output.contains("\r"))
            let failed = try Program.run(["fit", "gone.csv", "--target", "y"], in: workshop.folder)
            #expect(failed.status == 1 && failed.output.isEmpty)
            #expect(failed.errors == "descent: gone.csv: No such file or directory\n")
            #expect(try Program.run(["--nothing"], in: workshop.folder).status == 2)
            #expect(try Program.run(["--version"], in: workshop.folder).output == "descent \(Command.version)\n")
        }

        @Test func aFullDiskIsToldOf() throws {
            let workshop = try Workshop()
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            let errors = Pipe()
            let process = Program.process(["--help"], in: workshop.folder, output: full, errors: errors)
            try Program.start(process)
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 1 && text == "descent: standard output: No space left on device\n")
        }

        @Test func whoReadsNoMoreHearsNoComplaint() throws {
            let workshop = try Workshop()
            let (output, errors) = (Pipe(), Pipe())
            let process = Program.process(["--no-report"], in: workshop.folder, output: output, errors: errors)
            try output.fileHandleForReading.close()
            try Program.start(process)
            let text = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(text.isEmpty)
            // Ended by the signal, or, where that is ignored, by the status that a shell gives it.
            #expect(process.terminationReason == .uncaughtSignal || process.terminationStatus == 128 + SIGPIPE)
        }

        @Test func anInterruptKeepsTheBestEpoch() throws {
            let workshop = try Workshop()
            let houses = try workshop.houses()
            let (output, errors) = (Pipe(), Pipe())
            let process = Program.process(
                [
                    "fit", houses, "--target", "price", "--patience", "0", "--epochs", "3000000", "--save",
                    "m.safetensors",
                ],
                in: workshop.folder, output: output, errors: errors)
            try Program.start(process)
            var text = ""
            while !text.contains("epoch") {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { break }
                text += String(decoding: data, as: UTF8.self)
            }
            process.interrupt()
            text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 130)
            #expect(complaints.hasPrefix("descent: interrupted after ") && complaints.split(separator: "\n").count == 1)
            #expect(text.contains("the network"))
            #expect(descent("predict", workshop.path("m.safetensors"), houses).status == 0)
        }

        @Test func terminalsGetColoursUnlessTheyAreNotWanted() throws {
            let workshop = try Workshop()
            let colour = "\u{1B}[3"
            #expect(try onTerminal(in: workshop, ["TERM": "xterm", "NO_COLOR": ""]).contains(colour))
            let plain = try onTerminal(in: workshop, ["TERM": "xterm", "NO_COLOR": "1"])
            #expect(plain.contains("the network") && !plain.contains(colour))
            #expect(try !onTerminal(in: workshop, ["TERM": "dumb", "NO_COLOR": ""]).contains("\u{1B}"))
        }

        /// What the command writes to a terminal.
        private func onTerminal(in workshop: Workshop, _ environment: [String: String]) throws -> String {
            // Linux's own way to a terminal: its number, after it is unlocked.
            let (unlock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
            let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            var (isLocked, number): (Int32, Int32) = (0, 0)
            try #require(ioctl(terminal, unlock, &isLocked) == 0 && ioctl(terminal, getNumber, &number) == 0)
            let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
            try #require(other >= 0)
            let process = Program.process(
                ["--no-report", "--epochs", "3"], in: workshop.folder, environment: environment,
                output: FileHandle(fileDescriptor: other, closeOnDealloc: false), errors: FileHandle.nullDevice)
            try Program.start(process)
            close(other)
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            // The end of the last writer is an error to whoever reads a terminal.
            while case let count = read(terminal, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
            close(terminal)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
#endif
