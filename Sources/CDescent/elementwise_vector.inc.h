// Internal, included between isa_begin.h and isa_end.h: the vectors of one instruction set.
//
// A kind K (f32, i64, ...) comes with K_t (its element), K_v (vector), K_lanes, K_load, K_store and
// the partial forms, which move the first `count` lanes and leave the others zero or untouched. Vectors
// are clang's extended vectors: comparisons give lanes of 0 or -1, `mask ? a : b` selects by lane.
// Kinds ending in h are half as wide, to pair with 8-byte lanes; u8w and u8d are bytes for 4- and
// 8-byte lanes, u8 fills a whole vector.

#pragma STDC FP_CONTRACT OFF

#define CD_INLINE static inline __attribute__((always_inline, unused))

#define CD_KIND(K, T, bytes) \
    typedef T K##_t; \
    typedef T K##_v __attribute__((ext_vector_type((bytes) / sizeof(T)))); \
    enum { K##_lanes = (bytes) / sizeof(T) }; \
    CD_INLINE K##_v K##_load(const T *p) { \
        K##_v v; \
        memcpy(&v, p, sizeof v); \
        return v; \
    } \
    CD_INLINE void K##_store(T *p, K##_v v) { memcpy(p, &v, sizeof v); } \
    CD_INLINE K##_v K##_load_partial(const T *p, int64_t count) { \
        K##_v v = {0}; \
        cd_partial_load(&v, p, sizeof v, (size_t)count * sizeof(T)); \
        return v; \
    } \
    CD_INLINE void K##_store_partial(T *p, K##_v v, int64_t count) { \
        cd_partial_store(p, &v, sizeof v, (size_t)count * sizeof(T)); \
    }

#if CD_LEVEL == 2

// Masked by bytes, which one instruction does for every element size; masked-off bytes cannot fault.
CD_INLINE void cd_partial_load(void *v, const void *p, size_t bytes, size_t count) {
    const __mmask64 mask = _bzhi_u64(~0ull, (unsigned)count);
    const __m512i loaded = _mm512_maskz_loadu_epi8(mask, p);
    memcpy(v, &loaded, bytes);
}

CD_INLINE void cd_partial_store(void *p, const void *v, size_t bytes, size_t count) {
    __m512i stored = _mm512_setzero_si512();
    memcpy(&stored, v, bytes);
    _mm512_mask_storeu_epi8(p, _bzhi_u64(~0ull, (unsigned)count), stored);
}

#else

CD_INLINE void cd_partial_load(void *v, const void *p, size_t bytes, size_t count) {
    (void)bytes;
    if (count == 4) memcpy(v, p, 4);
    else if (count == 8) memcpy(v, p, 8);
    else memcpy(v, p, count);
}

CD_INLINE void cd_partial_store(void *p, const void *v, size_t bytes, size_t count) {
    (void)bytes;
    if (count == 4) memcpy(p, v, 4);
    else if (count == 8) memcpy(p, v, 8);
    else memcpy(p, v, count);
}

#endif

// What comparisons of 8-byte lanes give. int64_t is as wide, but on some systems another type.
#if __SIZEOF_LONG__ == 8
typedef long cd_mask64;
#else
typedef long long cd_mask64;
#endif

CD_KIND(f32, float, CD_VECTOR_BYTES)
CD_KIND(f64, double, CD_VECTOR_BYTES)
CD_KIND(i32, int32_t, CD_VECTOR_BYTES)
CD_KIND(i64, cd_mask64, CD_VECTOR_BYTES)
CD_KIND(u32, uint32_t, CD_VECTOR_BYTES)
CD_KIND(u64, uint64_t, CD_VECTOR_BYTES)
CD_KIND(u8, uint8_t, CD_VECTOR_BYTES)
CD_KIND(f32h, float, CD_VECTOR_BYTES / 2)
CD_KIND(i32h, int32_t, CD_VECTOR_BYTES / 2)
CD_KIND(u8w, uint8_t, CD_VECTOR_BYTES / 4)
CD_KIND(u8d, uint8_t, CD_VECTOR_BYTES / 8)

// MARK: - Arithmetic shared by the kernels

// a * b + c, rounded once where that is one instruction, else twice: only for kernels whose error
// bound allows both.
#if CD_HAS_FMA
#define CD_MADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define CD_MADD(a, b, c) ((a) * (b) + (c))
#endif

CD_INLINE f32_v cd_abs_f32(f32_v x) { return (f32_v)((u32_v)x & 0x7fffffffu); }
CD_INLINE f64_v cd_abs_f64(f64_v x) { return (f64_v)((u64_v)x & 0x7fffffffffffffffull); }

