// Internal: the exact operations by lane, each for every type it makes sense for.

// MARK: - Floats

// Rounding to integers. SSE2 has no instruction for it: adding 2^(mantissa bits) rounds to nearest even
// whatever is smaller, and larger numbers are integers already.
#if CD_LEVEL == 0 && !defined(__aarch64__)
#define CD_ROUNDING(K, BIG) \
    CD_INLINE K##_v cd_round_##K(K##_v x) { \
        const K##_v size = cd_abs_##K(x); \
        return size < BIG ? cd_copysign_##K((size + BIG) - BIG, x) : x; \
    } \
    CD_INLINE K##_v cd_floor_##K(K##_v x) { \
        const K##_v near = cd_round_##K(x); \
        return near > x ? near - 1 : near; \
    } \
    CD_INLINE K##_v cd_ceil_##K(K##_v x) { \
        const K##_v near = cd_round_##K(x); \
        return near < x ? cd_copysign_##K(near + 1, x) : near; \
    }
#else
#define CD_ROUNDING(K, BIG) \
    CD_INLINE K##_v cd_round_##K(K##_v x) { return __builtin_elementwise_roundeven(x); } \
    CD_INLINE K##_v cd_floor_##K(K##_v x) { return __builtin_elementwise_floor(x); } \
    CD_INLINE K##_v cd_ceil_##K(K##_v x) { return __builtin_elementwise_ceil(x); }
#endif

// MIN and MAX: the comparison picks b if that is the NaN; of equals (zeros of either sign) the bits are
// joined so that -0 < +0.
#define CD_FLOAT_BASIC(K, U, BIG) \
    CD_INLINE K##_v cd_negate_##K(K##_v x) { return -x; } \
    CD_INLINE K##_v cd_sign_##K(K##_v x) { \
        const K##_v size = x == x ? (K##_v)0 : x; \
        return x > 0 ? (K##_v)1 : (x < 0 ? (K##_v)-1 : size); \
    } \
    CD_INLINE K##_v cd_square_##K(K##_v x) { return x * x; } \
    CD_INLINE K##_v cd_relu_##K(K##_v x) { return x <= 0 ? (K##_v)0 : x; } \
    CD_INLINE K##_v cd_sqrt_##K(K##_v x) { return __builtin_elementwise_sqrt(x); } \
    CD_INLINE K##_v cd_reciprocal_##K(K##_v x) { return 1 / x; } \
    CD_INLINE K##_v cd_add_##K(K##_v a, K##_v b) { return a + b; } \
    CD_INLINE K##_v cd_sub_##K(K##_v a, K##_v b) { return a - b; } \
    CD_INLINE K##_v cd_mul_##K(K##_v a, K##_v b) { return a * b; } \
    CD_INLINE K##_v cd_div_##K(K##_v a, K##_v b) { return a / b; } \
    CD_INLINE K##_v cd_chain_##K(K##_v a, K##_v b) { return a == 0 ? a : a * b; } \
    CD_INLINE K##_v cd_min_##K(K##_v a, K##_v b) { \
        const K##_v joined = (K##_v)((U##_v)a | (U##_v)b); \
        return a == b ? joined : (((a < b) | (a != a)) ? a : b); \
    } \
    CD_INLINE K##_v cd_max_##K(K##_v a, K##_v b) { \
        const K##_v joined = (K##_v)((U##_v)a & (U##_v)b); \
        return a == b ? joined : (((a > b) | (a != a)) ? a : b); \
    } \
    CD_ROUNDING(K, BIG)

CD_FLOAT_BASIC(f32, u32, 0x1p23f)
CD_FLOAT_BASIC(f64, u64, 0x1p52)

// MARK: - Integers: computed unsigned, so that they wrap

#define CD_INTEGER_BASIC(K, U) \
    CD_INLINE K##_v cd_negate_##K(K##_v x) { return (K##_v)-(U##_v)x; } \
    CD_INLINE K##_v cd_abs_##K(K##_v x) { return x < 0 ? cd_negate_##K(x) : x; } \
    CD_INLINE K##_v cd_sign_##K(K##_v x) { return (x < 0) - (x > 0); } \
    CD_INLINE K##_v cd_square_##K(K##_v x) { return (K##_v)((U##_v)x * (U##_v)x); } \
    CD_INLINE K##_v cd_relu_##K(K##_v x) { return x > 0 ? x : (K##_v)0; } \
    CD_INLINE K##_v cd_add_##K(K##_v a, K##_v b) { return (K##_v)((U##_v)a + (U##_v)b); } \
    CD_INLINE K##_v cd_sub_##K(K##_v a, K##_v b) { return (K##_v)((U##_v)a - (U##_v)b); } \
    CD_INLINE K##_v cd_mul_##K(K##_v a, K##_v b) { return (K##_v)((U##_v)a * (U##_v)b); } \
    CD_INLINE K##_v cd_min_##K(K##_v a, K##_v b) { return a < b ? a : b; } \
    CD_INLINE K##_v cd_max_##K(K##_v a, K##_v b) { return a > b ? a : b; }

