import DescentCore
import DescentFiles
import DescentLearning
import Testing

/// How the three originals construct an RMSprop, and what its configuration is.
@Suite("golden: construction of RMSprop")
struct BehaviourConstructTests {
    static let modes: [String: RMSprop.Mode] = ["keras3": .keras3, "tf2": .tensorFlow2, "tf1": .tensorFlow1]

    /// Where Descent says something else, and why.
    static let decided: [String: String] = [
        // The peer warns and ignores it: a silent loss of an argument.
        "keras3/construct/decay-keyword": "refused"
    ]

    @Test("every recorded construction")
    func constructs() throws {
        let files = try GoldenFiles.read("behaviour", format: "behaviour/1")
        var count = 0
        for file in files {
            for golden in file.cases where golden["action"] == nil {
                try check(golden)
                count += 1
            }
        }
        GoldenFiles.summarize("behaviour, constructions", cases: count, files: files.count)
        #expect(count > 0)
    }

    private func check(_ golden: Configuration) throws {
        let mode = try #require(Self.modes[golden["mode"]?.string ?? ""], "unknown mode in \(golden.id)")
        let config = try #require(golden["config"]?.object, "\(golden.id)")
        guard golden["error"] == nil, Self.decided[golden.id] != "refused" else {
            #expect(throws: DescentError.self, "\(golden.id)") { try RMSprop.fromConfig(config, mode: mode) }
            return
        }
        let opt = try RMSprop.fromConfig(config, mode: mode)
        let got = opt.getConfig()
        let want = try #require(golden["get_config"]?.object, "\(golden.id)")
        #expect(got.keys == want.keys, "\(golden.id)")
        for key in want.keys {
            #expect(same(got[key], want[key]), "\(golden.id): \(key) \(String(describing: got[key]))")
        }
        #expect(try RMSprop.fromConfig(got, mode: mode).getConfig() == got, "\(golden.id): there and back")
        #expect(try RMSprop.fromConfig(got).mode == mode, "\(golden.id): the mode is recognized")
    }

    /// Numbers compare as float32: the peers keep some of them so.
    private func same(_ got: Configuration.Value?, _ want: Configuration.Value?) -> Bool {
        if let got = got?.number, let want = want?.number { return Float(got) == Float(want) }
        return got == want
    }
}
