// Internal: float64 exponentials. Where a result is the small difference or the quotient of larger
// numbers, the parts are carried as pairs, so that the final rounding dominates the error.

CD_INLINE f64_v cd_clamp_f64(f64_v x, double low, double high) {
    // NaN passes, for the comparisons are false.
    x = x < low ? (f64_v)low : x;
    return x > high ? (f64_v)high : x;
}

CD_INLINE f64_v cd_exp_integer_f64(f64_v x) {
    return CD_MADD(x, (f64_v)0x1.71547652b82fep0, (f64_v)CD_ROUNDER_F64) - CD_ROUNDER_F64;
}

// (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2
CD_INLINE f64_v cd_exp_tail_f64(f64_v r) {
    static const double c[] = {
        0x1p-1, 0x1.5555555555559p-3, 0x1.555555555554cp-5, 0x1.111111110f5b7p-7,
        0x1.6c16c16c1ae61p-10, 0x1.a01a01b05d7e4p-13, 0x1.a01a018dfab9ap-16, 0x1.71ddf70af6298p-19,
        0x1.27e511ad04385p-22, 0x1.af61101abd46ep-26, 0x1.1f1ebc108ef92p-29};
    return cd_poly_f64(r, c, 11);
}

CD_INLINE f64_v cd_exp_f64(f64_v x) {
    x = cd_clamp_f64(x, -746.0, 710.0);
    const f64_v n = cd_exp_integer_f64(x);
    f64_v r = CD_MADD(n, (f64_v)-CD_LN2_HI_F64, x);
    r = CD_MADD(n, (f64_v)-CD_LN2_LO_F64, r);
#if CD_HAS_FMA
    const f64_v one = 1.0;
    const f64_v y = CD_MADD(CD_MADD(cd_exp_tail_f64(r), r, one), r, one);
#else
    const f64_v y = (r * r * cd_exp_tail_f64(r) + r) + 1.0;  // the same fused would round worse
#endif
    return cd_scale_f64(y, n);
}

// e^x = 2^n (1 + r + tail) with the rounding of r made good in the tail.
typedef struct cd_exp_parts {
    f64_v n, r, tail;
} cd_exp_parts;

CD_INLINE cd_exp_parts cd_exp_split(cd_pair x) {
    const f64_v n = cd_exp_integer_f64(x.hi);
    const f64_v exact = CD_MADD(n, (f64_v)-CD_LN2_HI_F64, x.hi);
    const f64_v near = CD_MADD(n, (f64_v)-CD_LN2_LO_F64, exact);
    // x.lo may be far above the last place of r, hence the second rounding.
    const f64_v low = CD_MADD(n, (f64_v)-CD_LN2_LO_F64, exact - near) + x.lo;
    const cd_pair r = cd_fast_two_sum(near, low);
    // e^(hi + lo) = e^hi + lo (1 + hi) to first order in both
    const f64_v correction = CD_MADD(r.lo, r.hi, r.lo);
    return (cd_exp_parts){n, r.hi, CD_MADD(r.hi * r.hi, cd_exp_tail_f64(r.hi), correction)};
}

CD_INLINE cd_pair cd_exp_unscaled(cd_exp_parts e) {
    const cd_pair head = cd_fast_two_sum((f64_v)1.0, e.r);
    return cd_fast_two_sum(head.hi, head.lo + e.tail);
}

// (e^x - 1) / 2^n = (1 - 2^-n) + r + tail; the first sums may cancel and are kept exactly.
CD_INLINE cd_pair cd_expm1_unscaled(cd_exp_parts e, f64_v power) {
    const f64_v one = 1.0 - power;
    const cd_pair head = cd_fast_two_sum(one, e.r);
    return cd_fast_two_sum(head.hi, ((1.0 - one) - power) + (head.lo + e.tail));
}

CD_INLINE f64_v cd_expm1_f64(f64_v x) {
    const f64_v zero = 0.0;
    const cd_exp_parts e = cd_exp_split((cd_pair){cd_clamp_f64(x, -50.0, 710.0), zero});
    const f64_v power = cd_exp2i_f64(-e.n < -1000.0 ? (f64_v)-1000.0 : -e.n);
    return cd_copysign_f64(cd_scale_f64(cd_expm1_unscaled(e, power).hi, e.n), x);
}

// With E = e^2x - 1: E / (E + 2), both divided by 2^n.
CD_INLINE f64_v cd_tanh_f64(f64_v x) {
    const f64_v zero = 0.0;
    const f64_v bounded = cd_clamp_f64(cd_abs_f64(x), 0.0, 22.0);
    const cd_exp_parts e = cd_exp_split((cd_pair){bounded + bounded, zero});
    const f64_v power = cd_exp2i_f64(-e.n);
    const cd_pair numerator = cd_expm1_unscaled(e, power);
    cd_pair denominator = cd_two_sum(numerator.hi, power + power);
    denominator.lo += numerator.lo;
    return cd_copysign_f64(cd_divide_pairs(numerator, denominator), x);
}

