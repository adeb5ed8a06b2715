// Internal: float32 functions evaluated in float32. Polynomials are minimax fits (Remez exchange,
// leading coefficients rounded one after the other); errors are in Docs/Accuracy.md.

// The one sum in which exp's argument is reduced: x = n ln 2 + r, |r| <= ln 2 / 2. LN2_HI has 15 bits,
// so that n LN2_HI is exact without a fused multiply-add too.
#define CD_LN2_HI_F32 0x1.62e4p-1f
#define CD_LN2_LO_F32 0x1.7f7d1cp-20f

CD_INLINE f32_v cd_exp_integer_f32(f32_v x) {
    return CD_MADD(x, (f32_v)0x1.715476p0f, (f32_v)CD_ROUNDER_F32) - CD_ROUNDER_F32;
}

// (e^r - 1 - r) / r^2
CD_INLINE f32_v cd_exp_tail_f32(f32_v r) {
    static const float c[] = {0x1p-1f, 0x1.55548ap-3f, 0x1.55552ap-5f, 0x1.123f04p-7f, 0x1.6ceea8p-10f};
    return cd_poly_f32(r, c, 5);
}

// e^x = 2^n (hi + lo) for the functions that are made of it: the roundings of r, of 1 + r and of the
// last sum are in lo.
typedef struct cd_exp_pair_f32 {
    f32_v n, hi, lo;
} cd_exp_pair_f32;

CD_INLINE cd_exp_pair_f32 cd_exp_split_f32(f32_v x) {
    const f32_v n = cd_exp_integer_f32(x);
    const f32_v exact = CD_MADD(n, (f32_v)-CD_LN2_HI_F32, x);
    const f32_v r = CD_MADD(n, (f32_v)-CD_LN2_LO_F32, exact);
    const f32_v rest = CD_MADD(n, (f32_v)-CD_LN2_LO_F32, exact - r);
    const f32_v head = 1.0f + r;
    const f32_v lost = (r - (head - 1.0f)) + rest;
    const f32_v tail = CD_MADD(r * r, cd_exp_tail_f32(r), lost);
    const f32_v hi = head + tail;
    return (cd_exp_pair_f32){n, hi, tail - (hi - head)};
}

// e^-|x|, which is 0 from 105 on. NaN passes, for the comparison is false.
CD_INLINE cd_exp_pair_f32 cd_exp_decay_f32(f32_v x) {
    const f32_v opposite = -cd_abs_f32(x);
    return cd_exp_split_f32(opposite < -105.0f ? (f32_v)-105.0f : opposite);
}

CD_INLINE f32_v cd_exp_f32(f32_v x) {
    // Beyond these the result is 0 or infinity anyway. NaN passes, for the comparisons are false.
    x = x < -105.0f ? (f32_v)-105.0f : x;
    x = x > 89.0f ? (f32_v)89.0f : x;
    const f32_v n = cd_exp_integer_f32(x);
#if CD_HAS_FMA
    const f32_v one = 1.0f;
    f32_v r = CD_MADD(n, (f32_v)-CD_LN2_HI_F32, x);
    r = CD_MADD(n, (f32_v)-CD_LN2_LO_F32, r);
    const f32_v y = CD_MADD(CD_MADD(cd_exp_tail_f32(r), r, one), r, one);
#else
    const f32_v y = cd_exp_split_f32(x).hi;  // fusing is what keeps the above precise
#endif
    return cd_scale_f32(y, n);
}

// e^x - 1 = 2^n ((1 - 2^-n) + r + r^2 P): the first sum is kept exactly, for it may cancel.
CD_INLINE f32_v cd_expm1_f32(f32_v x) {
    const f32_v sign = x;
    x = x < -20.0f ? (f32_v)-20.0f : x;
    x = x > 89.0f ? (f32_v)89.0f : x;
    const f32_v n = cd_exp_integer_f32(x);
    const f32_v exact = CD_MADD(n, (f32_v)-CD_LN2_HI_F32, x);
    const f32_v r = CD_MADD(n, (f32_v)-CD_LN2_LO_F32, exact);
    const f32_v rest = CD_MADD(n, (f32_v)-CD_LN2_LO_F32, exact - r);
    const f32_v opposite = -n < -100.0f ? (f32_v)-100.0f : -n;
    const f32_v power = cd_exp2i_f32(opposite);
    const f32_v one = 1.0f - power;
    const f32_v sum = one + r;
    const f32_v lost = r - (sum - one);
    const f32_v tail = CD_MADD(r * r, cd_exp_tail_f32(r), rest + ((1.0f - one) - power));
    return cd_copysign_f32(cd_scale_f32(sum + (lost + tail), n), sign);
}

