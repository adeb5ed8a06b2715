/// Expands what the deflate method (RFC 1951) has compressed.
struct Inflate: ~Copyable {
    /// What is wrong with compressed bytes, and at which of them.
    struct Failure: Error {
        let rule: String
        let received: String
        let position: Int
    }

    private let input: UnsafeRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer
    private var position = 0
    private var written = 0
    private var bits: UInt64 = 0
    private var bitCount = 0

    /// Fills `output`, whose length is known, from all of `input`.
    static func expand(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Failure) {
        var inflate = Inflate(input: input, output: output)
        try inflate.run()
    }

    private init(input: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer) {
        self.input = input
        self.output = output
    }

    private func failure(_ rule: String, _ received: String) -> Failure {
        Failure(rule: rule, received: received, position: position - bitCount / 8)
    }

    private mutating func run() throws(Failure) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try expandBlock(Self.fixedSymbols, Self.fixedDistances)
            case 2:
                let (symbols, distances) = try readCodes()
                try expandBlock(symbols, distances)
            default: throw failure("a compressed block must be of kind 0, 1 or 2", "3")
            }
        }
        guard written == output.count, position - bitCount / 8 == input.count else {
            throw failure(
                "\(input.count) compressed bytes must stand for \(output.count)",
                "\(position - bitCount / 8) that stand for \(written)")
        }
    }

    // MARK: Bits

    @inline(__always)
    private mutating func refill() {
        while bitCount <= 56, position < input.count {
            bits |= UInt64(input[position]) << bitCount
            position += 1
            bitCount += 8
        }
    }

    @inline(__always)
    private mutating func take(_ count: Int) throws(Failure) -> Int {
        if bitCount < count {
            refill()
            guard bitCount >= count else { throw failure("compressed bytes must not end early", "their end") }
        }
        let value = Int(bits & (1 << count - 1))
        bits >>= count
        bitCount -= count
        return value
    }

    @inline(__always)
    private mutating func symbol(_ code: borrowing HuffmanCode) throws(Failure) -> Int {
        if bitCount < 15 { refill() }
        guard let (symbol, length) = code.decode(bits), length <= bitCount else {
            throw failure("a compressed symbol must be one of the code", "another, or the end")
        }
        bits >>= length
        bitCount -= length
        return symbol
    }

    // MARK: Blocks

    private mutating func copyStored() throws(Failure) {
        _ = try take(bitCount % 8)
        let length = try take(16)
        guard try take(16) == ~length & 0xFFFF else {
            throw failure("the length of a stored block must stand there twice", "two lengths")
        }
        // What was read ahead goes back.
        position -= bitCount / 8
        (bits, bitCount) = (0, 0)
        guard length <= input.count - position, length <= output.count - written else {
            throw failure("a stored block must fit", "\(length) bytes")
        }
        for offset in 0..<length { output[written + offset] = input[position + offset] }
        position += length
        written += length
    }

    private mutating func expandBlock(_ symbols: HuffmanCode, _ distances: HuffmanCode) throws(Failure) {
        while true {
            let symbol = try symbol(symbols)
            if symbol < 256 {
                guard written < output.count else { throw overflow }
                output[written] = UInt8(symbol)
                written += 1
                continue
            }
            if symbol == 256 { return }
            guard symbol < 286 else { throw failure("a length must be one of 29", "number \(symbol - 257)") }
            let length = Self.lengthBases[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
            let kind = try self.symbol(distances)
            guard kind < 30 else { throw failure("a distance must be one of 30", "number \(kind)") }
            let distance = Self.distanceBases[kind] + (try take(Self.distanceBits[kind]))
            guard distance <= written else {
                throw failure("a repetition must begin in what is there", "\(distance) back from \(written)")
            }
            guard length <= output.count - written else { throw overflow }
            // Byte by byte: a repetition may overlap what it repeats.
            for index in written..<written + length { output[index] = output[index - distance] }
            written += length
        }
    }

    private var overflow: Failure {
        failure("compressed bytes must stand for as many as the archive says", "more than \(output.count)")
    }

    /// The codes of a block, themselves compressed by a code.
    private mutating func readCodes() throws(Failure) -> (HuffmanCode, HuffmanCode) {
        let symbolCount = try take(5) + 257
        let distanceCount = try take(5) + 1
        let lengthCount = try take(4) + 4
        guard symbolCount <= 286, distanceCount <= 30 else {
            throw failure("a block has at most 286 symbols and 30 distances", "\(symbolCount) and \(distanceCount)")
        }
        var lengths = [UInt8](repeating: 0, count: 19)
        for index in Self.lengthOrder.prefix(lengthCount) { lengths[index] = UInt8(try take(3)) }
        guard let lengthCode = HuffmanCode(lengths) else { throw failure("a code must be complete", "another") }
        lengths.removeAll(keepingCapacity: true)
        while lengths.count < symbolCount + distanceCount {
            let symbol = try symbol(lengthCode)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw failure("a repeated length must follow one", "none") }
                lengths.append(contentsOf: repeatElement(last, count: 3 + (try take(2))))
            case 17: lengths.append(contentsOf: repeatElement(0, count: 3 + (try take(3))))
            case 18: lengths.append(contentsOf: repeatElement(0, count: 11 + (try take(7))))
            default: lengths.append(UInt8(symbol))
            }
        }
        guard lengths.count == symbolCount + distanceCount, lengths[256] > 0,
            let symbols = HuffmanCode(lengths.prefix(symbolCount)),
            let distances = HuffmanCode(lengths.dropFirst(symbolCount))
        else { throw failure("a code must be complete, with an end", "another") }
        return (symbols, distances)
    }

    // MARK: Tables of the format

    private static let fixedSymbols = HuffmanCode(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })!
    private static let fixedDistances = HuffmanCode([UInt8](repeating: 5, count: 32))!
    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBits = (0..<29).map { $0 == 28 ? 0 : max(0, $0 / 4 - 1) }
    private static let lengthBases = bases(lengthBits, first: 3).enumerated().map { $0 == 28 ? 258 : $1 }
    private static let distanceBits = (0..<30).map { max(0, $0 / 2 - 1) }
    private static let distanceBases = bases(distanceBits, first: 1)

    /// Where the values of each symbol begin: each stands for 2^bits of them.
    private static func bases(_ bits: [Int], first: Int) -> [Int] {
        var next = first
        return bits.map { bits in
            defer { next += 1 << bits }
            return next
        }
    }
}

