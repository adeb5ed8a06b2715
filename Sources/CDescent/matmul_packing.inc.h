// Internal: panels, the operands of a matrix product in the order in which its tiles read them.
//
// What is written next is fetched: a panel often comes back from the second-level cache, and stores that miss
// wait for each other.

#define ROWS_AHEAD 8

/// LANES vectors transposed in registers.
INLINE void F(transpose)(F(vector) x[LANES]) {
    UNROLL for (int round = 1; round < LANES; round *= 2) {
        F(vector) y[LANES];
        UNROLL for (int i = 0; i < LANES / 2; i++) {
            y[2 * i] = F(interleave_lower)(x[i], x[i + LANES / 2]);
            y[2 * i + 1] = F(interleave_upper)(x[i], x[i + LANES / 2]);
        }
        UNROLL for (int i = 0; i < LANES; i++) x[i] = y[i];
    }
}

/// Contiguous along the depth: squares of LANES x LANES are transposed in registers.
static void F(pack_transposed)(
    T *restrict destination, int64_t width, int64_t count, int64_t depth, const T *source, int64_t across) {
    for (int64_t d = 0; d < depth; d += LANES) {
        const int64_t deep = depth - d < LANES ? depth - d : LANES;
        if (d + LANES < depth) {
            T *next = destination + (d + LANES) * width;
            for (int64_t i = 0; i < LANES * width; i += 64 / MATMUL_BYTES) __builtin_prefetch(next + i, 1);
        }
        for (int64_t w = 0; w < width; w += LANES) {
            const int64_t rows = count - w, wide = width - w < LANES ? width - w : LANES;
            const T *p = source + w * across + d;
            F(vector) x[LANES];
            if (deep == LANES && rows >= LANES) {
                UNROLL for (int i = 0; i < LANES; i++) x[i] = F(load)(p + i * across);
            } else {
                const F(mask) mask = F(first)(deep);
                UNROLL for (int i = 0; i < LANES; i++)
                    x[i] = i < rows ? F(load_first)(mask, p + i * across) : (F(vector)){0};
            }
            F(transpose)(x);
            T *q = destination + d * width + w;
            if (deep == LANES && wide == LANES) {
                UNROLL for (int i = 0; i < LANES; i++) F(store)(q + i * width, x[i]);
            } else {
                const F(mask) mask = F(first)(wide);
                UNROLL for (int i = 0; i < LANES; i++)
                    if (i < deep) F(store_first)(mask, q + i * width, x[i]);
            }
        }
    }
}

/// Contiguous across the panel.
static void F(pack_rows)(
    T *restrict destination, int64_t width, int64_t count, int64_t depth, const T *source, int64_t along) {
    if (count == 2 * LANES && width == count) {
        for (int64_t d = 0; d < depth; d++, source += along, destination += 2 * LANES) {
            __builtin_prefetch(destination + ROWS_AHEAD * 2 * LANES, 1);
            __builtin_prefetch(destination + ROWS_AHEAD * 2 * LANES + LANES, 1);
            F(store)(destination, F(load)(source));
            F(store)(destination + LANES, F(load)(source + LANES));
        }
        return;
    }
    for (int64_t d = 0; d < depth; d++, source += along, destination += width) {
        int64_t w = 0;
        for (; w + LANES <= count; w += LANES) F(store)(destination + w, F(load)(source + w));
        if (w < count) {
            F(vector) x = F(load_first)(F(first)(count - w), source + w);
            const int64_t wide = width - w;
            if (wide >= LANES)
                F(store)(destination + w, x);
            else
                F(store_first)(F(first)(wide), destination + w, x);
            w += LANES;
        }
        for (; w < width; w++) destination[w] = 0;
    }
}

static void F(pack)(
    void *destination_, int64_t width, int64_t count, int64_t depth, const void *source_, int64_t across,
    int64_t along) {
    const T *source = source_;
    T *destination = destination_;
    if (along == 1) {
        F(pack_transposed)(destination, width, count, depth, source, across);
    } else if (across == 1) {
        F(pack_rows)(destination, width, count, depth, source, along);
    } else {
        for (int64_t d = 0; d < depth; d++) {
            for (int64_t w = 0; w < width; w++)
                *destination++ = w < count ? source[w * across + d * along] : 0;
        }
    }
}

#undef ROWS_AHEAD