// 1 / (1 + e^-x); for negative x e^x / (1 + e^x), scaled last so that subnormals round once.
CD_INLINE f32_v cd_sigmoid_f32(f32_v x) {
    const f32_v zero = 0.0f;
    const cd_exp_pair_f32 parts = cd_exp_decay_f32(x);
    const f32_v e = cd_scale_f32(parts.hi, parts.n);
    const f32_v denominator = 1.0f + e;
    const f32_v lost = e - (denominator - 1.0f);
    const i32_v negative = x < 0.0f;
    const f32_v quotient = (negative ? parts.hi : (f32_v)1.0f) / denominator;
    // To first order in what numerator and denominator lost; 1 / denominator to a few bits is enough.
    const f32_v inverse = CD_MADD(-e, (f32_v)0.5f, (f32_v)1.0f);
    const f32_v correction = CD_MADD(-lost, quotient, negative ? parts.lo : zero);
    const f32_v y = CD_MADD(correction, inverse, quotient);
    return cd_scale_f32(y, negative ? parts.n : zero);
}

#if CD_LEVEL != 2
CD_INLINE f32_v cd_tanh_f32(f32_v x) {
    // Below 0.55 an odd polynomial; above, where the result exceeds 1/2, 1 - 2 / (e^2x + 1).
    static const float c[] = {-0x1.55554ap-2f, 0x1.110ceep-3f, -0x1.b91e7ep-5f, 0x1.58e518p-6f, -0x1.9921ap-8f};
    const f32_v magnitude = cd_abs_f32(x);
    const f32_v square = x * x;
    const f32_v small = CD_MADD(magnitude * square, cd_poly_f32(square, c, 5), magnitude);
    const f32_v bounded = magnitude > 10.0f ? (f32_v)10.0f : magnitude;
    const cd_exp_pair_f32 parts = cd_exp_split_f32(bounded + bounded);
    const f32_v power = cd_exp2i_f32(parts.n);
    const f32_v e = parts.hi * power;
    const f32_v denominator = e + 1.0f;
    const f32_v lost = CD_MADD(parts.lo, power, 1.0f - (denominator - e));
    const f32_v quotient = 2.0f / denominator;
    const f32_v large = 1.0f - CD_MADD(quotient * -0.5f, quotient * lost, quotient);
    return cd_copysign_f32(magnitude < 0.55f ? small : large, x);
}
#endif

// k ln 2 + log(1 + f + rest) = hi + lo for f in [-1/3, 1/3], rest far below f.
typedef struct cd_log_pair_f32 {
    f32_v hi, lo;
} cd_log_pair_f32;

CD_INLINE cd_log_pair_f32 cd_log_reduced_f32(f32_v k, f32_v f, f32_v rest) {
    static const float c[] = {
        0x1.555506p-2f, -0x1.fffedep-3f, 0x1.99d088p-3f, -0x1.55a192p-3f,
        0x1.1ecf8cp-3f, -0x1.f2a08ep-4f, 0x1.1e972ap-3f, -0x1.08f3e0p-3f};
    const f32_v square = f * f;
    const f32_v cubic = f * square;
    const f32_v tail = CD_MADD(cubic, cd_poly_f32(f, c, 8), -0.5f * square);
    const f32_v whole = k * CD_LN2_HI_F32;
    const f32_v sum = whole + f;
    const f32_v lost = f - (sum - whole);
    return (cd_log_pair_f32){sum, lost + CD_MADD(k, (f32_v)CD_LN2_LO_F32, tail + rest)};
}

#if CD_LEVEL != 2
// What a logarithm answers outside the positive numbers, and at infinity.
CD_INLINE f32_v cd_log_special_f32(f32_v y, f32_v x) {
    const f32_v special = x == 0.0f ? (f32_v)-INFINITY : (x < 0.0f ? (f32_v)NAN : x);
    return ((x > 0.0f) & (x < INFINITY)) ? y : special;
}

// The exponent k of x = 2^k m, m in [2/3, 4/3).
CD_INLINE i32_v cd_log_exponent_f32(f32_v x) { return ((i32_v)x - 0x3f2aaaab) >> 23; }

