// Internal: float64 logarithms.

// LN2_HI has 42 bits, so that n LN2_HI is exact for every exponent n.
#define CD_LN2_HI_F64 0x1.62e42fefa38p-1
#define CD_LN2_LO_F64 0x1.ef35793c7673p-45

// k ln 2 + log(1 + f + rest) as a pair, for 1 + f in [sqrt(1/2), sqrt(2)], rest far below f. With
// s = f / (2 + f): log(1 + f) = 2 atanh(s) = f - (f^2/2 - s (f^2/2 + R(s^2))).
CD_INLINE cd_pair cd_log_reduced(f64_v k, f64_v f, f64_v rest) {
    static const double c[] = {
        0x1.5555555555593p-1, 0x1.999999997f9f7p-2, 0x1.249249422a61cp-2, 0x1.c71c51d7ab278p-3,
        0x1.746649b9f4f47p-3, 0x1.39a0942ced2a9p-3, 0x1.2f119071e1cb8p-3};
    const f64_v s = f / (2.0 + f);
    const f64_v square = s * s;
    const f64_v half = 0.5 * f * f;
    const f64_v tail = CD_MADD(s, CD_MADD(square, cd_poly_f64(square, c, 7), half), -half);
    const cd_pair sum = cd_fast_two_sum(k * CD_LN2_HI_F64, f);
    const f64_v low = CD_MADD(k, (f64_v)CD_LN2_LO_F64, CD_MADD(-rest, f, rest));
    return (cd_pair){sum.hi, sum.lo + (low + tail)};
}

// The exponent k of x = 2^k m, m in [sqrt(1/2), sqrt(2)).
CD_INLINE i64_v cd_log_exponent_f64(f64_v x) { return ((i64_v)x - 0x3fe6a09e667f3bcd) >> 52; }

// log(x.hi + x.lo) for normal positive x, lo below half a unit of hi.
CD_INLINE cd_pair cd_log_pair(cd_pair x) {
    const i64_v k = cd_log_exponent_f64(x.hi);
    const f64_v m = (f64_v)((u64_v)x.hi - ((u64_v)k << 52));
    // 2^-k, or 0 where k is so large that the low part is nothing.
    const i64_v scale = 0x3ff0000000000000 - (i64_v)((u64_v)k << 52);
    const f64_v low = x.lo * (f64_v)(scale < 0 ? (i64_v)0 : scale);
    const cd_pair f = cd_two_sum(m - 1.0, low);
    return cd_log_reduced(cd_to_f64(k), f.hi, f.lo);
}

// What a logarithm answers outside the positive numbers, and at infinity.
CD_INLINE f64_v cd_log_special_f64(f64_v y, f64_v x) {
    const f64_v special = x == 0.0 ? (f64_v)-INFINITY : (x < 0.0 ? (f64_v)NAN : x);
    return ((x > 0.0) & (x < INFINITY)) ? y : special;
}

CD_INLINE f64_v cd_log_f64(f64_v x) {
    const i64_v subnormal = x < 0x1p-1022;
    const f64_v normal = subnormal ? x * 0x1p54 : x;
    const i64_v k = cd_log_exponent_f64(normal);
    const f64_v m = (f64_v)((u64_v)normal - ((u64_v)k << 52));
    const f64_v exponent = cd_to_f64(k) - (subnormal ? (f64_v)54.0 : (f64_v)0.0);
    const f64_v zero = 0.0;
    const cd_pair y = cd_log_reduced(exponent, m - 1.0, zero);
    return cd_log_special_f64(y.hi + y.lo, x);
}

CD_INLINE f64_v cd_log1p_f64(f64_v x) {
    const cd_pair u = cd_two_sum((f64_v)1.0, x);
    const cd_pair y = cd_log_pair(u);
    return cd_copysign_f64(
        cd_log_special_f64(y.hi + y.lo, u.hi), x < -1.0 ? (f64_v)1.0 : x);
}
