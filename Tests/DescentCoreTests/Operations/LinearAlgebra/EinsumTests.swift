import DescentCore
import DescentTestSupport
import Testing

@Suite("Einsum")
struct EinsumTests {
    /// By definition: a sum over all values of all indices. Letters only.
    private func plain(_ equation: String, _ operands: [Tensor]) -> Tensor {
        let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
        let terms = sides[0].dropLast().split(separator: ",").map(Array.init)
        let output = Array(sides[1])
        var extents: [Character: Int] = [:]
        for (term, operand) in zip(terms, operands) {
            for (axis, letter) in term.enumerated() where extents[letter] ?? 1 == 1 {
                extents[letter] = operand.shape[axis]
            }
        }
        let letters = output + extents.keys.filter { !output.contains($0) }.sorted()
        let shape = Shape(output.map { extents[$0]! })
        var sums = [Double](repeating: 0, count: shape.count)
        let values = operands.map { $0.scalars(as: Double.self) }
        let total = letters.reduce(1) { $0 * extents[$1]! }
        let inner = total / max(shape.count, 1)
        for flat in 0..<total {
            var index: [Character: Int] = [:]
            var rest = flat
            for letter in letters.reversed() {
                index[letter] = rest % extents[letter]!
                rest /= extents[letter]!
            }
            var product = 1.0
            for ((term, operand), value) in zip(zip(terms, operands), values) {
                var place = 0
                for (axis, letter) in term.enumerated() {
                    place = place * operand.shape[axis] + (operand.shape[axis] == 1 ? 0 : index[letter]!)
                }
                product *= value[place]
            }
            sums[flat / inner] += product
        }
        return Tensor(sums, shape: shape)
    }

    static let equations: [(String, [Shape])] = [
        ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,kj->ik", [[2, 3], [4, 3]]), ("ij,jk->ki", [[2, 3], [3, 4]]),
        ("bij,bjk->bik", [[2, 2, 3], [2, 3, 4]]), ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]), ("ij->j", [[2, 3]]),
        ("ii->i", [[3, 3]]), ("ii->", [[3, 3]]), ("iji->j", [[3, 2, 3]]), ("iji->ij", [[3, 2, 3]]),
        ("iij->ji", [[3, 3, 2]]),
        ("iii->i", [[3, 3, 3]]), ("i,j->ij", [[2], [3]]), ("i,j->ji", [[2], [3]]), ("ij,ij->i", [[2, 3], [2, 3]]),
        ("ij,ij->", [[2, 3], [2, 3]]), ("i,i->i", [[3], [3]]), ("ij,j->i", [[2, 3], [3]]), ("i,ij->j", [[2], [2, 3]]),
        ("ijk,ilm->jklm", [[2, 3, 2], [2, 2, 2]]), ("abc,cbd->ad", [[2, 3, 2], [2, 3, 4]]),
        ("ab,b->ab", [[2, 3], [3]]),
        ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]), ("ij,jk,ki->", [[2, 3], [3, 4], [4, 2]]),
        ("a,ab,bc,cd,d->", [[2], [2, 3], [3, 2], [2, 3], [3]]), ("bhid,bhjd->bhij", [[2, 2, 3, 2], [2, 2, 4, 2]]),
        ("i,i,i,i,i,i,i,i->i", [[2], [2], [2], [2], [2], [2], [2], [2]]),
        ("ij,ik,il->jkl", [[2, 2], [2, 3], [2, 2]]),
        ("ij,jk->ik", [[2, 0], [0, 3]]), ("ij,jk->ik", [[0, 2], [2, 3]]), ("i,i->", [[0], [0]]),
        ("ij,ij->ij", [[1, 3], [2, 1]]), ("ij,jk->ik", [[2, 1], [3, 4]]), ("ij,k->ij", [[2, 3], [4]]),
    ]

    @Test("as by definition", arguments: equations)
    func definition(_ equation: String, _ shapes: [Shape]) throws {
        var random = SplitMix64(seed: UInt64(equation.utf8.count))
        let operands = shapes.map { random.normal($0, dtype: .float64) }
        let want = plain(equation, operands)
        #expect(mismatch(einsum(equation, operands), want, .within(relative: 1e-12, absolute: 1e-13)) == nil)
    }

    @Test("an output that is not written, ellipses, spaces, types")
    func conventions() throws {
        let a = Tensor.arange(6).reshape(2, 3)
        #expect(mismatch(einsum("ba", a), a.transposed()) == nil)
        #expect(mismatch(einsum("ij,jk", a, a.transposed()), matmul(a, a.transposed())) == nil)
        #expect(einsum("ii", Tensor.eye(3)).scalars(as: Double.self) == [3])
        #expect(mismatch(einsum("...j,kj -> ...k", a, a), matmul(a, a.transposed())) == nil)
        #expect(mismatch(einsum("...->...", a), a) == nil)
        let stacked = Tensor.arange(24).reshape(2, 1, 3, 4)
        let other = Tensor.arange(40).reshape(5, 4, 2)
        #expect(mismatch(einsum("...ij,...jk->...ik", stacked, other), matmul(stacked, other)) == nil)
        #expect(mismatch(einsum("...ij,...jk", stacked, other), matmul(stacked, other)) == nil)
        #expect(einsum("...ij->ji...", stacked).shape == [4, 3, 2, 1])
        #expect(einsum("i...,i...->...", stacked, stacked).shape == [1, 3, 4])
        #expect(einsum("...,...", Tensor(2), a).shape == [2, 3])
        #expect(einsum("i,i->", Tensor([1, 2], dtype: .int64), Tensor([3, 4], dtype: .int64)).dtype == .int64)
        #expect(einsum("i,i", Variable([1, 2]), Tensor([3, 4])).scalars(as: Double.self) == [11])
    }

    @Test("a chain is multiplied in the cheap order")
    func order() throws {
        let wide = Tensor.ones([200, 200])
        let vector = Tensor.ones([200])
        let plans = try tracePlans { _ = try einsum("ij,jk,kl,l->i", wide, wide, wide, vector).evaluated() }
        // From the right it is all matrices times vectors.
        let products = plans.flatMap { $0.description.split(separator: "\n") }.filter { $0.contains("matmul") }
        #expect(products.count == 3)
        #expect(products.allSatisfy { !$0.contains("[200, 200] . [200, 200]") })
    }

    @Test("the derivative of many operands, with diagonals and ellipses")
    func derivative() throws {
        var random = SplitMix64(seed: 3)
        let inputs = [[2, 3], [3, 3], [3, 2, 2]].map { random.normal(Shape($0), dtype: .float64) }
        for order in 1...2 {
            let report = try checkGradient(
                of: { einsum("ij,jj,j...k->i...", $0) }, at: inputs, seed: 4, order: order)
            #expect(report.failure == nil)
        }
    }

    @Test(
        "refused",
        arguments: [
            ("ij,jk->ik", 1), ("i->", 1), ("ij->ii", 1), ("ij->k", 1), ("ij->i->j", 1), ("ijk", 1), ("i1", 1),
            ("i..", 1),
            ("......ij", 1), ("ij,ik->jk", 2), ("", 1),
        ])
    func refused(_ equation: String, _ count: Int) {
        let operands = [Tensor.ones([2, 3]), Tensor.ones([3, 3])]
        let error = einsum(equation, Array(operands.prefix(count))).error
        #expect(error?.operation == "einsum" && error?.location?.file.contains("EinsumTests") == true)
    }
}
