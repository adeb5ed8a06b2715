import DescentCore

/// A file inside an archive.
struct ZipEntry: Sendable {
    let name: String
    let isCompressed: Bool
    let checksum: UInt32
    /// The bytes of the file when it is expanded.
    let size: Int
    /// Where the stored bytes lie in the archive.
    let range: Range<Int>

    /// The bytes of the file, expanded and checked.
    func contents(of archive: InputFile, limit: Int) throws(DescentError) -> MemorySource {
        let subject = Subject(operation: archive.subject.operation, file: "\(archive.subject.file): \(name)")
        // No byte of a compressed stream stands for more than 1032 bytes.
        guard !isCompressed || size <= limit && (size - 1) / 1032 <= range.count else {
            throw subject.failure(
                "\(range.count) compressed bytes may stand for 1032 times as many, and for \(limit) at most",
                received: "\(size)", at: range.lowerBound)
        }
        let stored = Storage(byteCount: range.count)
        try archive.read(
            at: range.lowerBound, into: UnsafeMutableRawBufferPointer(start: stored.pointer, count: range.count))
        var contents = MemorySource(subject: subject, storage: stored)
        if isCompressed {
            let expanded = Storage(byteCount: size)
            do {
                try Inflate.expand(
                    contents.contents, into: UnsafeMutableRawBufferPointer(start: expanded.pointer, count: size))
            } catch {
                throw subject.failure(error.rule, received: error.received, at: range.lowerBound + error.position)
            }
            contents = MemorySource(subject: subject, storage: expanded)
        }
        let computed = Checksum.zip.value(of: contents.contents)
        guard computed == checksum else {
            throw subject.failure(
                "the checksum must be \(String(checksum, radix: 16))", received: String(computed, radix: 16),
                at: range.lowerBound)
        }
        return contents
    }
}

/// The directory of a ZIP archive, which stands at its end.
struct ZipDirectory {
    private let archive: InputFile
    private var count = 0
    private var range = 0..<0

    /// The files of an archive in the order of its directory. Every one is known to lie in the archive, and no two share
    /// bytes.
    static func entries(of archive: InputFile) throws(DescentError) -> [ZipEntry] {
        let directory = try ZipDirectory(archive)
        return try directory.entries()
    }

    private init(_ archive: InputFile) throws(DescentError) {
        self.archive = archive
        // The last record has 22 bytes and a comment of at most 65535.
        let tailStart = max(0, archive.byteCount - 22 - 65535)
        let tail = try archive.bytes(at: tailStart, count: archive.byteCount - tailStart)
        var end = tail.count - 22
        while end >= 0 {
            if tail[end] == 0x50, tail.little(end) == UInt32(0x0605_4B50),
                tail.little16(end + 20) == tail.count - end - 22
            {
                break
            }
            end -= 1
        }
        guard end >= 0 else {
            throw archive.subject.failure("an archive must end with its directory", received: "no end of a directory")
        }
        let disks = [tail.little16(end + 4)!, tail.little16(end + 6)!]
        var (counts, size, offset) = (
            [tail.little16(end + 8)!, tail.little16(end + 10)!], tail.little32(end + 12)!, tail.little32(end + 16)!
        )
        var directoryEnd = tailStart + end
        if end >= 20, tail.little(end - 20) == UInt32(0x0706_4B50) {
            // What does not fit stands in a larger record before.
            guard let position = tail.little64(end - 20 + 8), position <= archive.byteCount - 56 - 20 - 22 else {
                throw archive.subject.failure(
                    "the end of the directory must lie in the file", received: "another offset",
                    at: tailStart + end - 20 + 8)
            }
            let record = try archive.bytes(at: position, count: 56)
            guard record.little(0) == UInt32(0x0606_4B50), let all = record.little64(32),
                let here = record.little64(24),
                let length = record.little64(40), let start = record.little64(48)
            else {
                throw archive.subject.failure(
                    "the large end of the directory must be sound", received: "something else", at: position)
            }
            (counts, size, offset, directoryEnd) = ([here, all], length, start, position)
        }
        guard disks.allSatisfy({ $0 == 0 || $0 == 0xFFFF }), counts[0] == counts[1] else {
            throw archive.subject.failure(
                "an archive must be in one piece", received: "one of several", at: tailStart + end + 4)
        }
        guard offset <= directoryEnd, size == directoryEnd - offset, counts[1] <= size / 46 else {
            throw archive.subject.failure(
                "the directory must lie before its end", received: "\(counts[1]) files in \(size) bytes at \(offset)",
                at: tailStart + end)
        }
        count = counts[1]
        range = offset..<offset + size
    }

