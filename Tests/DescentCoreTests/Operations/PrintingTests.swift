import DescentCore
import Testing

@Suite("Printing")
struct PrintingTests {
    @Test("numbers print the shortest digits that read back")
    func numbers() {
        #expect(Tensor([9.683772]).sum().description == "9.683772")
        #expect(Variable(10.0).description == "10.0")
        #expect(Tensor([0.1] as [Double]).sum().description == "0.1")
        #expect(Tensor([3] as [Int]).sum().description == "3")
        #expect(Tensor([true] as [Bool]).all().description == "true")
        #expect((Tensor([1, -1, 0]) / 0).description == "[inf, -inf, nan]")
    }

    @Test("rows stand under each other")
    func arrays() {
        #expect(Tensor([2, 4, 6]).description == "[2.0, 4.0, 6.0]")
        #expect(Tensor([[1, 2], [3, 40]]).description == "[[ 1.0,  2.0],\n [ 3.0, 40.0]]")
        #expect(
            Tensor.arange(8, dtype: .int64).reshape(2, 2, 2).description
                == "[[[0, 1],\n  [2, 3]],\n\n [[4, 5],\n  [6, 7]]]")
        #expect(Tensor.zeros([0]).description == "[]")
        #expect(Tensor.zeros([2, 0]).description == "[[],\n []]")
    }

    @Test("large tensors are summarized")
    func summary() {
        #expect(Tensor.arange(1001).description == "[0.0, 1.0, 2.0, …, 998.0, 999.0, 1000.0]")
        let lines = Tensor.arange(5000, dtype: .int64).reshape(50, 100).description.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[0] == "[[   0,    1,    2, …,   97,   98,   99],")
        #expect(lines[3] == " …,")
    }

    @Test("debugging shows shape, type and name")
    func debugging() {
        let w = Variable([1, 2], name: "w")
        #expect(w.debugDescription == "Variable([1.0, 2.0], name: \"w\", shape: [2], dtype: float32)")
        #expect(Tensor(1.5).debugDescription == "Tensor(1.5, shape: [], dtype: float32)")
    }

    @Test("what is refused prints its error")
    func errors() {
        let text = (Tensor([1, 2]) + [1, 2, 3]).description
        #expect(text == "[add] shapes must broadcast. Received: lhs [2], rhs [3]")
    }
}
