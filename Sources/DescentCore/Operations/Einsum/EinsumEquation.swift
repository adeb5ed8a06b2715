/// An equation such as `"bij,bjk->bik"`, read for operands of given ranks.
///
/// Letters become their code points; the axes that an ellipsis stands for get the numbers −1, −2, … from the last, so that
/// they align from the last.
struct EinsumEquation {
    typealias Label = Int

    let operands: [[Label]]
    let output: [Label]

    init(_ text: String, shapes: [Shape]) throws(DescentError) {
        let sides = EinsumEquation.split(text.unicodeScalars.filter { $0 != " " })
        guard let left = sides.first, sides.count <= 2 else {
            throw DescentError("einsum", "an equation has at most one arrow", received: "\"\(text)\"")
        }
        let terms = left.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
        guard terms.count == shapes.count else {
            throw DescentError(
                "einsum", "an equation has a term for each operand",
                received: "\(terms.count) terms for \(shapes.count) operands")
        }
        var operands: [[Label]] = []
        for (term, shape) in zip(terms, shapes) {
            operands.append(try EinsumEquation.labels(term, rank: shape.rank, text))
        }
        let ellipsis = operands.joined().filter { $0 < 0 }.min() ?? 0
        let spread = Array(ellipsis..<0)
        if sides.count == 2 {
            output = try EinsumEquation.labels(sides[1], ellipsis: spread, text)
            guard Set(output).count == output.count else {
                throw DescentError("einsum", "an output names an index once", received: "\"\(text)\"")
            }
            guard Set(output).isSubset(of: Set(operands.joined())) else {
                throw DescentError("einsum", "an output names indices of the operands", received: "\"\(text)\"")
            }
        } else {
            var counts: [Label: Int] = [:]
            for label in operands.joined() where label > 0 { counts[label, default: 0] += 1 }
            output = spread + counts.filter { $0.value == 1 }.keys.sorted()
        }
        self.operands = operands
    }

    private static func split(_ letters: some Sequence<Unicode.Scalar>) -> [[Unicode.Scalar]] {
        var sides: [[Unicode.Scalar]] = [[]]
        var dash = false
        for letter in letters {
            if dash, letter == ">" {
                sides[sides.count - 1].removeLast()
                sides.append([])
                dash = false
            } else {
                sides[sides.count - 1].append(letter)
                dash = letter == "-"
            }
        }
        return sides
    }

    private static func labels(_ term: [Unicode.Scalar], rank: Int, _ text: String) throws(DescentError) -> [Label] {
        let named = term.count { $0.properties.isAlphabetic }
        let hidden = rank - named
        let labels = try labels(term, ellipsis: hidden > 0 ? Array(-hidden..<0) : [], text)
        guard labels.count == rank else {
            throw DescentError(
                "einsum", "a term names every axis of its operand, or has an ellipsis for the others",
                received: "\"\(String(String.UnicodeScalarView(term)))\" of \"\(text)\" for \(rank) axes")
        }
        return labels
    }

    private static func labels(
        _ term: [Unicode.Scalar], ellipsis: [Label], _ text: String
    ) throws(DescentError) -> [Label] {
        var labels: [Label] = []
        var index = 0
        var isSpread = false
        while index < term.count {
            if term[index].properties.isAlphabetic {
                labels.append(Label(term[index].value))
                index += 1
            } else if !isSpread, index + 3 <= term.count, term[index..<index + 3].allSatisfy({ $0 == "." }) {
                labels += ellipsis
                isSpread = true
                index += 3
            } else {
                throw DescentError(
                    "einsum", "an equation has letters, commas, an arrow, and an ellipsis for each term",
                    received: "\"\(text)\"")
            }
        }
        return labels
    }
}
