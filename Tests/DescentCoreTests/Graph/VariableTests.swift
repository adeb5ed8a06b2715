import DescentCore
import DescentTestSupport
import Testing

struct VariableTests {
    @Test func whatItIsMadeOf() {
        let w = Variable([[1, 2], [3, 4]], name: "w", trainable: false)
        #expect(w.name == "w" && w.shape == [2, 2] && w.count == 4 && w.dtype == .float32 && !w.trainable)
        #expect(Variable(10.0).dtype == .float32)
        #expect(Variable(10).dtype == .float32)
        #expect(Variable(10.0).name == "Variable")
        #expect(Variable(10.0).trainable)
        #expect(Variable([1, 2] as [Double]).dtype == .float64)
        #expect(Variable([1, 2] as [Int]).dtype == .int64)
        #expect(Variable([true, false]).dtype == .bool)
        #expect(Variable(0.1, dtype: .float64).scalars(as: Double.self) == [0.1])
        #expect(Variable([0.1, 0.2], dtype: .float64).scalars(as: Double.self) == [0.1, 0.2])
        #expect(Variable(Tensor.zeros([0, 3])).count == 0)
    }

    @Test func readingCapturesTheValueOfTheMoment() {
        for start in [Tensor(3.0), Tensor([1, 2])] {
            let v = Variable(start)
            let (value, doubled) = (v.value, v * 2)
            v.assign(start * 10)
            #expect(mismatch(value, start) == nil)
            #expect(mismatch(doubled, start * 2) == nil)
            #expect(mismatch(v * 2, start * 20) == nil)
        }
    }

    @Test func assigning() {
        let v = Variable([1, 2])
        #expect(mismatch(v.assign([3, 4]), [3, 4]) == nil)
        #expect(mismatch(v.assignAdd([1, 1]), [4, 5]) == nil)
        #expect(mismatch(v.assignSub(2), [2, 3]) == nil)
        #expect(mismatch(v.assign(v * v + v), [6, 12]) == nil)
        let number = Variable(3.0)
        number.assign(3)
        number.assignAdd(1)
        #expect(Float(number) == 4)
    }

    @Test func theInitialValueIsComputedOnce() throws {
        let x = Tensor.ones([3])
        let plans = try tracePlans {
            let v = Variable(x * 2)
            _ = v.scalars(as: Float.self)
            _ = try v.value.evaluated()
        }
        #expect(plans.count == 1)
    }

    // MARK: - Types

    @Test func typesThatFitAreTaken() {
        let v = Variable([1.0, 2.0], dtype: .float64)
        v.assign(Tensor([3, 4] as [Float]))
        #expect(v.dtype == .float64 && v.scalars(as: Double.self) == [3, 4])
        v.assign(Tensor([5, 6] as [Int]))
        #expect(v.dtype == .float64 && v.scalars(as: Double.self) == [5, 6])
        v.assign([0.1, 7])
        #expect(v.scalars(as: Double.self) == [0.1, 7])
        let n = Variable([1, 2] as [Int])
        n.assign([true, false] as Tensor)
        #expect(n.scalars(as: Int.self) == [1, 0])
    }

    @Test(arguments: [
        (DType.float32, DType.float64), (.int64, .float32), (.int32, .int64), (.bool, .int32), (.int32, .float64),
    ]) func nothingNarrowsSilently(_ dtype: DType, _ wider: DType) throws {
        let v = Variable([1, 0], dtype: dtype)
        v.assign(Tensor([0, 1], dtype: wider))
        let error = try #require(throws: DescentError.self) { try v.value.evaluated() }
        #expect(error.message.hasPrefix("[assign] a value must not lose precision by being assigned (cast it)"))
        #expect(error.received == "\(wider) for Variable of type \(dtype)")
        v.assign(Tensor([0, 1], dtype: wider).cast(to: dtype))
        #expect(v.scalars(as: Int.self) == [0, 1])
    }

    @Test func fractionsDoNotBecomeIntegers() {
        let n = Variable([1, 2], dtype: .int32)
        n.assign([0.5, 1])
        #expect(n.value.error?.operation == "assign")
        n.assign([5, 6])
        #expect(n.scalars(as: Int.self) == [5, 6])
        n.assignAdd(0.5)
        #expect(n.value.error?.operation == "assign")
    }

    // MARK: - Refusal and recovery

    @Test func anotherShapeIsRefused() throws {
        let v = Variable([1, 2, 3], name: "w")
        let before = v.value
        let line = #line + 1
        let answer = v.assign([1, 2])
        let error = try #require(answer.error)
        #expect(error.message == "[assign] the shape of a variable stays. Received: [2] for w of shape [3]")
        #expect(error.location?.line == line)
        #expect(error.location?.file.hasSuffix("VariableTests.swift") == true)
        // Whatever reads it throws, until it has a proper value.
        #expect(throws: error) { try (v * 2).evaluated() }
        #expect(throws: error) { try valueAndGradient([v]) { (v * v).sum() } }
        #expect(throws: error) { try Engine.update([(v, v.tensor + 1)]) }
        #expect(mismatch(before, [1, 2, 3]) == nil)
        v.assign([4, 5, 6])
        #expect(mismatch(v.value, [4, 5, 6]) == nil)
    }

    @Test func aRefusedSumIsAnotherRefusal() throws {
        let v = Variable([1, 2, 3])
        let line = #line + 1
        v.assignAdd([1, 2])
        let error = try #require(v.value.error)
        #expect(error.operation == "add" && error.location?.line == line)
        v.assignSub(1)
        #expect(v.value.error != nil)
        v.assign([1, 1, 1])
        #expect(mismatch(v.value, [1, 1, 1]) == nil)
    }

    @Test func anErrorThatShowsWhenItRunsIsARefusalToo() throws {
        let v = Variable([1, 2, 3])
        v.assign(v.gather([0, 1, 7]))
        #expect(v.value.error?.operation == "gather")
        v.assign([1, 1, 1])
        #expect(mismatch(v.value, [1, 1, 1]) == nil)
    }

    @Test func aBrokenBeginning() throws {
        let v = Variable(Tensor([1, 2]) + Tensor([1, 2, 3]))
        #expect(try #require(throws: DescentError.self) { try v.value.evaluated() }.operation == "add")
        let w = Variable(Tensor([1, 2]).gather([9]))
        #expect(throws: DescentError.self) { try (w + 1).evaluated() }
        #expect(w.shape == [1])
        w.assign([5])
        #expect(mismatch(w.value, [5]) == nil)
    }

    @Test func printing() {
        #expect("\(Variable(9.683772))" == "9.683772")
        #expect("\(Variable([1, 2]))" == "[1.0, 2.0]")
        #expect(
            String(reflecting: Variable([1, 2], name: "w"))
                == "Variable([1.0, 2.0], name: \"w\", shape: [2], dtype: float32)")
    }
}
