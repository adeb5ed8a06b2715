import Foundation

#if os(Linux)
    /// Tests in a process of their own: this program once more, with a filter and an argument in its environment.
    enum TestProcess {
        /// What this process was told under that name; nil in the process of all tests.
        static func argument(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

        /// Starts the tests that `filter` names.
        static func start(_ filter: String, _ name: String, _ argument: String) throws -> Process {
            let process = Process()
            process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = ["--testing-library", "swift-testing", "--filter", filter]
            process.environment = ProcessInfo.processInfo.environment.merging([name: argument]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }
    }
#endif
