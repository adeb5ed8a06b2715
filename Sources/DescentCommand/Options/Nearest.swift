/// The name that somebody may have meant; nil if none is near.
func nearest(_ word: String, in names: [String]) -> String? {
    let word = word.lowercased()
    let distances = names.map { (name: $0, distance: distance(word, $0.lowercased())) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(max(word.count, best.name.count) / 3, 1) ? best.name : nil
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
