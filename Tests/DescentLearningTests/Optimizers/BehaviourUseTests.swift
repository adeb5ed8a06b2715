import DescentCore
import DescentFiles
import DescentLearning
import Testing

/// What the three originals do in use, case by case. A recorded case that is not here fails.
@Suite("golden: behaviour of RMSprop in use", .serialized)
struct BehaviourUseTests {
    @Test("every recorded use")
    func uses() throws {
        let files = try GoldenFiles.read("behaviour", format: "behaviour/1")
        let cases = ["keras3": Self.keras3, "tf2": Self.tensorFlow2, "tf1": Self.tensorFlow1]
        let handler = Warnings.handler
        Warnings.handler = nil
        defer { Warnings.handler = handler }
        var count = 0
        for file in files {
            for golden in file.cases where golden["action"] != nil {
                // An id is mode/use/name.
                let parts = golden.id.split(separator: "/").map(String.init)
                let run = try #require(cases[parts[0]], "no mode for \(golden.id)")
                do {
                    let isKnown = try run(parts[2], golden["result"])
                    #expect(isKnown, "no such case: \(golden.id)")
                } catch {
                    Issue.record("\(golden.id): \(error)")
                }
                count += 1
            }
        }
        GoldenFiles.summarize("behaviour, uses", cases: count, files: files.count)
        #expect(count > 0)
    }

    // MARK: - Words of the cases

    static func pair() -> (Variable, Variable) {
        (Variable([1, 1], name: "a"), Variable([1, 1, 1], name: "b"))
    }

    static func ones(_ variable: Variable) -> Tensor { Tensor.ones(variable.shape) }

    /// The optimizer after a step with gradients of ones on a(2) and b(3).
    static func stepped(_ opt: RMSprop) throws -> (RMSprop, Variable, Variable) {
        let (a, b) = pair()
        try opt.applyGradients([(ones(a), a), (ones(b), b)])
        return (opt, a, b)
    }

    static func refuses(_ id: String, _ body: () throws -> Void) {
        #expect(throws: DescentError.self, "\(id)") { try body() }
    }

    static func strings(_ value: Configuration.Value?) -> [String]? { value?.list?.compactMap(\.string) }

    static func isChanged(_ variable: Variable) -> Bool {
        variable.value.scalars(as: Float.self) != [Float](repeating: 1, count: variable.count)
    }
}
