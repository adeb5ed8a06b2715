import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of TensorFlow's records: length, checksum of the length, content, checksum of the content.
///
/// Others read while it grows, so every record goes to the file in one piece. A process that is killed leaves at most the
/// last record cut short, which readers pass over.
struct EventFile: ~Copyable {
    private let subject: Subject
    private var descriptor: Int32
    private var byteCount = 0

    private init(_ subject: Subject, _ descriptor: Int32) {
        self.subject = subject
        self.descriptor = descriptor
    }

    /// A new file.
    static func create(_ path: String, _ operation: StaticString) throws(DescentError) -> EventFile {
        let subject = Subject(operation: operation, file: path)
        try subject.checkPath()
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw subject.systemFailure("the folder must be writable") }
        return EventFile(subject, descriptor)
    }

    deinit { if descriptor >= 0 { Self.close(descriptor) } }

    /// Whether nothing more can be written.
    var isClosed: Bool { descriptor < 0 }

    /// Appends a record.
    mutating func append(_ content: [UInt8]) throws(DescentError) {
        guard !isClosed else {
            throw subject.failure("an event writer must be open", received: "one that is closed")
        }
        let record = Self.record(content)
        var done = 0
        while done < record.count {
            let count = record.withUnsafeBytes { Self.write(descriptor, $0.baseAddress! + done, record.count - done) }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                let failure = subject.systemFailure("the record must fit on the disk", at: byteCount)
                // Half a record would hide all later ones.
                ftruncate(descriptor, off_t(byteCount))
                lseek(descriptor, off_t(byteCount), SEEK_SET)
                throw failure
            }
        }
        byteCount += record.count
    }

    /// Waits until everything is on the disk.
    mutating func flush() throws(DescentError) {
        guard isClosed || fsync(descriptor) == 0 else { throw subject.systemFailure("the file must reach the disk") }
    }

    /// Ends the file; nothing happens if it has ended.
    mutating func end() throws(DescentError) {
        try flush()
        if !isClosed { Self.close(descriptor) }
        descriptor = -1
    }

    static func record(_ content: [UInt8]) -> [UInt8] {
        var record: [UInt8] = []
        record.append(little: UInt64(content.count))
        record.append(little: masked(record))
        record.append(contentsOf: content)
        record.append(little: masked(content))
        return record
    }

    /// The checksum as records hold it: turned and moved, since they often hold data that itself contains checksums.
    private static func masked(_ bytes: [UInt8]) -> UInt32 {
        let checksum = Checksum.castagnoli.value(of: bytes)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }

    private static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    /// Seconds since 1970.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The name of this machine, as part of a file's name.
    static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).replacingSlashes
    }

    /// Makes a folder and those it lies in, as far as they are missing.
    static func makeFolder(_ path: String, _ operation: StaticString) throws(DescentError) {
        let subject = Subject(operation: operation, file: path)
        try subject.checkPath()
        var prefix = ""
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += component
            if !prefix.isEmpty, mkdir(prefix, 0o777) != 0, errno != EEXIST, errno != EISDIR, errno != EROFS {
                throw subject.systemFailure("the folder must be there, or its parent writable")
            }
            prefix += "/"
        }
    }
}

extension String {
    fileprivate var replacingSlashes: String { String(map { $0 == "/" ? "-" : $0 }) }
}