CD_INTEGER_BASIC(i32, u32)
CD_INTEGER_BASIC(i64, u64)

// MARK: - Comparisons: K lanes to bytes B

#define CD_COMPARISON(name, K, B, operator) \
    CD_INLINE B##_v cd_##name##_##K(K##_v a, K##_v b) { \
        return __builtin_convertvector((a operator b) & 1, B##_v); \
    }
#define CD_COMPARISONS(K, B) \
    CD_COMPARISON(eq, K, B, ==) \
    CD_COMPARISON(ne, K, B, !=) \
    CD_COMPARISON(lt, K, B, <) \
    CD_COMPARISON(le, K, B, <=) \
    CD_COMPARISON(gt, K, B, >) \
    CD_COMPARISON(ge, K, B, >=)

CD_COMPARISONS(f32, u8w)
CD_COMPARISONS(f64, u8d)
CD_COMPARISONS(i32, u8w)
CD_COMPARISONS(i64, u8d)

// MARK: - Bools

CD_INLINE u8_v cd_not_u8(u8_v x) { return x ^ 1; }
CD_INLINE u8_v cd_eq_u8(u8_v a, u8_v b) { return a ^ b ^ 1; }
CD_INLINE u8_v cd_ne_u8(u8_v a, u8_v b) { return a ^ b; }
CD_INLINE u8_v cd_and_u8(u8_v a, u8_v b) { return a & b; }
CD_INLINE u8_v cd_or_u8(u8_v a, u8_v b) { return a | b; }

// MARK: - Casts

// Plain conversions: exact, rounded to nearest, or (integers) wrapped.
#define CD_CONVERSION(X, Y) \
    CD_INLINE Y##_v cd_##X##_to_##Y(X##_v x) { return __builtin_convertvector(x, Y##_v); }

// Floats to integers truncate and saturate; NaN gives 0. `limit` is 2^31 or 2^63; lanes outside are
// emptied before the conversion, which C leaves undefined for them.
#define CD_SATURATING(X, Y, limit, largest, smallest) \
    CD_INLINE Y##_v cd_##X##_to_##Y(X##_v x) { \
        const X##_v inside = ((x >= -limit) & (x < limit)) ? x : (X##_v)0; \
        const Y##_v over = __builtin_convertvector(x >= limit, Y##_v); \
        const Y##_v under = __builtin_convertvector(x < -limit, Y##_v); \
        const Y##_v value = __builtin_convertvector(inside, Y##_v); \
        return over ? (Y##_v)largest : (under ? (Y##_v)smallest : value); \
    }

#define CD_TRUTH(X, B) \
    CD_INLINE B##_v cd_##X##_to_##B(X##_v x) { \
        return __builtin_convertvector((x != 0) & 1, B##_v); \
    }

CD_CONVERSION(f32h, f64)
CD_CONVERSION(f64, f32h)
CD_CONVERSION(i32, f32)
CD_CONVERSION(i32h, f64)
CD_CONVERSION(i32h, i64)
CD_CONVERSION(i64, f32h)
CD_CONVERSION(i64, f64)
CD_CONVERSION(i64, i32h)
CD_CONVERSION(u8w, f32)
CD_CONVERSION(u8w, i32)
CD_CONVERSION(u8d, f64)
CD_CONVERSION(u8d, i64)
CD_SATURATING(f32, i32, 0x1p31f, INT32_MAX, INT32_MIN)
CD_SATURATING(f32h, i64, 0x1p63f, INT64_MAX, INT64_MIN)
CD_SATURATING(f64, i32h, 0x1p31, INT32_MAX, INT32_MIN)
CD_SATURATING(f64, i64, 0x1p63, INT64_MAX, INT64_MIN)
CD_TRUTH(f32, u8w)
CD_TRUTH(i32, u8w)
CD_TRUTH(f64, u8d)
CD_TRUTH(i64, u8d)
