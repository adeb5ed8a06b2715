import CDescent

/// What computes.
enum Environment {
    static var facts: [(name: String, value: String)] {
        [
            ("instruction set", String(cString: cd_isa_name(cd_isa()))), ("threads", "\(cd_threads())"),
            ("system", system), ("processor", processor),
        ]
    }

    private static var system: String {
        #if os(Linux)
            "Linux"
        #elseif os(macOS)
            "macOS"
        #elseif os(iOS)
            "iOS"
        #else
            "another"
        #endif
    }

    private static var processor: String {
        #if arch(x86_64)
            "x86-64"
        #elseif arch(arm64)
            "arm64"
        #else
            "another"
        #endif
    }
}
