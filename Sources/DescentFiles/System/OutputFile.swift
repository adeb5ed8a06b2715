import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that appears whole or not at all.
///
/// Bytes go to a hidden file in the same folder, which takes the place of the old one when everything is on the disk.
/// Whoever reads meanwhile sees the old file, and so does whoever comes after a crash.
final class OutputFile {
    let subject: Subject
    /// Bytes written so far.
    private(set) var byteCount = 0
    private let path: String
    private let folder: String
    private let partial: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 16
    /// The end of the name of a file that is not finished.
    static let partialSuffix = ".partial"

    /// Writes what `body` writes; if it throws, or anything fails, no trace is left.
    static func write(
        _ path: String, _ operation: StaticString, _ body: (OutputFile) throws(DescentError) -> Void
    ) throws(DescentError) {
        let file = try OutputFile(path, operation)
        do {
            try body(file)
            try file.commit()
        } catch {
            file.abandon()
            throw error
        }
    }

    private init(_ path: String, _ operation: StaticString) throws(DescentError) {
        subject = Subject(operation: operation, file: path)
        try subject.checkPath()
        var status = stat()
        let exists = stat(path, &status) == 0
        guard !path.isEmpty, !path.hasSuffix("/"), !exists || status.st_mode & S_IFMT == S_IFREG else {
            throw subject.failure("only a regular file can be written", received: "something else")
        }
        // A link keeps pointing to the file, whose content is what changes.
        var target = path
        if exists, let resolved = realpath(path, nil) {
            target = String(cString: resolved)
            free(resolved)
        }
        self.path = target
        folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
        partial = "\(folder).\(String(UInt64.random(in: 0 ... .max), radix: 36))\(Self.partialSuffix)"
        descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw subject.systemFailure("the folder must be writable") }
        if exists { fchmod(descriptor, status.st_mode & 0o7777) }
    }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(DescentError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count > Self.bufferSize {
            try send(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
        byteCount += bytes.count
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(DescentError) {
        try bytes.withUnsafeBufferPointer { bytes throws(DescentError) in try write(UnsafeRawBufferPointer(bytes)) }
    }

    private func flush() throws(DescentError) {
        try buffer.withUnsafeBufferPointer { bytes throws(DescentError) in try send(UnsafeRawBufferPointer(bytes)) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(DescentError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, part.baseAddress, part.count)
            #else
                let count = Darwin.write(descriptor, part.baseAddress, part.count)
            #endif
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw subject.systemFailure("the file must fit on the disk", at: byteCount)
            }
        }
    }

    private func commit() throws(DescentError) {
        try flush()
        guard Self.synchronize(descriptor) else { throw subject.systemFailure("the file must reach the disk") }
        let status = close(descriptor)
        descriptor = -1
        guard status == 0 else { throw subject.systemFailure("the file must reach the disk") }
        guard rename(partial, path) == 0 else { throw subject.systemFailure("the old file must be replaceable") }
        // The new name is on the disk only when the folder is. Some file systems know no such thing.
        let folder = open(folder, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            _ = Self.synchronize(folder)
            close(folder)
        }
    }

    private func abandon() {
        if descriptor >= 0 { close(descriptor) }
        unlink(partial)
    }

    private static func synchronize(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
            // fsync leaves the bytes in the drive's own memory.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
        #endif
        return fsync(descriptor) == 0
    }
}
