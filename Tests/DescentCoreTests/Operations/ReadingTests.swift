import DescentCore
import Testing

@Suite("Reading")
struct ReadingTests {
    @Test("a single number converts to Swift's types")
    func single() {
        let x = Tensor([[2.75]])
        #expect(Float(x) == 2.75 && Double(x) == 2.75 && Int(x) == 2 && Bool(x))
        #expect(Int(Variable(-3.9)) == -3)
        #expect(!Bool(Tensor([0])))
        #expect(Int(Tensor([Int.max])) == .max)
        #expect(Int(Tensor([1e30])) == .max && Int(Tensor([Double.nan])) == 0)
    }

    @Test("all numbers in row-major order")
    func all() {
        let x: Tensor = [[1.5, -2], [3, 4]]
        #expect(x.scalars(as: Float.self) == [1.5, -2, 3, 4])
        #expect(x.scalars(as: Double.self) == [1.5, -2, 3, 4])
        #expect(x.scalars(as: Int8.self) == [1, -2, 3, 4])
        #expect(x.transposed().scalars(as: Float.self) == [1.5, 3, -2, 4])
        #expect(Tensor([300, -300]).scalars(as: UInt8.self) == [255, 0])
        #expect(Tensor.zeros([0, 3]).scalars(as: Float.self).isEmpty)
    }

    @Test("evaluated() throws what was refused, where it was refused")
    func throwing() throws {
        #expect(try Tensor([1, 2]).sum().evaluated().scalars(as: Int.self) == [3])
        let line: Int = #line + 1
        let refused = Tensor([1, 2]).reshape(3)
        let error = #expect(throws: DescentError.self) { try (refused * 2).evaluated() }
        #expect(error?.location?.line == line)
        #expect(
            error?.message
                == "[reshape] the number of elements must stay the same. Received: shape [2] to [3]")
        let late = #expect(throws: DescentError.self) { try Tensor([1, 2]).gather([5]).evaluated() }
        #expect(late?.operation == "gather")
        #expect(late?.location?.line == #line - 2)
    }

    @Test("an unguarded read of an error stops the process with its message")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = Float(Tensor([1, 2])) }
        await #expect(processExitsWith: .failure) { _ = Float(Tensor([1, 2]) + [1, 2, 3]) }
    }
}
