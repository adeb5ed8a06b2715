// Internal: two exact operations in one pass, for where only the second reads what the first gives: storing a vector and
// loading it again takes longer than either. Rounded twice, as if they were two passes.

// t = a + b, a - b or a * b; then t and c. The cases are constants where this is used.
#define CD_PAIR_OF(X) \
    CD_INLINE X##_v cd_pair_##X(X##_v a, X##_v b, X##_v c, int first, int second) { \
        const X##_v t = first == CD_PAIR_ADD ? a + b : first == CD_PAIR_SUB ? a - b : a * b; \
        switch (second) { \
        case CD_PAIR_THEN_ADD: return t + c; \
        case CD_PAIR_THEN_SUB: return t - c; \
        case CD_PAIR_THEN_SUB_FROM: return c - t; \
        case CD_PAIR_THEN_MUL: return t * c; \
        case CD_PAIR_THEN_DIV: return t / c; \
        case CD_PAIR_THEN_DIV_INTO: return c / t; \
        case CD_PAIR_THEN_NEGATE: return -t; \
        case CD_PAIR_THEN_SQUARE: return t * t; \
        default: return cd_sqrt_##X(t); \
        } \
    } \
    /* `scalars`: bits for a, b, c as in cd_binary. What is not read is the same as a. */ \
    CD_INLINE void cd_pair_loop_##X( \
        const X##_t *a, const X##_t *b, const X##_t *c, X##_t *y, int64_t n, int first, int second, \
        int scalars) { \
        const X##_v all_a = *a, all_b = *b, all_c = *c; \
        int64_t i = 0; \
        for (; i + X##_lanes <= n; i += X##_lanes) { \
            const X##_v left = scalars & 1 ? all_a : X##_load(a + i); \
            const X##_v right = scalars & 2 ? all_b : X##_load(b + i); \
            const X##_v other = scalars & 4 ? all_c : X##_load(c + i); \
            X##_store(y + i, cd_pair_##X(left, right, other, first, second)); \
        } \
        if (i >= n) return; \
        const X##_v left = scalars & 1 ? all_a : X##_load_partial(a + i, n - i); \
        const X##_v right = scalars & 2 ? all_b : X##_load_partial(b + i, n - i); \
        const X##_v other = scalars & 4 ? all_c : X##_load_partial(c + i, n - i); \
        X##_store_partial(y + i, cd_pair_##X(left, right, other, first, second), n - i); \
    }
CD_PAIR_OF(f32)
CD_PAIR_OF(f64)

#define CD_PAIR_KERNEL(X, first, second, scalars) \
    static void pair_##X##_##first##_##second##_##scalars( \
        const void *a, const void *b, const void *c, void *y, int64_t n) { \
        cd_pair_loop_##X(a, b, c, y, n, CD_PAIR_##first, CD_PAIR_THEN_##second, scalars); \
    }
// A scalar a of a commutative operation is its b.
#define CD_PAIR_KERNELS_3(X, second, scalars_a, scalars_b, scalars_0) \
    CD_PAIR_KERNEL(X, ADD, second, scalars_0) \
    CD_PAIR_KERNEL(X, ADD, second, scalars_b) \
    CD_PAIR_KERNEL(X, SUB, second, scalars_0) \
    CD_PAIR_KERNEL(X, SUB, second, scalars_a) \
    CD_PAIR_KERNEL(X, SUB, second, scalars_b) \
    CD_PAIR_KERNEL(X, MUL, second, scalars_0) \
    CD_PAIR_KERNEL(X, MUL, second, scalars_b)
#define CD_PAIR_KERNELS_2(X, second) \
    CD_PAIR_KERNELS_3(X, second, 1, 2, 0) \
    CD_PAIR_KERNELS_3(X, second, 5, 6, 4)
#define CD_PAIR_KERNELS(X) \
    CD_PAIR_KERNELS_2(X, ADD) \
    CD_PAIR_KERNELS_2(X, SUB) \
    CD_PAIR_KERNELS_2(X, SUB_FROM) \
    CD_PAIR_KERNELS_2(X, MUL) \
    CD_PAIR_KERNELS_2(X, DIV) \
    CD_PAIR_KERNELS_2(X, DIV_INTO) \
    CD_PAIR_KERNELS_3(X, NEGATE, 5, 6, 4) \
    CD_PAIR_KERNELS_3(X, SQUARE, 5, 6, 4) \
    CD_PAIR_KERNELS_3(X, SQRT, 5, 6, 4)
CD_PAIR_KERNELS(f32)
CD_PAIR_KERNELS(f64)

#define CD_PAIR_ENTRY(X, first, second, scalars) \
    [CD_PAIR_##first][CD_PAIR_THEN_##second][scalars] = pair_##X##_##first##_##second##_##scalars,
#define CD_PAIR_ENTRIES_3(X, second, scalars_a, scalars_b, scalars_0) \
    CD_PAIR_ENTRY(X, ADD, second, scalars_0) \
    CD_PAIR_ENTRY(X, ADD, second, scalars_b) \
    CD_PAIR_ENTRY(X, SUB, second, scalars_0) \
    CD_PAIR_ENTRY(X, SUB, second, scalars_a) \
    CD_PAIR_ENTRY(X, SUB, second, scalars_b) \
    CD_PAIR_ENTRY(X, MUL, second, scalars_0) \
    CD_PAIR_ENTRY(X, MUL, second, scalars_b)
#define CD_PAIR_ENTRIES_2(X, second) \
    CD_PAIR_ENTRIES_3(X, second, 1, 2, 0) \
    CD_PAIR_ENTRIES_3(X, second, 5, 6, 4)
#define CD_PAIR_ENTRIES(X) \
    { \
        CD_PAIR_ENTRIES_2(X, ADD) \
        CD_PAIR_ENTRIES_2(X, SUB) \
        CD_PAIR_ENTRIES_2(X, SUB_FROM) \
        CD_PAIR_ENTRIES_2(X, MUL) \
        CD_PAIR_ENTRIES_2(X, DIV) \
        CD_PAIR_ENTRIES_2(X, DIV_INTO) \
        CD_PAIR_ENTRIES_3(X, NEGATE, 5, 6, 4) \
        CD_PAIR_ENTRIES_3(X, SQUARE, 5, 6, 4) \
        CD_PAIR_ENTRIES_3(X, SQRT, 5, 6, 4) \
    }
