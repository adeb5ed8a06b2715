import Foundation

@testable import DescentCommand

/// What a run of the command has said.
struct Run {
    var status: Int32 = 0
    var output = ""
    var errors = ""

    /// The lines of the output.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}

/// Runs the command inside this process.
func descent(_ arguments: String..., isTerminal: Bool = false, hasColors: Bool = false) -> Run {
    var run = Run()
    let console = Console(
        isTerminal: isTerminal, hasColors: hasColors, output: { run.output += $0 }, errors: { run.errors += $0 })
    run.status = Command.run(arguments, console)
    return run
}

/// A folder that is gone after the test.
final class Workshop {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "descent-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func text(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: name), encoding: .utf8) }

    /// Writes a file; its path.
    func file(_ name: String, _ text: String) throws -> String {
        try text.write(to: folder.appending(path: name), atomically: false, encoding: .utf8)
        return path(name)
    }

    /// A table of houses: numbers, of which some are missing, and texts; the price follows from them but for a little.
    func houses(_ count: Int = 120) throws -> String {
        let towns = ["Bern", "Lyon", "Ulm"]
        var text = "area,rooms,town,price\n"
        for row in 0..<count {
            let area = 40 + row * 37 % 101
            let town = row * 7 % 3
            let shown = row % 25 == 3 ? "" : "\(area)"
            text += "\(shown),\(1 + row % 5),\(towns[town]),\(Double(area * (10 + town)) + Double(row * 13 % 7) / 2)\n"
        }
        return try file("houses.csv", text)
    }
}