// 1 / (1 + e^-x); for negative x e^x / (1 + e^x), scaled last so that subnormals round once.
CD_INLINE f64_v cd_sigmoid_f64(f64_v x) {
    const f64_v zero = 0.0;
    const cd_exp_parts parts = cd_exp_split((cd_pair){cd_clamp_f64(-cd_abs_f64(x), -746.0, 0.0), zero});
    const cd_pair e = cd_exp_unscaled(parts);
    const f64_v power = cd_exp2i_f64(parts.n < -1000.0 ? (f64_v)-1000.0 : parts.n);
    cd_pair denominator = cd_fast_two_sum((f64_v)1.0, e.hi * power);
    denominator.lo += e.lo * power;
    const i64_v negative = x < 0.0;
    const cd_pair numerator = {negative ? e.hi : (f64_v)1.0, negative ? e.lo : zero};
    const f64_v quotient = cd_divide_pairs(numerator, denominator);
    return cd_scale_f64(quotient, negative ? parts.n : zero);
}

// max(x, 0) + log1p(e^-|x|). Below -40 the logarithm is e^x itself, scaled last.
CD_INLINE f64_v cd_softplus_f64(f64_v x) {
    const f64_v zero = 0.0;
    const cd_exp_parts parts = cd_exp_split((cd_pair){cd_clamp_f64(-cd_abs_f64(x), -746.0, 0.0), zero});
    const cd_pair e = cd_exp_unscaled(parts);
    const f64_v power = cd_exp2i_f64(parts.n < -1000.0 ? (f64_v)-1000.0 : parts.n);
    cd_pair argument = cd_fast_two_sum((f64_v)1.0, e.hi * power);
    argument.lo += e.lo * power;
    const cd_pair logarithm = cd_log_pair(argument);
    const cd_pair sum = cd_two_sum(x > 0.0 ? x : zero, logarithm.hi);
    const f64_v y = sum.hi + (sum.lo + logarithm.lo);
    const f64_v far = x == INFINITY ? x : y;
    return x < -40.0 ? cd_scale_f64(e.hi, parts.n) : far;
}

// Up to 0.97: x + x E(x^2). Above: 1 - e^-Q(|x|), Q fitted to -log erfc with the weight of erfc.
CD_INLINE f64_v cd_erf_f64(f64_v x) {
    static const double near[] = {
        0x1.06eba8214db69p-3, -0x1.812746b0379fdp-2, 0x1.ce2f21a043610p-4, -0x1.b82ce312ab10cp-6,
        0x1.565bcd126e849p-8, -0x1.c02db4925b7a3p-11, 0x1.f9a33426c2796p-14, -0x1.f4d31de78106fp-17,
        0x1.b9ed767eeef9ap-20, -0x1.5f8e6ff78a6b7p-23, 0x1.fc0ead30f3a11p-27,
        -0x1.452e63b6f5595p-30, 0x1.25f4d5d6d1bf6p-34};
    static const double far[] = {
        -0x1.f94eb412dba6ap-24, -0x1.20dd606c50f86p+0, -0x1.45f3cd541241fp-1, -0x1.a4e2a6b7471a8p-4,
        0x1.38d5674127c6cp-6, 0x1.0e3aa1039dd00p-12, -0x1.c91e6d63706e1p-10, 0x1.44ba66abc0b6ep-11,
        -0x1.f60801cf04a04p-16, -0x1.49284a52dad06p-14, 0x1.975f8bdeb16b2p-15,
        -0x1.2988d0ecd4597p-16, 0x1.38cd2aa36f096p-18, -0x1.eeee843187d35p-21,
        0x1.26e160f6a2ea4p-23, -0x1.0200dbd0ae9dcp-26, 0x1.39b28cb8bc3dep-30,
        -0x1.da0f73077e006p-35, 0x1.4f62280e3e1fbp-40};
    const f64_v magnitude = cd_abs_f64(x);
    const f64_v small = CD_MADD(magnitude, cd_poly_f64(x * x, near, 13), magnitude);
    const f64_v bounded = magnitude > 6.0 ? (f64_v)6.0 : magnitude;
    const f64_v large = 1.0 - cd_exp_f64(cd_poly_f64(bounded, far, 19));
    return cd_copysign_f64(magnitude < 0.97 ? small : large, x);
}

CD_INLINE f64_v cd_rsqrt_f64(f64_v x) { return 1.0 / __builtin_elementwise_sqrt(x); }
