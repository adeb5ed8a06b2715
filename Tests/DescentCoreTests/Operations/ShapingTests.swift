import DescentCore
import Testing

@Suite("Shapes")
struct ShapingTests {
    let x = Tensor.arange(24).reshape(2, 3, 4)

    @Test("reshape, with one extent left open")
    func reshape() {
        #expect(x.reshape(4, -1).shape == [4, 6])
        #expect(x.reshape([-1]).shape == [24])
        #expect(x.reshape(24).scalars(as: Int.self) == Array(0..<24))
        #expect(Tensor([5]).reshape([]).shape == [])
        #expect(Tensor.zeros([0, 3]).reshape(3, 0).shape == [3, 0])
        #expect(x.reshape(5, -1).error?.operation == "reshape")
        #expect(x.reshape(-1, -1).error != nil)
        #expect(Tensor.zeros([0]).reshape(0, -1).error != nil, "any extent would do")
    }

    @Test("permute and transpose")
    func permute() {
        #expect(x.permute(2, 0, 1).shape == [4, 2, 3])
        #expect(x.permute(-1, 0, 1)[1, 0, 2].scalars(as: Int.self) == x[0, 2, 1].scalars(as: Int.self))
        #expect(x.transposed().shape == [4, 3, 2])
        #expect(transpose(Tensor([[1, 2, 3]])).scalars(as: Int.self) == [1, 2, 3])
        #expect(x.permute(0, 1).error?.rule == "every axis must be named")
        #expect(x.permute(0, 1, 1).error?.rule == "an axis may be named once only")
        #expect(x.permute(0, 1, 3).error != nil)
    }

    @Test("broadcast, expand, squeeze")
    func stretch() {
        #expect(Tensor([1, 2]).broadcast(to: [2, 2]).scalars(as: Int.self) == [1, 2, 1, 2])
        #expect(Tensor([[1], [2]]).broadcast(to: [2, 2]).scalars(as: Int.self) == [1, 1, 2, 2])
        #expect(
            Tensor([1, 2]).broadcast(to: [3]).error?.message
                == "[broadcast] a shape stretches where its extent is 1 or missing. Received: shape [2] to [3]"
        )
        #expect(x.expandDims(0).shape == [1, 2, 3, 4] && x.expandDims(-1).shape == [2, 3, 4, 1])
        #expect(x.expandDims(4).error != nil)
        let y = Tensor.zeros([1, 3, 1])
        #expect(y.squeeze().shape == [3] && y.squeeze(axes: [-1]).shape == [1, 3])
        #expect(y.squeeze(axes: [1]).error?.rule == "the axes must have extent 1")
    }
}
