import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder in which one writer works.
package enum Folder {
    /// Makes the folder, and those that it lies in, where they are missing.
    package static func make(_ path: String, _ operation: StaticString) throws(DescentError) {
        try EventFile.makeFolder(path, operation)
    }

    /// Removes files that a killed writer has left half done. For the owner of the folder's lock alone.
    package static func removeRemains(_ path: String) {
        guard let directory = opendir(path) else { return }
        defer { closedir(directory) }
        var remains: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("."), name.hasSuffix(OutputFile.partialSuffix) { remains.append(name) }
        }
        for name in remains { unlink("\(path)/\(name)") }
    }

    /// Removes a file, and the folder if nothing else is in it. What is not there is no error.
    package static func remove(_ file: String, in folder: String?) {
        unlink(file)
        if let folder { rmdir(folder) }
    }

    /// Whether there is a file, or a folder, of that name.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The folder of a file's path; nil if the path names none.
    package static func of(_ path: String) -> String? {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
    }
}

/// The right to be the only writer of a folder: as long as this object lives, and no longer than the process.
package final class FolderLock {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: if somebody else has it, or the folder cannot be opened.
    package init(_ path: String, _ operation: StaticString) throws(DescentError) {
        let subject = Subject(operation: operation, file: path)
        try subject.checkPath()
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw subject.systemFailure("the folder must be readable") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let failure = subject.systemFailure("the folder must be one that can be locked")
            close(descriptor)
            throw isTaken
                ? subject.failure("one training at a time may write to a folder", received: "a folder in use") : failure
        }
        guard access(path, W_OK) == 0 else {
            let failure = subject.systemFailure("the folder must be writable")
            close(descriptor)
            throw failure
        }
    }

    deinit { close(descriptor) }
}

/// A text that grows at its end.
package final class GrowingText {
    private let subject: Subject
    private let descriptor: Int32
    /// Bytes in the file.
    package private(set) var byteCount: Int

    /// Opens a file, which is made if it is missing.
    ///
    /// - Parameter keep: how many bytes of what is there stay; nil is all.
    package init(_ path: String, keep: Int?, _ operation: StaticString) throws(DescentError) {
        subject = Subject(operation: operation, file: path)
        try subject.checkPath()
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw subject.systemFailure("the file must be writable") }
        let length = Int(lseek(descriptor, 0, SEEK_END))
        byteCount = min(keep ?? length, length)
        guard ftruncate(descriptor, off_t(byteCount)) == 0, lseek(descriptor, off_t(byteCount), SEEK_SET) >= 0 else {
            let failure = subject.systemFailure("the file must be one that can be shortened")
            close(descriptor)
            throw failure
        }
    }

    deinit { close(descriptor) }

    /// Appends text, in one piece.
    package func append(_ text: String) throws(DescentError) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                    Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #elseif canImport(Musl)
                    Musl.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #else
                    Darwin.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #endif
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                let failure = subject.systemFailure("the line must fit on the disk", at: byteCount)
                ftruncate(descriptor, off_t(byteCount))
                lseek(descriptor, off_t(byteCount), SEEK_SET)
                throw failure
            }
        }
        byteCount += done
    }
}
