// Internal: the kernels of one operation on one type. The includer (`reductions.inc.h`) defines
//   FOLD(x)         the name of a function of this operation and type
//   ELEMENT         the type of the elements and results
//   LANES           how many lanes fit a vector of 64 bytes
//   START           what folding nothing leaves unchanged
//   COMBINE(a, b)   the operation, on scalars and on vectors alike
// and, where it differs from what stands in brackets,
//   LANE            the type in which elements fold (ELEMENT)
//   TOTAL           the type of a total's value (LANE)
//   COMPENSATED     1 if rounding errors stand beside totals (0)
//   WITHIN(a, b)    the operation within a block (COMBINE)
//   CHECKED         1 if blocks with a NaN are told apart before WITHIN is used (0)
// all of which end with this file.
//
// Vectors are 64 bytes wide on every instruction set; the compiler splits them where registers are
// narrower. That keeps the order of the additions the same everywhere.

#ifndef LANE
#define LANE ELEMENT
#endif
#ifndef TOTAL
#define TOTAL LANE
#endif
#ifndef COMPENSATED
#define COMPENSATED 0
#endif
#ifndef WITHIN
#define WITHIN COMBINE
#endif
#ifndef CHECKED
#define CHECKED 0
#endif

typedef LANE FOLD(vector) __attribute__((ext_vector_type(LANES)));
typedef ELEMENT FOLD(elements)
    __attribute__((ext_vector_type(LANES), aligned(sizeof(ELEMENT))));

#define LOAD(p) __builtin_convertvector(*(const FOLD(elements) *)(p), FOLD(vector))

#if CHECKED
/// A sum is NaN if an element is; or if infinities of both signs are there, which a second look tells.
static inline int FOLD(has_nan)(const ELEMENT *x, int64_t n) {
    int suspicious;
    if (n < LANES) {
        LANE sum = 0;
        for (int64_t i = 0; i < n; i++) sum += x[i];
        suspicious = sum != sum;
    } else {
        FOLD(vector) a = LOAD(x + n - LANES), b = (FOLD(vector))(0), c = b, d = b;
        int64_t i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            a += LOAD(x + i);
            b += LOAD(x + i + LANES);
            c += LOAD(x + i + 2 * LANES);
            d += LOAD(x + i + 3 * LANES);
        }
        for (; i + LANES <= n; i += LANES) b += LOAD(x + i);
        a = (a + b) + (c + d);
        suspicious = __builtin_reduce_or(a != a) != 0;
    }
    if (__builtin_expect(!suspicious, 1)) return 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] != x[i]) return 1;
    return 0;
}
#endif

/// Four vectors of lanes: vector c of the elements goes to lanes c % 4. The last, incomplete vector is read
/// backwards from the end, with the lanes that were already counted masked out.
static inline LANE FOLD(of)(const ELEMENT *x, int64_t n) {
#if CHECKED
    if (FOLD(has_nan)(x, n)) return NAN;
#endif
    if (n < LANES) {
        LANE total = START;
        for (int64_t i = 0; i < n; i++) total = WITHIN(total, (LANE)x[i]);
        return total;
    }
    FOLD(vector) a = (FOLD(vector))((LANE)START), b = a, c = a, d = a;
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        a = WITHIN(a, LOAD(x + i));
        b = WITHIN(b, LOAD(x + i + LANES));
        c = WITHIN(c, LOAD(x + i + 2 * LANES));
        d = WITHIN(d, LOAD(x + i + 3 * LANES));
    }
    if (i + LANES <= n) {
        a = WITHIN(a, LOAD(x + i));
        i += LANES;
    }
    if (i + LANES <= n) {
        b = WITHIN(b, LOAD(x + i));
        i += LANES;
    }
    if (i + LANES <= n) {
        c = WITHIN(c, LOAD(x + i));
        i += LANES;
    }
    if (i < n) {
        const cd_mask_vector mask =
            *(const cd_mask_vector *)(cd_tail_mask + (n - i) * (int64_t)sizeof(LANE));
        const cd_mask_vector last = (cd_mask_vector)LOAD(x + n - LANES) & mask;
        const cd_mask_vector rest = (cd_mask_vector)((FOLD(vector))((LANE)START)) & ~mask;
        d = WITHIN(d, (FOLD(vector))(last | rest));
    }
    a = WITHIN(a, b);
    c = WITHIN(c, d);
    a = WITHIN(a, c);
#if LANES >= 64
    __typeof__(a.lo) half32 = WITHIN(a.lo, a.hi);
    __typeof__(half32.lo) half16 = WITHIN(half32.lo, half32.hi);
    __typeof__(half16.lo) half8 = WITHIN(half16.lo, half16.hi);