    private func entries() throws(DescentError) -> [ZipEntry] {
        let directory = try archive.bytes(at: range.lowerBound, count: range.count)
        var entries: [ZipEntry] = []
        var spans: [Range<Int>] = []
        var position = 0
        for _ in 0..<count {
            let (entry, start, length) = try entry(directory, position)
            entries.append(entry)
            spans.append(start..<entry.range.upperBound)
            position += length
        }
        guard position == directory.count else {
            throw archive.subject.failure(
                "the directory must end with its last file", received: "\(directory.count - position) more bytes",
                at: range.lowerBound + position)
        }
        spans.sort { $0.lowerBound < $1.lowerBound }
        for (span, next) in zip(spans, spans.dropFirst()) where next.lowerBound < span.upperBound {
            throw archive.subject.failure(
                "files of an archive may not share bytes", received: "one that ends at \(span.upperBound)",
                at: next.lowerBound)
        }
        return entries
    }

    /// The file at a position of the directory, where its header is, and the length of the directory's record.
    private func entry(
        _ directory: [UInt8], _ position: Int
    ) throws(DescentError) -> (entry: ZipEntry, start: Int, length: Int) {
        func failure(_ rule: String, _ received: String) -> DescentError {
            archive.subject.failure(rule, received: received, at: range.lowerBound + position)
        }
        guard directory.little(position) == UInt32(0x0201_4B50), let flags = directory.little16(position + 8),
            let method = directory.little16(position + 10),
            let checksum = directory.little(position + 16, as: UInt32.self),
            var stored = directory.little32(position + 20), var size = directory.little32(position + 24),
            let nameLength = directory.little16(position + 28), let extraLength = directory.little16(position + 30),
            let commentLength = directory.little16(position + 32), var start = directory.little32(position + 42),
            position + 46 + nameLength + extraLength + commentLength <= directory.count
        else { throw failure("a record of the directory must be whole", "a part") }
        let nameBytes = directory[(position + 46)...].prefix(nameLength)
        guard let name = String(validating: nameBytes, as: UTF8.self) else {
            throw failure("a name must be UTF-8", "other bytes")
        }
        guard method == 0 || method == 8, flags & 1 == 0 else {
            throw failure(
                "a file must be stored or deflated, and not encrypted",
                "method \(method)\(flags & 1 == 1 ? ", encrypted" : "") for \(name.debugDescription)")
        }
        // Numbers that do not fit stand in the first extra field of kind 1, in this order.
        var extra = position + 46 + nameLength
        let extraEnd = extra + extraLength
        while extra + 4 <= extraEnd, let kind = directory.little16(extra), let length = directory.little16(extra + 2) {
            let fieldEnd = extra + 4 + length
            guard fieldEnd <= extraEnd else { throw failure("an extra field must be whole", "a part") }
            if kind == 1 {
                var field = extra + 4
                func large(_ value: Int) -> Int? {
                    guard value == 0xFFFF_FFFF else { return value }
                    defer { field += 8 }
                    return field + 8 <= fieldEnd ? directory.little64(field) : nil
                }
                guard let a = large(size), let b = large(stored), let c = large(start) else {
                    throw failure("sizes and offsets must fit in a file", "others")
                }
                (size, stored, start) = (a, b, c)
                break
            }
            extra = fieldEnd
        }
        let data = try dataStart(of: nameBytes, method: method, at: start)
        guard stored <= range.lowerBound - data, method == 8 || stored == size else {
            throw failure(
                "a file must lie before the directory", "\(stored) bytes at \(data), \(size) expanded")
        }
        let entry = ZipEntry(
            name: name, isCompressed: method == 8, checksum: checksum, size: size, range: data..<data + stored)
        return (entry, start, 46 + nameLength + extraLength + commentLength)
    }

    /// Where the bytes of a file begin: behind a header of its own, which must agree with the directory.
    private func dataStart(of name: ArraySlice<UInt8>, method: Int, at start: Int) throws(DescentError) -> Int {
        guard start <= range.lowerBound - 30 else {
            throw archive.subject.failure(
                "a file must lie before the directory", received: "an offset of \(start)", at: range.lowerBound)
        }
        let header = try archive.bytes(at: start, count: min(30 + name.count, range.lowerBound - start))
        let nameLength = header.little16(26)!
        let data = start + 30 + nameLength + header.little16(28)!
        guard header.little(0) == UInt32(0x0403_4B50), header.little16(8) == method, nameLength == name.count,
            header.dropFirst(30).elementsEqual(name), data <= range.lowerBound
        else {
            throw archive.subject.failure(
                "the header of a file must agree with the directory", received: "something else", at: start)
        }
        return data
    }
}
