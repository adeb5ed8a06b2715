/// The colours of charts. Each of the eight stands out from the paper, and any two can be told apart with each of the
/// common kinds of colour blindness; series also differ by dashes and shapes.
enum Palette {
    static let light = ["#0b62a8", "#d1570a", "#1ca597", "#b26ff8", "#96301f", "#3a3362", "#00088f", "#580c02"]
    static let dark = ["#5aa9f0", "#f08a3c", "#bbfcb9", "#fdc71c", "#99578a", "#2de8ff", "#6761ea", "#cc2b0e"]

    static let lightPaper = "#ffffff"
    static let darkPaper = "#16191d"

    static let lightRoles = "--ink:#1f2429;--muted:#5c6670;--grid:#e6e9ec;--axis:#b4bbc2;--paper:\(lightPaper)"
    static let darkRoles = "--ink:#e6e9ec;--muted:#9aa4ae;--grid:#2a2f35;--axis:#555e67;--paper:\(darkPaper)"

    private static func variables(_ roles: String, _ colours: [String]) -> String {
        roles + colours.enumerated().map { ";--c\($0 + 1):\($1)" }.joined()
    }

    static let lightVariables = variables(lightRoles, light)
    static let darkVariables = variables(darkRoles, dark)

    /// Which colour a series has.
    static func colour(_ series: Int) -> Int { series % light.count }

    /// Which dashes and which shape: other ones when the colours begin again.
    static func pattern(_ series: Int) -> Int { (series + series / light.count) % light.count }

    /// Lengths of line and gap; none for a solid line.
    static let dashes = ["", "7 4", "2 4", "10 3 2 3", "14 4", "4 2 1 2 1 2", "8 3 2 3 2 3", "4 6"]

    /// Colours of the 256 that terminals have; they can be read on light and dark.
    static let terminal = [33, 208, 36, 169, 136, 74, 98, 244]
}
