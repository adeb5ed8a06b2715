// Internal: the tile of a matrix product, summed in registers.

/// A row is a few tens of cycles, memory some hundred away.
#define COPIED_ROWS_AHEAD 24

#define TILE_PARAMETERS \
    int64_t k, const void *a_, int64_t a_row, int64_t a_column, const void *b_, int64_t b_row, void *c_, \
        int64_t c_row, int64_t columns, int accumulate
#define TILE_ARGUMENTS k, a_, a_row, a_column, b_, b_row, c_, c_row, columns, accumulate

// In the following `rows`, `vectors`, `partial` (the last vector is not whole), `panel` (a_row is 1, and
// there is something ahead) and `copying` (rows of b are copied as they are read) are constants.

/// Adds k terms to the sums.
INLINE void F(add_terms)(
    int rows, int vectors, int partial, int panel, int copying, F(mask) mask, int64_t k, const T *a,
    int64_t a_row, int64_t a_column, const T *b, int64_t b_row, T *copy,
    F(vector) sums[ROWS][CD_TILE_VECTORS]) {
    // Every third row has a pointer; the two after it are reached by scaled indices. With a pointer for
    // each row the registers would not suffice. The empty assembly hides how they are related: otherwise the
    // compiler steps a single one from row to row, a chain as long as the arithmetic itself.
    const T *thirds[4] = {a, a + 3 * a_row, a + 6 * a_row, a + 9 * a_row};
    if (!panel) {
        UNROLL for (int i = 0; i < 4; i++) __asm__("" : "+r"(thirds[i]));
    }
    for (int64_t d = 0; d < k; d++) {
        F(vector) x[CD_TILE_VECTORS];
        UNROLL for (int j = 0; j < vectors; j++)
            x[j] = partial && j == vectors - 1 ? F(load_first)(mask, b + j * LANES) : F(load)(b + j * LANES);
        if (copying) {
            // Not into the first-level cache: rows at strides of a power of two would drive each other out.
            UNROLL for (int j = 0; j < vectors; j++) {
                __builtin_prefetch(b + COPIED_ROWS_AHEAD * b_row + j * LANES, 0, 2);
                F(store)(copy + j * LANES, x[j]);
            }
            copy += vectors * LANES;
        }
        UNROLL for (int i = 0; i < rows; i++) {
            F(vector) y = F(broadcast)(panel ? a[i] : thirds[i / 3][i % 3 * a_row]);
            UNROLL for (int j = 0; j < vectors; j++)
                sums[i][j] = F(multiply_add)(y, x[j], sums[i][j]);
        }
        b += b_row;
        a += a_column;
        UNROLL for (int i = 0; i < 4; i++) thirds[i] += a_column;
    }
}

INLINE void F(tile)(
    int rows, int vectors, int partial, int panel, int copying, const char *ahead, int64_t ahead_step,
    void *copy_, TILE_PARAMETERS) {
    const T *a = a_, *b = b_;
    T *c = c_, *copy = copy_;
    const int last = vectors - 1;
    const F(mask) mask = F(first)(partial ? columns - last * LANES : LANES);
    F(vector) sums[ROWS][CD_TILE_VECTORS];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = (F(vector)){0};
    }
    if (panel) {
        // What comes next is fetched in between, evenly.
        const int64_t piece = k / CD_FETCHES;
        for (int n = 0; n < CD_FETCHES; n++) {
            // The result comes last: earlier, its rows, often at strides of a power of two and so in few sets
            // of the cache, would be driven out again. New results too, or the stores would wait.
            if (n == CD_FETCHES - 2) {
                UNROLL for (int i = 0; i < rows; i++) {
                    UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(c + i * c_row + j * LANES);
                }
            }
            if (!copying) {
                __builtin_prefetch(ahead, 0, 2);
                __builtin_prefetch(ahead + 64, 0, 2);
                ahead += ahead_step;
            }
            F(add_terms)(
                rows, vectors, partial, panel, copying, mask, piece, a, a_row, a_column, b, b_row, copy, sums);
            if (copying) copy += piece * vectors * LANES;
            a += piece * a_column;
            b += piece * b_row;
        }
        k -= piece * CD_FETCHES;
    }
    F(add_terms)(rows, vectors, partial, panel, copying, mask, k, a, a_row, a_column, b, b_row, copy, sums);
    // All loads come before the stores: a load may have to wait for a store at the same place of another page.
    if (accumulate) {
        UNROLL for (int i = 0; i < rows; i++) {
            UNROLL for (int j = 0; j < vectors; j++) {
                const T *p = c + i * c_row + j * LANES;
                sums[i][j] += partial && j == last ? F(load_first)(mask, p) : F(load)(p);
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int j = 0; j < vectors; j++) {
            T *p = c + i * c_row + j * LANES;
            if (partial && j == last)
                F(store_first)(mask, p, sums[i][j]);
            else
                F(store)(p, sums[i][j]);
        }
    }
}

#define TILE(name, rows, vectors, partial) \
    static void F(name)(TILE_PARAMETERS) { \
        F(tile)(rows, vectors, partial, 0, 0, 0, 0, 0, TILE_ARGUMENTS); \
    }
#define TILES(rows) \
    TILE(tile_narrow_##rows, rows, 1, 1) \
    TILE(tile_partial_##rows, rows, 2, 1) \
    TILE(tile_full_##rows, rows, 2, 0)
#define PANEL(name, vectors, partial, copying) \
    static void F(name)(const void *ahead, int64_t ahead_step, void *copy, TILE_PARAMETERS) { \
        F(tile)(ROWS, vectors, partial, 1, copying, ahead, ahead_step, copy, TILE_ARGUMENTS); \
    }
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if ROWS == 12
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif
PANEL(panel_narrow, 1, 1, 0)
PANEL(panel_partial, 2, 1, 0)
PANEL(panel_full, 2, 0, 0)
PANEL(copying_narrow, 1, 1, 1)
PANEL(copying_partial, 2, 1, 1)
PANEL(copying_full, 2, 0, 1)

#define LIST(rows) {F(tile_narrow_##rows), F(tile_partial_##rows), F(tile_full_##rows)},
static const cd_tile_kernel F(tiles)[CD_TILE_ROWS][CD_TILE_WIDTHS] = {
    LIST(1) LIST(2) LIST(3) LIST(4) LIST(5) LIST(6)
#if ROWS == 12
    LIST(7) LIST(8) LIST(9) LIST(10) LIST(11) LIST(12)
#endif
};

#undef COPIED_ROWS_AHEAD
#undef TILE_PARAMETERS
#undef TILE_ARGUMENTS
#undef TILE
#undef TILES
#undef PANEL
#undef LIST