#elif LANES >= 16
    __typeof__(a.lo) half8 = WITHIN(a.lo, a.hi);
#else
    FOLD(vector) half8 = a;
#endif
    __typeof__(half8.lo) half4 = WITHIN(half8.lo, half8.hi);
    __typeof__(half4.lo) half2 = WITHIN(half4.lo, half4.hi);
    return WITHIN(half2.x, half2.y);
}

/// Folds a value and its error into a total, keeping the rounding error of a sum (Knuth's two-sum).
static inline void FOLD(add)(TOTAL value, TOTAL error, TOTAL *total, TOTAL *total_error) {
#if COMPENSATED
    TOTAL old = *total, sum = old + value, part = sum - old;
    *total = sum;
    *total_error += ((old - (sum - part)) + (value - part)) + error;
#else
    (void)error;
    (void)total_error;
    *total = COMBINE(*total, value);
#endif
}

static void FOLD(start)(void *totals, int64_t count) {
    TOTAL *values = totals;
    for (int64_t i = 0; i < count; i++) values[i] = START;
#if COMPENSATED
    for (int64_t i = 0; i < count; i++) values[count + i] = 0;
#endif
}

static void FOLD(block)(const void *x, int64_t n, void *total) {
    FOLD(add)((TOTAL)FOLD(of)(x, n), 0, total, (TOTAL *)total + 1);
}

/// What `of` does to rows of a few elements; with a constant extent several rows share a vector.
static inline void FOLD(narrow)(
    const ELEMENT *restrict x, int64_t rows, int64_t extent, ELEMENT *restrict results) {
    for (int64_t i = 0; i < rows; i++) {
        LANE total = (LANE)x[i * extent];
        for (int64_t j = 1; j < extent; j++) total = COMBINE(total, (LANE)x[i * extent + j]);
        results[i] = (ELEMENT)total;
    }
}

static void FOLD(rows)(const void *x, int64_t rows, int64_t extent, void *results) {
    const ELEMENT *elements = x;
    ELEMENT *result = results;
    switch (extent) {
    case 1: FOLD(narrow)(elements, rows, 1, result); return;
    case 2: FOLD(narrow)(elements, rows, 2, result); return;
    case 3: FOLD(narrow)(elements, rows, 3, result); return;
    case 4: FOLD(narrow)(elements, rows, 4, result); return;
    default: break;
    }
    for (int64_t i = 0; i < rows; i++) result[i] = (ELEMENT)FOLD(of)(elements + i * extent, extent);
}

static void FOLD(lanes)(const void *restrict x, int64_t n, int64_t width, void *restrict lanes) {
    const ELEMENT *elements = x;
    LANE *lane = lanes;
    for (int64_t i = 0; i < n; i += width) {
        int64_t m = n - i < width ? n - i : width;
        for (int64_t j = 0; j < m; j++) lane[j] = COMBINE(lane[j], (LANE)elements[i + j]);
    }
}

static void FOLD(clear)(void *lanes, int64_t width) {
    LANE *lane = lanes;
    for (int64_t i = 0; i < width; i++) lane[i] = START;
}

static void FOLD(flush)(
    const void *restrict lanes, int64_t width, int64_t count, void *restrict totals) {
    const LANE *lane = lanes;
    TOTAL *values = totals;
    for (int64_t i = 0; i < width; i += count)
        for (int64_t j = 0; j < count; j++)
            FOLD(add)((TOTAL)lane[i + j], 0, values + j, values + count + j);
}

static void FOLD(merge)(const void *restrict others, int64_t count, void *restrict totals) {
    const TOTAL *other = others;
    TOTAL *values = totals;
    for (int64_t i = 0; i < count; i++)
        FOLD(add)(other[i], COMPENSATED ? other[count + i] : 0, values + i, values + count + i);
}

static void FOLD(finish)(const void *totals, int64_t count, void *results) {
    const TOTAL *values = totals;
    ELEMENT *result = results;
    for (int64_t i = 0; i < count; i++) {
#if COMPENSATED
        // The error of an infinite sum is no number; a zero one would take the sign from -0.
        TOTAL sum = values[i], error = values[count + i];
        result[i] = error != 0 && sum - sum == 0 ? sum + error : sum;
#else
        result[i] = (ELEMENT)values[i];
#endif
    }
}

const cd_fold_kernels FOLD(kernels) = {
    FOLD(start), FOLD(block), FOLD(rows), FOLD(lanes), FOLD(clear), FOLD(flush), FOLD(merge), FOLD(finish)};

#undef LOAD
#undef FOLD
#undef ELEMENT
#undef LANE
#undef LANES
#undef TOTAL
#undef COMPENSATED
#undef START
#undef COMBINE
#undef WITHIN
#undef CHECKED
