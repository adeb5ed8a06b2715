import DescentCore
import Testing

struct ShapeTests {
    /// As a collection a shape would have two counts; what the standard library does with it must see the extents.
    @Test func theSequenceIsThatOfTheExtents() {
        let shape: Shape = [4, 3]
        #expect(Array(shape) == [4, 3])
        #expect(shape.map { $0 * 2 } == [8, 6])
        #expect(shape.dropLast() == [4])
        #expect(Array(Shape.scalar) == [])
        #expect(shape.count == 12)
        #expect(Shape.scalar.count == 1)
        #expect(Shape([3, 0, 2]).count == 0)
        #expect("\(shape)" == "[4, 3]")
    }

    @Test(
        arguments: [
            ([], [], []), ([3], [], [3]), ([], [2, 3], [2, 3]), ([3], [2, 3], [2, 3]), ([2, 1], [1, 3], [2, 3]),
            ([1], [0], [0]), ([0, 1], [1, 5], [0, 5]), ([1, 1, 4], [3, 1], [1, 3, 4]),
        ] as [([Int], [Int], [Int])])
    func broadcasting(_ left: [Int], _ right: [Int], _ result: [Int]) {
        #expect(Shape(left).broadcast(with: Shape(right)) == Shape(result))
        #expect(Shape(right).broadcast(with: Shape(left)) == Shape(result))
        #expect(Shape(left).broadcasts(to: Shape(result)))
    }

    @Test(arguments: [([2], [3]), ([2, 3], [2]), ([0], [2]), ([2, 3, 4], [3, 3])] as [([Int], [Int])])
    func shapesThatDoNotBroadcast(_ left: [Int], _ right: [Int]) {
        #expect(Shape(left).broadcast(with: Shape(right)) == nil)
        #expect(!Shape(left).broadcasts(to: Shape(right)))
    }

    @Test func aShapeStretchesToLargerOnesOnly() {
        #expect(!Shape([2, 3]).broadcasts(to: [3]))
        #expect(!Shape([3]).broadcasts(to: [1]))
    }

    /// Up to four extents of 32 bits are kept in another way than others; nothing tells them apart from outside.
    @Test(
        arguments: [
            [], [0], [7], [1, 2, 3, 4], [1, 2, 3, 4, 5], [1 << 32 - 1], [1 << 32], [2, 1 << 40], [-1, 3],
            [1, 1, 1, 1, 1, 1, 1, 1, 1],
        ] as [[Int]])
    func shapesOfEverySize(_ dimensions: [Int]) {
        let shape = Shape(dimensions)
        #expect(shape.dimensions == dimensions)
        #expect(Array(shape) == dimensions)
        #expect(shape.rank == dimensions.count)
        #expect(dimensions.indices.allSatisfy { shape[$0] == dimensions[$0] })
        #expect(shape == Shape(dimensions))
        #expect(shape.hashValue == Shape(dimensions).hashValue)
        for other in [
            dimensions + [1], dimensions + [0], dimensions.map { $0 + 1 } + [1], Array(dimensions.dropLast()) + [9],
        ] {
            #expect(shape != Shape(other), "\(other)")
        }
        #expect(shape.appending(5).dimensions == dimensions + [5])
        #expect(shape.appending(5).dropping(last: 1) == shape)
        #expect(shape.appending(5).dropping(first: shape.rank) == [5])
    }

    @Test func strides() {
        #expect(Shape([2, 3, 4]).strides == [12, 4, 1])
        #expect(Shape.scalar.strides == [])
    }

    @Test func axesCountFromEitherEnd() throws {
        let shape: Shape = [2, 3, 4]
        #expect(try shape.resolve(axes: [-1, 0], operation: "sum") == [0, 2])
        #expect(try shape.resolve(axes: nil, operation: "sum") == [0, 1, 2])
        #expect(try shape.resolve(axes: [], operation: "sum") == [])
        for axes in [[3], [-4], [0, 0], [1, -2]] {
            #expect(throws: DescentError.self) { try shape.resolve(axes: axes, operation: "sum") }
        }
    }

    @Test func foldedAxesGoOrStayWithExtentOne() {
        #expect(Shape([2, 3, 4]).reduced(over: [0, 2], keepDims: false) == [3])
        #expect(Shape([2, 3, 4]).reduced(over: [0, 2], keepDims: true) == [1, 3, 1])
    }
}
