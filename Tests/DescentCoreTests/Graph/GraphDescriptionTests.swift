import DescentCore
import DescentTestSupport
import Testing

struct GraphDescriptionTests {
    private let x = Variable([1, 2, 3], name: "x")

    @Test func anExpressionAsText() {
        let y = (x * 2 + x).sum()
        #expect(y.graph.operations == ["multiply", "add", "sum"])
        #expect(
            "\(y.graph)" == """
                %0 = value : float32 [3]
                %1 = value : float32 []
                %2 = multiply %0 %1 : float32 [3]
                %3 = add %2 %0 : float32 [3]
                %4 = sum %3 : float32 []
                """)
    }

    @Test func whatIsKnownIsAValue() throws {
        let y = x * 2
        _ = try y.evaluated()
        #expect(y.graph.operations == [])
        #expect("\(y.graph)" == "%0 = value : float32 [3]")
    }

    @Test func anExpressionAsADrawing() {
        let dot = (x * 2).graph.dot
        #expect(dot.hasPrefix("digraph expression {") && dot.hasSuffix("}"))
        #expect(dot.contains("n2 [label=\"multiply\\nfloat32 [3]\"]"))
        #expect(dot.contains("n0 -> n2") && dot.contains("n1 -> n2"))
    }

    @Test func anErrorIsShown() {
        let graph = (x + Tensor([1.0, 2.0])).graph
        #expect("\(graph)".contains("error: [add] shapes must broadcast"))
    }
}
