import Descent

/// What is asked about files before work begins, so that a mistake costs no training.
enum File {
    static func requireReadable(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure.system(path) }
        if status.st_mode & S_IFMT == S_IFDIR { throw Failure.system(path, EISDIR) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure("\(path): only a regular file can be read") }
        guard access(path, R_OK) == 0 else { throw Failure.system(path) }
    }

    /// Refuses a file that could not be written, or that is one of those that are read.
    static func requireWritable(_ path: String, notOneOf inputs: [String]) throws {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { throw Failure.system(path, EISDIR) }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw Failure("\(path): only a regular file can be written")
            }
            for input in inputs {
                var other = stat()
                if stat(input, &other) == 0, other.st_ino == status.st_ino, other.st_dev == status.st_dev {
                    throw Failure("\(path): this file is read; another one must be written", status: 2)
                }
            }
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard access(folder, W_OK) == 0 else { throw Failure.system(path) }
    }
}
