import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that can be read at any place.
protocol ByteSource: Sendable {
    /// What errors name.
    var subject: Subject { get }
    var byteCount: Int { get }
    /// Fills `buffer`; the caller has made sure that there are as many bytes.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DescentError)
}

extension ByteSource {
    /// Some bytes as an array.
    func bytes(at offset: Int, count: Int) throws(DescentError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { buffer throws(DescentError) in
            try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes
    }
}

/// A file open for reading.
///
/// It is read where it is asked for, not mapped: if somebody cuts it short meanwhile, a mapping would end the process.
/// A file that is replaced by renaming stays what it was.
final class InputFile: ByteSource {
    let subject: Subject
    let byteCount: Int
    private let descriptor: Int32

    init(_ path: String, _ operation: StaticString) throws(DescentError) {
        subject = Subject(operation: operation, file: path)
        try subject.checkPath()
        // Opening a pipe would wait for a writer.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw subject.systemFailure("the file must be readable") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw subject.failure("only a regular file can be read", received: "something else")
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DescentError) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            // Linux takes at most 2 GiB at once.
            let count = pread(descriptor, base + done, min(buffer.count - done, 1 << 30), off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw subject.failure(
                    "a file must not shrink while it is read", received: "its end", at: offset + done)
            } else if errno != EINTR {
                throw subject.systemFailure("the file must be readable", at: offset + done)
            }
        }
    }
}

/// Bytes in memory that came from a file.
struct MemorySource: ByteSource {
    let subject: Subject
    let storage: Storage
    var byteCount: Int { storage.byteCount }

    /// All bytes.
    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DescentError) {
        if !buffer.isEmpty {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: contents[offset..<offset + buffer.count]))
        }
    }
}
