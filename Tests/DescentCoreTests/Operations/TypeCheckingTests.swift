#if os(Linux) || os(macOS)
    import Foundation
    import Testing

    @Suite("Type checking")
    struct TypeCheckingTests {
        static let source = """
            import DescentCore
            func expressions(_ a: Variable, _ b: Variable, _ c: Tensor, _ k: Double) -> Tensor {
                let long = a * b + c / 2 - a ** 2 + 3 * b - c / a + 1.5 * c - b * b + a / 4 - 2 * c + b ** 2 - a * c + 0.5
                let mixed = a * b + c / 2 - a ** 2 + k * b - c / a + k * c - b * b + a / k - 2 * c + b ** 2 - a * c + k
                let nested = (a * b + (c / 2 - (a ** 2 + 3) * (b - c) / (a + 1.5)) * (c - b * b) + (a / 4 - 2) * (c + k))
                let calls = exp(a * 2 + 1) / (1 + exp(-c * 2)) - tanh(a * b + 0.5) * 3 + sqrt(mean((a - c) ** 2)) ** 0.5
                let closure = { (a ** 2) / 2.0 }
                let unspaced = { a*a/2 }
                return long + mixed + nested + calls + closure() + unspaced()
            }
            """

        @Test("an expression of 25 operators takes less than 100 ms")
        func speed() throws {
            // The modules lie beside the test bundle.
            let products =
                Bundle.allBundles.map(\.bundleURL).map { $0.deletingLastPathComponent() }
                + [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
            let directory = try #require(
                products.first {
                    FileManager.default.fileExists(
                        atPath: $0.appendingPathComponent("Modules/DescentCore.swiftmodule").path)
                })
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).swift")
            try Self.source.write(to: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: file) }

            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "swiftc", "-typecheck", "-swift-version", "6", "-I",
                directory.appendingPathComponent("Modules").path,
                "-Xcc", "-fmodule-map-file=\(directory.path)/CDescent.build/module.modulemap",
                "-Xfrontend", "-warn-long-expression-type-checking=100", file.path,
            ]
            let pipe = Pipe()
            process.standardError = pipe
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(output)")
            #expect(!output.contains("took"), "\(output)")
        }
    }
#endif
