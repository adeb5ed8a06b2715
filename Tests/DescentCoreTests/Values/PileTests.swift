import Testing

@testable import DescentCore

struct PileTests {
    @Test func elementsStayInOrderWhileItGrows() {
        var pile = Pile<Int>(capacity: 2)
        for number in 0..<1000 { pile.append(number * number) }
        let list = Array(pile.elements)
        #expect(list == (0..<1000).map { $0 * $0 })
        pile[7] = -1
        let changed = pile[7]
        #expect(changed == -1)
        let last = pile.last
        #expect(last == 999 * 999)
        pile.removeLast()
        let (count, next) = (pile.count, pile.last)
        #expect(count == 999)
        #expect(next == 998 * 998)
    }

    @Test func filling() {
        var pile = Pile<Int32>(capacity: 2)
        pile.append(5)
        pile.fill(3, count: 9)
        let filled = Array(pile.elements)
        #expect(filled == [3, 3, 3, 3, 3, 3, 3, 3, 3])
        pile.fill(4, count: 1)
        let refilled = Array(pile.elements)
        #expect(refilled == [4])
        pile.removeAll()
        let (isEmpty, last) = (pile.isEmpty, pile.last)
        #expect(isEmpty)
        #expect(last == nil)
    }

    @Test(arguments: 0..<5)
    func movingToTheFrontKeepsTheOrderOfTheOthers(_ index: Int) {
        var pile = Pile<Int>()
        for number in 0..<5 { pile.append(number) }
        pile.moveToFront(index)
        let list = Array(pile.elements)
        #expect(list == [index] + (0..<5).filter { $0 != index })
    }
}
