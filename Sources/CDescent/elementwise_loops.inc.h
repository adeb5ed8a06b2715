// Internal: makes kernels over arrays from functions of vectors. The rest of a length that is no multiple
// of the lanes goes through the same function in a partly filled vector, so a result never depends on
// where its element stands.

// X, Y: kinds with as many lanes; `function` is expanded twice.
#define CD_UNARY_KERNEL(name, X, Y, function) \
    static void name(const void *x, void *y, int64_t n) { \
        const X##_t *from = x; \
        Y##_t *to = y; \
        int64_t i = 0; \
        for (; i + X##_lanes <= n; i += X##_lanes) Y##_store(to + i, function(X##_load(from + i))); \
        if (i < n) Y##_store_partial(to + i, function(X##_load_partial(from + i, n - i)), n - i); \
    }

// The same for long functions, expanded once.
#define CD_UNARY_LONG(name, X, Y, function) \
    static void name(const void *x, void *y, int64_t n) { \
        const X##_t *from = x; \
        Y##_t *to = y; \
        for (int64_t i = 0; i < n; i += X##_lanes) { \
            const int64_t left = n - i; \
            const int whole = left >= X##_lanes; \
            const Y##_v value = \
                function(whole ? X##_load(from + i) : X##_load_partial(from + i, left)); \
            if (whole) Y##_store(to + i, value); \
            else Y##_store_partial(to + i, value, left); \
        } \
    }

// Both operands of kind X; forms _vv, _sv and _vs as in cd_elementwise_table.
#define CD_BINARY_KERNEL(name, X, Y, function) \
    static int name##_vv(const void *a, const void *b, void *y, int64_t n) { \
        const X##_t *left = a, *right = b; \
        Y##_t *to = y; \
        int64_t i = 0; \
        for (; i + X##_lanes <= n; i += X##_lanes) \
            Y##_store(to + i, function(X##_load(left + i), X##_load(right + i))); \
        if (i < n) \
            Y##_store_partial( \
                to + i, \
                function(X##_load_partial(left + i, n - i), X##_load_partial(right + i, n - i)), \
                n - i); \
        return CD_OK; \
    } \
    static int name##_sv(const void *a, const void *b, void *y, int64_t n) { \
        const X##_t *right = b; \
        const X##_v left = *(const X##_t *)a; \
        Y##_t *to = y; \
        int64_t i = 0; \
        for (; i + X##_lanes <= n; i += X##_lanes) \
            Y##_store(to + i, function(left, X##_load(right + i))); \
        if (i < n) \
            Y##_store_partial(to + i, function(left, X##_load_partial(right + i, n - i)), n - i); \
        return CD_OK; \
    } \
    static int name##_vs(const void *a, const void *b, void *y, int64_t n) { \
        const X##_t *left = a; \
        const X##_v right = *(const X##_t *)b; \
        Y##_t *to = y; \
        int64_t i = 0; \
        for (; i + X##_lanes <= n; i += X##_lanes) \
            Y##_store(to + i, function(X##_load(left + i), right)); \
        if (i < n) \
            Y##_store_partial(to + i, function(X##_load_partial(left + i, n - i), right), n - i); \
        return CD_OK; \
    }

// The three forms share one loop for long functions.
#define CD_BINARY_FORMS(name) \
    static int name##_vv(const void *a, const void *b, void *y, int64_t n) { \
        return name(a, b, y, n, 0); \
    } \
    static int name##_sv(const void *a, const void *b, void *y, int64_t n) { \
        return name(a, b, y, n, 1); \
    } \
    static int name##_vs(const void *a, const void *b, void *y, int64_t n) { \
        return name(a, b, y, n, 2); \
    }

#define CD_BINARY_LONG(name, X, Y, function) \
    static __attribute__((noinline)) int name( \
        const void *a, const void *b, void *y, int64_t n, int scalars) { \
        const X##_t *left = a, *right = b; \
        const X##_v left_all = scalars & 1 ? *left : 0, right_all = scalars & 2 ? *right : 0; \
        Y##_t *to = y; \
        for (int64_t i = 0; i < n; i += X##_lanes) { \
            const int64_t rest = n - i; \
            const int whole = rest >= X##_lanes; \
            const Y##_v value = function( \
                scalars & 1 ? left_all \
                : whole     ? X##_load(left + i) \
                            : X##_load_partial(left + i, rest), \
                scalars & 2 ? right_all \
                : whole     ? X##_load(right + i) \
                            : X##_load_partial(right + i, rest)); \
            if (whole) Y##_store(to + i, value); \
            else Y##_store_partial(to + i, value, rest); \
        } \
        return CD_OK; \
    } \
    CD_BINARY_FORMS(name)

// Element by element, for functions (a, b, &status).
#define CD_BINARY_SCALAR(name, X, function) \
    static __attribute__((noinline)) int name( \
        const void *a, const void *b, void *y, int64_t n, int scalars) { \
        const X##_t *left = a, *right = b; \
        const int64_t left_step = !(scalars & 1), right_step = !(scalars & 2); \
        /* scalars are read first: the output may be one of them */ \
        const X##_t left_first = n > 0 ? *left : 0, right_first = n > 0 ? *right : 0; \
        X##_t *to = y; \
        int status = CD_OK; \
        for (int64_t i = 0; i < n; i += 1) \
            to[i] = function( \
                left_step ? left[i] : left_first, right_step ? right[i] : right_first, &status); \
        return status; \
    } \
    CD_BINARY_FORMS(name)

// By `scalars` & 3: 0 none, 1 a, 2 b, 3 both.
#define CD_SELECT_KERNEL(name, X, B, scalars) \
    static void name##_##scalars( \
        const uint8_t *condition, const void *a, const void *b, void *y, int64_t n) { \
        const X##_t *left = a, *right = b; \
        X##_t *to = y; \
        const X##_v left_all = (scalars) & 1 ? *left : 0, right_all = (scalars) & 2 ? *right : 0; \
        int64_t i = 0; \
        for (; i + X##_lanes <= n; i += X##_lanes) { \
            const X##_v mask = \
                (X##_v)(__builtin_convertvector(B##_load(condition + i), X##_v) != 0); \
            X##_store( \
                to + i, mask ? ((scalars) & 1 ? left_all : X##_load(left + i)) \
                             : ((scalars) & 2 ? right_all : X##_load(right + i))); \
        } \
        if (i < n) { \
            const int64_t rest = n - i; \
            const X##_v mask = \
                (X##_v)(__builtin_convertvector(B##_load_partial(condition + i, rest), X##_v) != 0); \
            X##_store_partial( \
                to + i, \
                mask ? ((scalars) & 1 ? left_all : X##_load_partial(left + i, rest)) \
                     : ((scalars) & 2 ? right_all : X##_load_partial(right + i, rest)), \
                rest); \
        } \
    }
#define CD_SELECT_KERNELS(name, X, B) \
    CD_SELECT_KERNEL(name, X, B, 0) \
    CD_SELECT_KERNEL(name, X, B, 1) \
    CD_SELECT_KERNEL(name, X, B, 2) \
    CD_SELECT_KERNEL(name, X, B, 3)
