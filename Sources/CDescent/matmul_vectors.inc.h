// Internal: the vector type of matrix products, its partial loads and stores, and the shuffle.

typedef T F(vector) __attribute__((vector_size(CD_VECTOR_BYTES)));
typedef T F(unaligned) __attribute__((vector_size(CD_VECTOR_BYTES), aligned(MATMUL_BYTES), may_alias));

INLINE F(vector) F(load)(const T *p) { return *(const F(unaligned) *)p; }
INLINE void F(store)(T *p, F(vector) x) { *(F(unaligned) *)p = x; }

// Subtracting zero keeps every value, negative zero too, so it compiles to a broadcast alone.
INLINE F(vector) F(broadcast)(T x) { return x - (F(vector)){0}; }

INLINE F(vector) F(multiply_add)(F(vector) a, F(vector) b, F(vector) c) {
#if CD_HAS_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// The first `count` lanes, 1...LANES. Memory beyond them is not touched; loads give zeros there.

#if CD_LEVEL == 2

#if MATMUL_BYTES == 4
typedef __mmask16 F(mask);
#define MASKED_LOAD _mm512_maskz_loadu_ps
#define MASKED_STORE _mm512_mask_storeu_ps
#else
typedef __mmask8 F(mask);
#define MASKED_LOAD _mm512_maskz_loadu_pd
#define MASKED_STORE _mm512_mask_storeu_pd
#endif
INLINE F(mask) F(first)(int64_t count) { return (F(mask))((1u << count) - 1); }
INLINE F(vector) F(load_first)(F(mask) mask, const T *p) { return (F(vector))MASKED_LOAD(mask, p); }
INLINE void F(store_first)(F(mask) mask, T *p, F(vector) x) { MASKED_STORE(p, mask, x); }
#undef MASKED_LOAD
#undef MASKED_STORE

#elif CD_LEVEL == 1

typedef __m256i F(mask);
#if MATMUL_BYTES == 4
INLINE F(mask) F(first)(int64_t count) {
    return _mm256_cmpgt_epi32(
        _mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE F(vector) F(load_first)(F(mask) mask, const T *p) { return _mm256_maskload_ps(p, mask); }
INLINE void F(store_first)(F(mask) mask, T *p, F(vector) x) { _mm256_maskstore_ps(p, mask, x); }
#else
INLINE F(mask) F(first)(int64_t count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
INLINE F(vector) F(load_first)(F(mask) mask, const T *p) { return _mm256_maskload_pd(p, mask); }
INLINE void F(store_first)(F(mask) mask, T *p, F(vector) x) { _mm256_maskstore_pd(p, mask, x); }
#endif

#else

typedef int64_t F(mask);
INLINE F(mask) F(first)(int64_t count) { return count; }
INLINE F(vector) F(load_first)(F(mask) count, const T *p) {
    F(vector) x = {0};
    UNROLL for (int i = 0; i < LANES; i++) if (i < count) x[i] = p[i];
    return x;
}
INLINE void F(store_first)(F(mask) count, T *p, F(vector) x) {
    UNROLL for (int i = 0; i < LANES; i++) if (i < count) p[i] = x[i];
}

#endif

// Interleaves the lower halves, or the upper halves, of two vectors. Applied to the pairs (i, i + n/2) of
// n = LANES vectors, log2(n) times, this transposes them: each round turns one bit of the row number
// into one of the lane number.
#if CD_VECTOR_BYTES / MATMUL_BYTES == 16
#define LOWER 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif CD_VECTOR_BYTES / MATMUL_BYTES == 8
#define LOWER 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER 4, 12, 5, 13, 6, 14, 7, 15
#elif CD_VECTOR_BYTES / MATMUL_BYTES == 4
#define LOWER 0, 4, 1, 5
#define UPPER 2, 6, 3, 7
#else
#define LOWER 0, 2
#define UPPER 1, 3
#endif
INLINE F(vector) F(interleave_lower)(F(vector) a, F(vector) b) {
    return __builtin_shufflevector(a, b, LOWER);
}
INLINE F(vector) F(interleave_upper)(F(vector) a, F(vector) b) {
    return __builtin_shufflevector(a, b, UPPER);
}
#undef LOWER
#undef UPPER

// Where `bit` of the lane number is 0, the sum of the lane and of that `bit` above in a; where it is 1, of the lane and of that
// `bit` below in b. Applied to the pairs (i, i + n/2) of n = LANES vectors, log2(n) times, this sums each in one lane.
#define KEPT(bit, lane) ((lane) & (bit) ? LANES + (lane) : (lane))
#define MOVED(bit, lane) ((lane) & (bit) ? LANES + (lane) - (bit) : (lane) + (bit))
#if CD_VECTOR_BYTES / MATMUL_BYTES == 16
#define ALL(f, bit) \
    f(bit, 0), f(bit, 1), f(bit, 2), f(bit, 3), f(bit, 4), f(bit, 5), f(bit, 6), f(bit, 7), f(bit, 8), f(bit, 9), \
        f(bit, 10), f(bit, 11), f(bit, 12), f(bit, 13), f(bit, 14), f(bit, 15)
#elif CD_VECTOR_BYTES / MATMUL_BYTES == 8
#define ALL(f, bit) f(bit, 0), f(bit, 1), f(bit, 2), f(bit, 3), f(bit, 4), f(bit, 5), f(bit, 6), f(bit, 7)
#elif CD_VECTOR_BYTES / MATMUL_BYTES == 4
#define ALL(f, bit) f(bit, 0), f(bit, 1), f(bit, 2), f(bit, 3)
#else
#define ALL(f, bit) f(bit, 0), f(bit, 1)
#endif
#define FOLD(bit) \
    return __builtin_shufflevector(a, b, ALL(KEPT, bit)) + __builtin_shufflevector(a, b, ALL(MOVED, bit))
INLINE F(vector) F(fold)(F(vector) a, F(vector) b, int bit) {
    switch (bit) {
#if CD_VECTOR_BYTES / MATMUL_BYTES >= 16
    case 8: FOLD(8);
#endif
#if CD_VECTOR_BYTES / MATMUL_BYTES >= 8
    case 4: FOLD(4);
#endif
#if CD_VECTOR_BYTES / MATMUL_BYTES >= 4
    case 2: FOLD(2);
#endif
    default: FOLD(1);
    }
}
#undef KEPT
#undef MOVED
#undef ALL
#undef FOLD
