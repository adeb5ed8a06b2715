/// A list of plain values that is filled and emptied over and over: an array without its checks and counts.
///
/// Walks and structures append several values for every node of every step, so each of them shows.
package struct Pile<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>?
    package private(set) var count = 0
    private var capacity: Int

    package init(capacity: Int = 256) {
        base = capacity > 0 ? .allocate(capacity: capacity) : nil
        self.capacity = capacity
    }

    package init(_ elements: some Collection<Element>) {
        self.init(capacity: elements.count)
        for element in elements { append(element) }
    }

    deinit { base?.deallocate() }

    package var isEmpty: Bool { count == 0 }
    package var indices: Range<Int> { 0..<count }

    /// The elements, until the pile changes.
    package var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

    package subscript(index: Int) -> Element {
        @inline(__always) get {
            assert(index < count)
            return base.unsafelyUnwrapped[index]
        }
        @inline(__always) set {
            assert(index < count)
            base.unsafelyUnwrapped[index] = newValue
        }
    }

    @inline(__always)
    package var last: Element? { count > 0 ? base.unsafelyUnwrapped[count - 1] : nil }

    @inline(__always)
    package mutating func append(_ element: Element) {
        if count == capacity { grow(to: Swift.max(2 * capacity, 16)) }
        base.unsafelyUnwrapped[count] = element
        count += 1
    }

    @inline(__always)
    package mutating func removeLast() { count -= 1 }

    /// Forgets the elements, not the memory.
    package mutating func removeAll() { count = 0 }

    /// Moves one element before all others.
    package mutating func moveToFront(_ index: Int) {
        let base = base.unsafelyUnwrapped
        let element = base[index]
        (base + 1).update(from: base, count: index)
        base[0] = element
    }

    /// `count` times the same element, in place of all.
    package mutating func fill(_ element: Element, count: Int) {
        if count > capacity { grow(to: count) }
        base?.update(repeating: element, count: count)
        self.count = count
    }

    @inline(never)
    private mutating func grow(to newCapacity: Int) {
        let grown = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        if let base { grown.update(from: base, count: count) }
        base?.deallocate()
        base = grown
        capacity = newCapacity
    }
}