CD_INLINE f32_v cd_copysign_f32(f32_v x, f32_v sign) {
    return (f32_v)(((u32_v)x & 0x7fffffffu) | ((u32_v)sign & 0x80000000u));
}
CD_INLINE f64_v cd_copysign_f64(f64_v x, f64_v sign) {
    return (f64_v)(((u64_v)x & 0x7fffffffffffffffull) | ((u64_v)sign & 0x8000000000000000ull));
}

// Adding and subtracting these rounds to an integer, whose low bits then stand in the sum's.
#define CD_ROUNDER_F32 0x1.8p23f
#define CD_ROUNDER_F64 0x1.8p52

// 2^n for integral n in the range of normal exponents: the sum leaves n + bias in its low bits.
CD_INLINE f32_v cd_exp2i_f32(f32_v n) {
    return (f32_v)((u32_v)(n + (CD_ROUNDER_F32 + 127.0f)) << 23);
}
CD_INLINE f64_v cd_exp2i_f64(f64_v n) {
    return (f64_v)((u64_v)(n + (CD_ROUNDER_F64 + 1023.0)) << 52);
}

// y * 2^n with one rounding, for normal y near 1 and |n| up to about twice the exponent range.
CD_INLINE f32_v cd_scale_f32(f32_v y, f32_v n) {
#if CD_LEVEL == 2
    return (f32_v)_mm512_scalef_ps((__m512)y, (__m512)n);
#else
    const f32_v half = CD_MADD(n, (f32_v)0.5f, (f32_v)CD_ROUNDER_F32) - CD_ROUNDER_F32;
    return y * cd_exp2i_f32(half) * cd_exp2i_f32(n - half);
#endif
}
CD_INLINE f64_v cd_scale_f64(f64_v y, f64_v n) {
#if CD_LEVEL == 2
    return (f64_v)_mm512_scalef_pd((__m512d)y, (__m512d)n);
#else
    const f64_v half = CD_MADD(n, (f64_v)0.5, (f64_v)CD_ROUNDER_F64) - CD_ROUNDER_F64;
    return y * cd_exp2i_f64(half) * cd_exp2i_f64(n - half);
#endif
}

// Small integers to doubles; the processor's own conversion is missing before AVX-512.
CD_INLINE f64_v cd_to_f64(i64_v k) {
    return (f64_v)(k + (i64_v)(f64_v)CD_ROUNDER_F64) - CD_ROUNDER_F64;
}

// c[0] + c[1] x + ... by Horner's rule.
CD_INLINE f32_v cd_poly_f32(f32_v x, const float *c, int count) {
    f32_v y = c[count - 1];
    for (int i = count - 2; i >= 0; i -= 1) y = CD_MADD(y, x, (f32_v)c[i]);
    return y;
}
CD_INLINE f64_v cd_poly_f64(f64_v x, const double *c, int count) {
    f64_v y = c[count - 1];
    for (int i = count - 2; i >= 0; i -= 1) y = CD_MADD(y, x, (f64_v)c[i]);
    return y;
}

// An unevaluated sum: hi carries the value to double precision, lo what rounding left over.
typedef struct cd_pair {
    f64_v hi, lo;
} cd_pair;

// a + b exactly, where |a| >= |b| or a = 0.
CD_INLINE cd_pair cd_fast_two_sum(f64_v a, f64_v b) {
    const f64_v sum = a + b;
    return (cd_pair){sum, b - (sum - a)};
}

// a + b exactly (Knuth).
CD_INLINE cd_pair cd_two_sum(f64_v a, f64_v b) {
    const f64_v sum = a + b, part = sum - a;
    return (cd_pair){sum, (a - (sum - part)) + (b - part)};
}

// a * b exactly, barring under- and overflow (Dekker's splitting without a fused multiply-add).
CD_INLINE cd_pair cd_two_product(f64_v a, f64_v b) {
    const f64_v product = a * b;
#if CD_HAS_FMA
    return (cd_pair){product, __builtin_elementwise_fma(a, b, -product)};
#else
    const f64_v wide_a = a * 0x1.0000002p27, wide_b = b * 0x1.0000002p27;
    const f64_v high_a = wide_a - (wide_a - a), high_b = wide_b - (wide_b - b);
    const f64_v low_a = a - high_a, low_b = b - high_b;
    return (cd_pair){
        product,
        ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b};
#endif
}

// Whether any lane of a mask is set.
#define CD_ANY(mask) (__builtin_reduce_or(mask) != 0)

// Numerator / denominator of two pairs, rounded nearly once: one quotient, corrected by its residual.
CD_INLINE f64_v cd_divide_pairs(cd_pair numerator, cd_pair denominator) {
    const f64_v inverse = 1.0 / denominator.hi;
    const f64_v quotient = numerator.hi * inverse;
    const cd_pair back = cd_two_product(quotient, denominator.hi);
    const f64_v residual =
        ((numerator.hi - back.hi) - back.lo) + (numerator.lo - quotient * denominator.lo);
    return CD_MADD(residual, inverse, quotient);
}
