import DescentCore
import Testing

@Suite("Joining and splitting")
struct JoiningTests {
    let a: Tensor = [[1, 2], [3, 4]]
    let b: Tensor = [[5, 6]]

    @Test("concat and stack")
    func join() {
        #expect(concat([a, b]).scalars(as: Int.self) == [1, 2, 3, 4, 5, 6])
        #expect(concat([a, a], axis: -1).scalars(as: Int.self) == [1, 2, 1, 2, 3, 4, 3, 4])
        #expect(concat([a, Tensor.zeros([0, 2])]).shape == [2, 2])
        #expect(stack([a, a], axis: -1).shape == [2, 2, 2])
        #expect(stack([a, a + 4], axis: 1).scalars(as: Int.self) == [1, 2, 5, 6, 3, 4, 7, 8])
        #expect(stack([Tensor(1), Tensor(2)]).scalars(as: Int.self) == [1, 2])
        #expect(concat([a, Tensor([[1, 2]] as [[Double]])]).dtype == .float64)
        #expect(concat([Tensor([1] as [Int32]), [2]]).dtype == .int32)
    }

    @Test("what does not fit together is refused")
    func refused() {
        #expect(
            concat([a, b], axis: 1).error?.message
                == "[concat] shapes must agree but for the axis. Received: [2, 2] and [1, 2]")
        #expect(concat([a, Tensor([1, 2])]).error?.operation == "concat")
        #expect(concat([]).error?.rule == "there must be at least one tensor")
        #expect(concat([a], axis: 2).error != nil)
        #expect(stack([a, b]).error?.operation == "stack")
        #expect(stack([a, a], axis: 3).error?.location?.line == #line)
    }

    @Test("pad")
    func pad() {
        #expect(Tensor([1, 2]).pad([(1, 2)]).scalars(as: Int.self) == [0, 1, 2, 0, 0])
        #expect(a.pad([(0, 1), (1, 0)], value: 9).scalars(as: Int.self) == [9, 1, 2, 9, 3, 4, 9, 9, 9])
        #expect(Tensor([true] as [Bool]).pad([(1, 0)]).scalars(as: Bool.self) == [false, true])
        #expect(Tensor([1] as [Int32]).pad([(1, 0)], value: 7).scalars(as: Int.self) == [7, 1])
        #expect(Tensor.zeros([0]).pad([(1, 1)], value: 3).scalars(as: Int.self) == [3, 3])
        #expect(a.pad([(1, 1)]).error?.operation == "pad")
        #expect(a.pad([(0, 0), (-1, 0)]).error?.operation == "pad")
        #expect(Tensor([1] as [Int32]).pad([(1, 0)], value: 0.5).error?.operation == "pad")
    }

    @Test("split")
    func split() {
        let parts = Tensor.arange(6).split(into: 3)
        #expect(parts.map { $0.scalars(as: Int.self) } == [[0, 1], [2, 3], [4, 5]])
        let sizes = Tensor.arange(6).reshape(2, 3).split(sizes: [1, 0, 2], axis: 1)
        #expect(sizes.map(\.shape) == [[2, 1], [2, 0], [2, 2]])
        #expect(sizes[2].scalars(as: Int.self) == [1, 2, 4, 5])
        #expect(a.split(into: 3).allSatisfy { $0.error?.rule == "an axis must divide into equal parts" })
        #expect(a.split(sizes: [1, 2]).first?.error?.rule == "sizes must sum to the extent of the axis")
        #expect(a.split(into: 2, axis: 4).first?.error != nil)
        #expect(a.split(into: 0).first?.error != nil)
    }
}
