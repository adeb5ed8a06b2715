import CDescent

/// How a reduction folds the row-major elements of a shape, if it is one of the ways programs know.
struct Fold: Equatable {
    /// A CD_FOLD_ constant.
    let kind: Int
    let extent: Int

    /// The fold of `axes` of `shape`; nil if kept and folded axes alternate.
    init?(_ shape: Shape, over axes: [Int]) {
        var kept = 1
        var folded = 1
        var changes = 0
        var last: Bool?
        var lastIsFolded = true
        for axis in 0..<shape.rank where shape[axis] != 1 {
            let isFolded = axes.contains(axis)
            if isFolded { folded *= shape[axis] } else { kept *= shape[axis] }
            if let last, last != isFolded { changes += 1 }
            last = isFolded
            lastIsFolded = isFolded
        }
        switch (changes, lastIsFolded) {
        case (0, true): (kind, extent) = (CD_FOLD_ALL, folded)
        case (0, false): (kind, extent) = (CD_FOLD_ROWS, 1)
        case (1, true): (kind, extent) = (CD_FOLD_ROWS, folded)
        case (1, false): (kind, extent) = (CD_FOLD_COLUMNS, kept)
        default: return nil
        }
    }

    init(kind: Int, extent: Int) {
        self.kind = kind
        self.extent = extent
    }
}
