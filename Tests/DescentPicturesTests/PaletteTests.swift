import Testing

@testable import DescentPictures

@Suite("colours")
struct PaletteTests {
    typealias Colour = SIMD3<Double>

    private func linear(_ hex: String) -> Colour {
        let value = Int(hex.dropFirst(), radix: 16) ?? 0
        return Colour(
            [value >> 16, value >> 8 & 255, value & 255].map { part in
                let c = Double(part) / 255
                return c <= 0.04045 ? c / 12.92 : powerOfTen(2.4 * decimalLogarithm((c + 0.055) / 1.055))
            })
    }

    private func luminance(_ c: Colour) -> Double { (c * Colour(0.2126, 0.7152, 0.0722)).sum() }

    private func contrast(_ a: String, _ b: String) -> Double {
        let (x, y) = (luminance(linear(a)), luminance(linear(b)))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    /// In Oklab, where equal distances look about equally different.
    private func perceived(_ c: Colour) -> Colour {
        let lms = Colour(
            (c * Colour(0.4122214708, 0.5363325363, 0.0514459929)).sum(),
            (c * Colour(0.2119034982, 0.6806995451, 0.1073969566)).sum(),
            (c * Colour(0.0883024619, 0.2817188376, 0.6299787005)).sum())
        let root = Colour(cubeRoot(max(lms.x, 0)), cubeRoot(max(lms.y, 0)), cubeRoot(max(lms.z, 0)))
        return Colour(
            (root * Colour(0.2104542553, 0.7936177850, -0.0040720468)).sum(),
            (root * Colour(1.9779984951, -2.4285922050, 0.4505937099)).sum(),
            (root * Colour(0.0259040371, 0.7827717662, -0.8086757660)).sum())
    }

    /// Full protanopia, deuteranopia and tritanopia by Machado, Oliveira and Fernandes (2009), and none.
    static let views: [(name: String, rows: [Colour])] = [
        ("trichromat", [Colour(1, 0, 0), Colour(0, 1, 0), Colour(0, 0, 1)]),
        (
            "protanope",
            [
                Colour(0.152286, 1.052583, -0.204868), Colour(0.114503, 0.786281, 0.099216),
                Colour(-0.003882, -0.048116, 1.051998),
            ]
        ),
        (
            "deuteranope",
            [
                Colour(0.367322, 0.860646, -0.227968), Colour(0.280085, 0.672501, 0.047413),
                Colour(-0.011820, 0.042940, 0.968881),
            ]
        ),
        (
            "tritanope",
            [
                Colour(1.255528, -0.076749, -0.178779), Colour(-0.078411, 0.930809, 0.147602),
                Colour(0.004733, 0.691367, 0.303900),
            ]
        ),
    ]

    @Test(
        "colours stand out from the paper",
        arguments: [
            (Palette.light, Palette.lightPaper), (Palette.dark, Palette.darkPaper),
        ])
    func contrast(_ colours: [String], _ paper: String) {
        #expect(colours.count == 8)
        for colour in colours { #expect(contrast(colour, paper) >= 3, "\(colour)") }
    }

    @Test("any two can be told apart with each kind of colour blindness", arguments: [Palette.light, Palette.dark])
    func distances(_ colours: [String]) {
        for (name, rows) in Self.views {
            let seen = colours.map { hex in
                let c = linear(hex)
                return perceived(Colour((rows[0] * c).sum(), (rows[1] * c).sum(), (rows[2] * c).sum()))
            }
            for i in seen.indices {
                for j in 0..<i {
                    let difference = seen[i] - seen[j]
                    let distance = (difference * difference).sum().squareRoot()
                    #expect(distance >= 0.12, "\(name): \(colours[i]) \(colours[j]) \(brief(distance))")
                }
            }
        }
    }
}