/// A prefix code, given by the lengths of its words.
struct HuffmanCode: Sendable {
    /// For all words of up to ten bits, by the next ten bits: symbol and length; 0 for longer ones.
    private var quick: [UInt16]
    /// How many words there are of each length, and the symbols in order of their words.
    private var counts: [Int]
    private var symbols: [UInt16]
    private static let quickBits = 10

    /// Nil if the lengths are those of no complete code. (A single word of one bit is allowed, and so is none.)
    init?(_ lengths: some Collection<UInt8>) {
        counts = [Int](repeating: 0, count: 16)
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var free = 1
        for length in 1...15 {
            free = free << 1 - counts[length]
            if free < 0 { return nil }
        }
        let words = counts.reduce(0, +)
        guard free == 0 || words == 0 || words == 1 && counts[1] == 1 else { return nil }
        var offsets = [Int](repeating: 0, count: 17)
        for length in 1...15 { offsets[length + 1] = offsets[length] + counts[length] }
        symbols = [UInt16](repeating: 0, count: words)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[offsets[Int(length)]] = UInt16(symbol)
            offsets[Int(length)] += 1
        }
        quick = [UInt16](repeating: 0, count: 1 << Self.quickBits)
        var word = 0
        var index = 0
        for length in 1...Self.quickBits {
            for _ in 0..<counts[length] {
                // Words come highest bit first.
                let reversed = Int(UInt16(word).bitReversed >> (16 - length))
                for rest in 0..<1 << (Self.quickBits - length) {
                    quick[reversed | rest << length] = symbols[index] << 4 | UInt16(length)
                }
                word += 1
                index += 1
            }
            word <<= 1
        }
    }

    /// The symbol that `bits` begin with, lowest bit first, and the length of its word.
    @inline(__always)
    func decode(_ bits: UInt64) -> (symbol: Int, length: Int)? {
        let entry = quick[Int(bits & (1 << Self.quickBits - 1))]
        if entry != 0 { return (Int(entry >> 4), Int(entry & 15)) }
        var (word, first, index) = (0, 0, 0)
        for length in 1...15 {
            word |= Int(bits >> (length - 1) & 1)
            let count = counts[length]
            if word - first < count { return (Int(symbols[index + word - first]), length) }
            index += count
            first = (first + count) << 1
            word <<= 1
        }
        return nil
    }
}

extension UInt16 {
    fileprivate var bitReversed: UInt16 {
        var (source, result) = (self, UInt16(0))
        for _ in 0..<16 {
            result = result << 1 | source & 1
            source >>= 1
        }
        return result
    }
}
