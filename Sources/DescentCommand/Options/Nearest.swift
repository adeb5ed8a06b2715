/// The name that somebody may have meant; nil if none is near.
func nearest(_ word: String, in names: [String]) -> String? {
    let word = word.lowercased()
    var best: (name: String, distance: Int)?
    for name in names {
        let distance = distance(word, name.lowercased())
        let length = max(word.count, name.count)
        // A name of which nothing is left is none that was meant.
        guard distance < length, distance <= max(length / 3, 1), distance < best?.distance ?? .max else { continue }
        best = (name, distance)
    }
    return best?.name
}

/// How many letters must be changed, added, taken away or swapped with the next (Damerau and Levenshtein).
private func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.prefix(100)), Array(b.prefix(100)))
    var rows = [Array(0...b.count)]
    for i in 1..<max(a.count + 1, 1) {
        var row = [i]
        for j in 1..<max(b.count + 1, 1) {
            let change = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            var least = min(change, rows[i - 1][j] + 1, row[j - 1] + 1)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { least = min(least, rows[i - 2][j - 2] + 1) }
            row.append(least)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
