// Internal: products with a vector, which read the matrix once, at the speed of memory.

/// Rows of a against x, LANES rows at a time: one vector of partial sums for each, which a tree folds to one
/// number a row. The rows that are missing in the last group count as zeros, so that a row's bits do
/// not depend on its place.
static void F(dot)(
    int64_t rows, int64_t k, const void *a_, int64_t a_row, const void *x_, void *y_, int64_t y_row) {
    const T *a = a_, *x = x_;
    T *y = y_;
    const int64_t whole = k / LANES * LANES;
    const F(mask) rest = F(first)(k - whole ? k - whole : LANES);
    for (int64_t i = 0; i < rows; i += LANES) {
        const int64_t count = rows - i < LANES ? rows - i : LANES;
        F(vector) sums[LANES];
        UNROLL for (int r = 0; r < LANES; r++) sums[r] = (F(vector)){0};
        if (count == LANES) {
            for (int64_t d = 0; d < whole; d += LANES) {
                const F(vector) v = F(load)(x + d);
                UNROLL for (int r = 0; r < LANES; r++)
                    sums[r] = F(multiply_add)(F(load)(a + r * a_row + d), v, sums[r]);
            }
            if (whole < k) {
                const F(vector) v = F(load_first)(rest, x + whole);
                UNROLL for (int r = 0; r < LANES; r++)
                    sums[r] = F(multiply_add)(F(load_first)(rest, a + r * a_row + whole), v, sums[r]);
            }
        } else {
            UNROLL for (int r = 0; r < LANES; r++) {
                if (r >= count) continue;
                F(vector) sum = {0};
                for (int64_t d = 0; d < whole; d += LANES)
                    sum = F(multiply_add)(F(load)(a + r * a_row + d), F(load)(x + d), sum);
                if (whole < k)
                    sum = F(multiply_add)(
                        F(load_first)(rest, a + r * a_row + whole), F(load_first)(rest, x + whole), sum);
                sums[r] = sum;
            }
        }
        UNROLL for (int half = LANES / 2; half > 0; half /= 2)
            UNROLL for (int r = 0; r < half; r++) sums[r] = F(fold)(sums[r], sums[r + half], half);
        if (y_row == 1) {
            if (count == LANES)
                F(store)(y, sums[0]);
            else
                F(store_first)(F(first)(count), y, sums[0]);
        } else {
            T values[LANES];
            F(store)(values, sums[0]);
            for (int64_t r = 0; r < count; r++) y[r * y_row] = values[r];
        }
        y += count * y_row;
        a += count * a_row;
    }
}

/// `vectors` vectors of y summed in registers over all rows of b. A sum waits for the one before, so there are
/// `chains` of every one, each of which takes every so many rows.
INLINE void F(combine_block)(
    int vectors, int chains, int partial, int64_t columns, int64_t k, const T *x, int64_t x_row, const T *b,
    int64_t b_row, T *y) {
    const F(mask) mask = F(first)(partial ? columns : LANES);
    F(vector) sums[8];
    UNROLL for (int j = 0; j < vectors * chains; j++) sums[j] = (F(vector)){0};
    const int64_t whole = k / chains * chains;
    for (int64_t d = 0; d < whole; d += chains, x += chains * x_row, b += chains * b_row) {
        UNROLL for (int c = 0; c < chains; c++) {
            const F(vector) factor = F(broadcast)(x[c * x_row]);
            UNROLL for (int j = 0; j < vectors; j++)
                sums[c * vectors + j] = F(multiply_add)(
                    factor, partial ? F(load_first)(mask, b + c * b_row) : F(load)(b + c * b_row + j * LANES),
                    sums[c * vectors + j]);
        }
    }
    for (int64_t d = whole; d < k; d++, x += x_row, b += b_row) {
        const F(vector) factor = F(broadcast)(*x);
        UNROLL for (int j = 0; j < vectors; j++)
            sums[j] = F(multiply_add)(
                factor, partial ? F(load_first)(mask, b) : F(load)(b + j * LANES), sums[j]);
    }
    UNROLL for (int half = chains / 2; half > 0; half /= 2)
        UNROLL for (int j = 0; j < half * vectors; j++) sums[j] += sums[j + half * vectors];
    UNROLL for (int j = 0; j < vectors; j++) {
        if (partial)
            F(store_first)(mask, y, sums[j]);
        else
            F(store)(y + j * LANES, sums[j]);
    }
}

/// y (set, or increased) by the combination of `rows` rows of b, at most 4, over n columns.
INLINE void F(combine_rows)(
    int rows, int accumulate, int64_t n, const T *x, int64_t x_row, const T *b, int64_t b_row, T *y) {
    F(vector) factors[4];
    UNROLL for (int r = 0; r < rows; r++) factors[r] = F(broadcast)(x[r * x_row]);
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        F(vector) sum = accumulate ? F(load)(y + j) : (F(vector)){0};
        UNROLL for (int r = 0; r < rows; r++)
            sum = F(multiply_add)(factors[r], F(load)(b + r * b_row + j), sum);
        F(store)(y + j, sum);
    }
    if (j < n) {
        const F(mask) rest = F(first)(n - j);
        F(vector) sum = accumulate ? F(load_first)(rest, y + j) : (F(vector)){0};
        UNROLL for (int r = 0; r < rows; r++)
            sum = F(multiply_add)(factors[r], F(load_first)(rest, b + r * b_row + j), sum);
        F(store_first)(rest, y + j, sum);
    }
}

/// Every element adds in the order of the rows, whichever of the two ways is taken; in few outputs (`whole`, of which these
/// are n) four rows at a time, as one sum would wait for the other.
static void F(combine)(
    int64_t n, int64_t whole, int64_t k, const void *x_, int64_t x_row, const void *b_, int64_t b_row, void *y_) {
    const T *x = x_, *b = b_;
    T *y = y_;
    if (whole <= 2 * LANES) {
        for (; n >= LANES; n -= LANES, b += LANES, y += LANES)
            F(combine_block)(1, 4, 0, 0, k, x, x_row, b, b_row, y);
        if (n > 0) F(combine_block)(1, 4, 1, n, k, x, x_row, b, b_row, y);
        return;
    }
    // From beyond the second-level cache b comes faster in long runs: four rows at a time, so that y is read
    // and written once for four.
    if (k >= 4 && n * k * MATMUL_BYTES > 512 << 10 && n * MATMUL_BYTES >= 1024) {
        F(combine_rows)(4, 0, n, x, x_row, b, b_row, y);
        int64_t d = 4;
        for (; d + 4 <= k; d += 4)
            F(combine_rows)(4, 1, n, x + d * x_row, x_row, b + d * b_row, b_row, y);
        for (; d < k; d++) F(combine_rows)(1, 1, n, x + d * x_row, x_row, b + d * b_row, b_row, y);
        return;
    }
#define BLOCKS(vectors) \
    for (; n >= vectors * LANES; n -= vectors * LANES, b += vectors * LANES, y += vectors * LANES) \
        F(combine_block)(vectors, 1, 0, 0, k, x, x_row, b, b_row, y);
    BLOCKS(8)
    BLOCKS(4)
    BLOCKS(2)
    BLOCKS(1)
#undef BLOCKS
    if (n > 0) F(combine_block)(1, 1, 1, n, k, x, x_row, b, b_row, y);
}
