import Descent

/// Why the command ends without having done what was asked for.
struct Failure: Error {
    /// What the shell gets: 1 for a failure, 2 for a wrong call, 130 after Ctrl-C.
    let status: Int32
    /// One line; none if empty.
    let message: String

    init(_ message: String, status: Int32 = 1) {
        self.message = message
        self.status = status
    }

    /// Any error, as this command says it.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        // The place in this program's source means nothing to its user.
        case let error as DescentError: self.init("\(error.rule): \(error.received)")
        default: self.init("\(error)")
        }
    }

    /// A wrong call of a command.
    static func usage(_ message: String, _ command: String) -> Failure {
        Failure("\(message) (see \(command) --help)", status: 2)
    }

    /// What the system says of a file.
    static func system(_ path: String, _ code: Int32 = errno) -> Failure {
        Failure("\(path): \(String(cString: strerror(code)))")
    }
}