CD_INLINE f32_v cd_log_f32(f32_v x) {
    const i32_v subnormal = x < 0x1p-126f;
    const f32_v normal = subnormal ? x * 0x1p23f : x;
    const i32_v k = cd_log_exponent_f32(normal);
    const f32_v m = (f32_v)((u32_v)normal - ((u32_v)k << 23));
    const f32_v zero = 0.0f;
    const f32_v exponent = __builtin_convertvector(k, f32_v) - (subnormal ? (f32_v)23.0f : zero);
    const cd_log_pair_f32 y = cd_log_reduced_f32(exponent, m - 1.0f, zero);
    return cd_log_special_f32(y.hi + y.lo, x);
}

// As log, of 1 + x held as an exact sum; what the sum lost is added to f. The sign is that of x.
CD_INLINE f32_v cd_log1p_f32(f32_v x) {
    const f32_v u = 1.0f + x;
    const f32_v part = u - 1.0f;
    const f32_v lost = (1.0f - (u - part)) + (x - part);
    const i32_v k = cd_log_exponent_f32(u);
    const f32_v m = (f32_v)((u32_v)u - ((u32_v)k << 23));
    // 2^-k, or 0 where k is so large that nothing was lost.
    const i32_v scale = 0x3f800000 - (i32_v)((u32_v)k << 23);
    const f32_v low = lost * (f32_v)(scale < 0 ? (i32_v)0 : scale);
    const f32_v f = (m - 1.0f) + low;
    const f32_v rest = low - (f - (m - 1.0f));
    const cd_log_pair_f32 y = cd_log_reduced_f32(__builtin_convertvector(k, f32_v), f, rest);
    return cd_copysign_f32(cd_log_special_f32(y.hi + y.lo, u), x < -1.0f ? (f32_v)1.0f : x);
}
#endif

// max(x, 0) + log1p(e), e = e^-|x|: log(1 + e) or ln 2 + log(1 + (e - 1) / 2).
CD_INLINE f32_v cd_softplus_f32(f32_v x) {
    const f32_v zero = 0.0f;
    const cd_exp_pair_f32 parts = cd_exp_decay_f32(x);
    const f32_v e = cd_scale_f32(parts.hi, parts.n), low = cd_scale_f32(parts.lo, parts.n);
    const i32_v large = e > 0x1.555556p-2f;
    const f32_v less = e - 1.0f;
    const f32_v lost = e - (less + 1.0f);
    const cd_log_pair_f32 y = cd_log_reduced_f32(
        large ? (f32_v)1.0f : zero, large ? less * 0.5f : e, large ? (lost + low) * 0.5f : low);
    // The last sum exactly (Knuth), for both of its sides count.
    const f32_v positive = x > 0.0f ? x : zero;
    const f32_v sum = positive + y.hi, part = sum - positive;
    const f32_v sum_lost = (positive - (sum - part)) + (y.hi - part);
    return x == INFINITY ? x : sum + (sum_lost + y.lo);
}

// Up to 1: x + x E(x^2). Above: 1 - e^-Q(|x|), Q fitted to -log erfc with the weight of erfc.
CD_INLINE f32_v cd_erf_f32(f32_v x) {
    static const float near[] = {
        0x1.06eba8p-3f, -0x1.81273ep-2f, 0x1.ce2ce6p-4f, -0x1.b7f71ap-6f,
        0x1.53f224p-8f, -0x1.a3515ep-11f, 0x1.4771fcp-14f};
    static const float far[] = {
        0x1.8a564cp-13f, -0x1.212c0cp+0f, -0x1.44356ep-1f, -0x1.bc14b8p-4f,
        0x1.9d01bep-6f, -0x1.138a52p-8f, 0x1.cebc8ep-12f, -0x1.6bc912p-16f};
    const f32_v magnitude = cd_abs_f32(x);
    const f32_v small = CD_MADD(magnitude, cd_poly_f32(x * x, near, 7), magnitude);
    const f32_v bounded = magnitude > 4.0f ? (f32_v)4.0f : magnitude;
    const f32_v large = 1.0f - cd_exp_f32(cd_poly_f32(bounded, far, 8));
    return cd_copysign_f32(magnitude < 1.0f ? small : large, x);
}

CD_INLINE f32_v cd_rsqrt_f32(f32_v x) { return 1.0f / __builtin_elementwise_sqrt(x); }
