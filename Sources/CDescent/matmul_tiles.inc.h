// Internal: the tile of a matrix product, summed in registers.

#define TILE_PARAMETERS \
    int64_t k, const void *a_, int64_t a_row, int64_t a_column, const void *b_, int64_t b_row, void *c_, \
        int64_t c_row, int64_t columns, int accumulate

// `rows`, `vectors`, `partial` (the last vector is not whole) and `panel` (a_row is 1) are constants.
INLINE void F(tile)(int rows, int vectors, int partial, int panel, TILE_PARAMETERS) {
    const T *a = a_, *b = b_;
    T *c = c_;
    const int last = vectors - 1;
    const F(mask) mask = F(first)(partial ? columns - last * LANES : LANES);
    F(vector) sums[ROWS][CD_TILE_VECTORS];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = (F(vector)){0};
    }
    if (panel) a_row = 1;
    // Every third row has a pointer; the two after it are reached by scaled indices. With a pointer for
    // each row the registers would not suffice.
    const T *thirds[4] = {a, a + 3 * a_row, a + 6 * a_row, a + 9 * a_row};
    if (accumulate) {
        UNROLL for (int i = 0; i < rows; i++) {
            UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(c + i * c_row + j * LANES, 1);
        }
    }
    for (int64_t d = 0; d < k; d++) {
        F(vector) x[CD_TILE_VECTORS];
        UNROLL for (int j = 0; j < vectors; j++)
            x[j] = partial && j == last ? F(load_first)(mask, b + j * LANES) : F(load)(b + j * LANES);
        UNROLL for (int i = 0; i < rows; i++) {
            F(vector) y = F(broadcast)(panel ? a[i] : thirds[i / 3][i % 3 * a_row]);
            UNROLL for (int j = 0; j < vectors; j++)
                sums[i][j] = F(multiply_add)(y, x[j], sums[i][j]);
        }
        b += b_row;
        a += a_column;
        UNROLL for (int i = 0; i < 4; i++) thirds[i] += a_column;
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int j = 0; j < vectors; j++) {
            T *p = c + i * c_row + j * LANES;
            if (partial && j == last) {
                if (accumulate) sums[i][j] += F(load_first)(mask, p);
                F(store_first)(mask, p, sums[i][j]);
            } else {
                if (accumulate) sums[i][j] += F(load)(p);
                F(store)(p, sums[i][j]);
            }
        }
    }
}

#define TILE(name, rows, vectors, partial, panel) \
    static void F(name)(TILE_PARAMETERS) { \
        F(tile)(rows, vectors, partial, panel, k, a_, a_row, a_column, b_, b_row, c_, c_row, columns, \
                accumulate); \
    }
#define TILES(rows) \
    TILE(tile_narrow_##rows, rows, 1, 1, 0) \
    TILE(tile_partial_##rows, rows, 2, 1, 0) \
    TILE(tile_full_##rows, rows, 2, 0, 0)
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if ROWS == 12
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif
TILE(panel_narrow, ROWS, 1, 1, 1)
TILE(panel_partial, ROWS, 2, 1, 1)
TILE(panel_full, ROWS, 2, 0, 1)

#define LIST(rows) {F(tile_narrow_##rows), F(tile_partial_##rows), F(tile_full_##rows)},
static const cd_tile_kernel F(tiles)[CD_TILE_ROWS][CD_TILE_WIDTHS] = {
    LIST(1) LIST(2) LIST(3) LIST(4) LIST(5) LIST(6)
#if ROWS == 12
    LIST(7) LIST(8) LIST(9) LIST(10) LIST(11) LIST(12)
#endif
};

#undef TILE_PARAMETERS
#undef TILE
#undef TILES
#undef LIST
