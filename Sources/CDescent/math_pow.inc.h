// Internal: powers and the floored remainder of floats; float32 goes through float64.

// log|x| as a pair with a relative error near 2^-69: y log x may reach 745, which costs ten bits.
// With s = f / (2 + f) it is k ln 2 + 2 s + s (2/3 s^2 + 2/5 s^4 + s^6 Q(s^2)), all but Q in pairs.
CD_INLINE cd_pair cd_log_precise(f64_v magnitude) {
    static const double c[] = {
        0x1.24924924927cfp-2, 0x1.c71c71c659ad9p-3, 0x1.745d17d79e0dep-3, 0x1.3b13782188ebcp-3,
        0x1.111dd1918d975p-3, 0x1.de9df92ec93fbp-4, 0x1.e7e4b1c9ec76ep-4};
    const i64_v subnormal = magnitude < 0x1p-1022;
    const f64_v normal = subnormal ? magnitude * 0x1p54 : magnitude;
    const i64_v exponent = cd_log_exponent_f64(normal);
    const f64_v m = (f64_v)((u64_v)normal - ((u64_v)exponent << 52));
    const f64_v k = cd_to_f64(exponent) - (subnormal ? (f64_v)54.0 : (f64_v)0.0);
    const f64_v f = m - 1.0, sum = m + 1.0;
    const f64_v sum_lost = m - (sum - 1.0);

    const f64_v inverse = 1.0 / sum;
    const f64_v s = f * inverse;
    const cd_pair back = cd_two_product(s, sum);
    const f64_v s_low = (((f - back.hi) - back.lo) - s * sum_lost) * inverse;

    cd_pair square = cd_two_product(s, s);
    square.lo = CD_MADD(s + s, s_low, square.lo);
    cd_pair fourth = cd_two_product(square.hi, square.hi);
    fourth.lo = CD_MADD(square.hi + square.hi, square.lo, fourth.lo);
    // v + v_low = 2/3 s^2 + 2/5 s^4 + s^6 Q
    const f64_v two_thirds = 0x1.5555555555555p-1, two_fifths = 0x1.999999999999ap-2;
    cd_pair u = cd_two_product(square.hi, two_thirds);
    u.lo += square.lo * two_thirds + square.hi * 0x1.5555555555555p-55;
    cd_pair w = cd_two_product(fourth.hi, two_fifths);
    w.lo += fourth.lo * two_fifths + fourth.hi * -0x1.999999999999ap-56;
    w.lo += fourth.hi * (square.hi * cd_poly_f64(square.hi, c, 7));
    const cd_pair v = cd_fast_two_sum(u.hi, w.hi);
    const f64_v v_low = v.lo + (u.lo + w.lo);
    cd_pair product = cd_two_product(s, v.hi);
    product.lo = CD_MADD(s, v_low, CD_MADD(s_low, v.hi, product.lo));

    const cd_pair series = cd_fast_two_sum(s + s, product.hi);
    const f64_v series_low = (s_low + s_low) + (series.lo + product.lo);
    const cd_pair whole = cd_fast_two_sum(k * CD_LN2_HI_F64, series.hi);
    return cd_fast_two_sum(whole.hi, whole.lo + CD_MADD(k, (f64_v)CD_LN2_LO_F64, series_low));
}

// log|x| to about 2^-37, and e^t likewise: what a float32 power needs.
CD_INLINE f64_v cd_log_brief(f64_v magnitude) {
    static const double c[] = {
        0x1.555555561eafap-1, 0x1.999996a807558p-2, 0x1.249412812b570p-2, 0x1.c62ae09cf6b4ap-3,
        0x1.9118b32791472p-3};
    const i64_v k = cd_log_exponent_f64(magnitude);
    const f64_v m = (f64_v)((u64_v)magnitude - ((u64_v)k << 52));
    const f64_v s = (m - 1.0) / (m + 1.0);
    const f64_v square = s * s;
    const f64_v series = CD_MADD(s * square, cd_poly_f64(square, c, 5), s + s);
    return CD_MADD(cd_to_f64(k), (f64_v)0x1.62e42fefa39efp-1, series);
}
CD_INLINE f64_v cd_exp_brief(f64_v t) {
    static const double c[] = {
        0x1.00000042f4b20p-1, 0x1.5555559826df1p-3, 0x1.5554804351cc7p-5, 0x1.11107cb05162ap-7,
        0x1.6d9696d556595p-10, 0x1.a1b854847e868p-13};
    const f64_v n = cd_exp_integer_f64(t);
    const f64_v r = CD_MADD(n, (f64_v)-0x1.62e42fefa39efp-1, t);
    const f64_v y = CD_MADD(r * r, cd_poly_f64(r, c, 6), r) + 1.0;
    return y * cd_exp2i_f64(n);
}

// Puts C's special cases of pow(x, y) around its value for |x|. An infinite or zero |x| needs only the
// logarithm that is infinite, which `cd_pow_any` sees to; here are signs, ones and NaNs.
CD_INLINE f64_v cd_pow_special(f64_v power, f64_v x, f64_v y) {
    const f64_v size = cd_abs_f64(y);
    // From 2^53 on every number is an even integer.
    const f64_v rounded = (size + 0x1p52) - 0x1p52;
    const i64_v integral = (size >= 0x1p52) | (rounded == size);
    const f64_v halved = size * 0.5;
    const i64_v odd =
        integral & (size < 0x1p53) & ((halved + 0x1p52) - 0x1p52 != halved);
    const i64_v negative = (i64_v)x < 0;
    f64_v value = (f64_v)((u64_v)power | ((u64_v)(negative & odd) & 0x8000000000000000ull));
    value = ((x < 0.0) & (x > -INFINITY) & ~integral) ? (f64_v)NAN : value;
    value = ((x == -1.0) & (size == INFINITY)) ? (f64_v)1.0 : value;
    value = ((x != x) | (y != y)) ? x + y : value;
    return ((x == 1.0) | (y == 0.0)) ? (f64_v)1.0 : value;
}

CD_INLINE f64_v cd_pow_f64(f64_v x, f64_v y) {
    const f64_v zero = 0.0;
    const f64_v magnitude = cd_abs_f64(x);
    cd_pair logarithm = cd_log_precise(magnitude);
    const i64_v ends = (magnitude == 0.0) | (magnitude == INFINITY);
    const f64_v end = magnitude == 0.0 ? (f64_v)-INFINITY : (f64_v)INFINITY;
    logarithm.hi = ends ? end : logarithm.hi;
    cd_pair t = cd_two_product(logarithm.hi, y);
    t.lo = CD_MADD(logarithm.lo, y, t.lo);
    // Where the power surely over- or underflows, or is 1, the low part may be an artefact.
    const i64_v beyond = (cd_abs_f64(t.hi) > 1000.0) | (cd_abs_f64(y) > 0x1p900) | ends;
    t.lo = beyond ? zero : t.lo;
    t.hi = cd_clamp_f64(t.hi, -1000.0, 1000.0);
    const cd_exp_parts parts = cd_exp_split(t);
    const f64_v power = cd_scale_f64(cd_exp_unscaled(parts).hi, parts.n);
    return cd_pow_special(power, x, y);
}

CD_INLINE f64_v cd_pow_wide(f64_v x, f64_v y) {
    const f64_v magnitude = cd_abs_f64(x);
    f64_v logarithm = cd_log_brief(magnitude);
    logarithm = magnitude == 0.0 ? (f64_v)-INFINITY : logarithm;
    logarithm = magnitude == INFINITY ? (f64_v)INFINITY : logarithm;
    const f64_v power = cd_exp_brief(cd_clamp_f64(logarithm * y, -300.0, 300.0));
    return cd_pow_special(power, x, y);
}

// MARK: - Remainders

// a mod b for a >= b > 0, finite, by long division of the mantissas.
static __attribute__((noinline, unused)) double cd_remainder_far(double a, double b) {
    uint64_t bits_a, bits_b;
    memcpy(&bits_a, &a, sizeof a);
    memcpy(&bits_b, &b, sizeof b);
    int exponent_a = (int)(bits_a >> 52), exponent_b = (int)(bits_b >> 52);
    uint64_t mantissa_a = bits_a & 0x000fffffffffffff, mantissa_b = bits_b & 0x000fffffffffffff;
    if (exponent_a) mantissa_a |= 0x0010000000000000; else exponent_a = 1;
    if (exponent_b) mantissa_b |= 0x0010000000000000; else exponent_b = 1;
    uint64_t rest = mantissa_a % mantissa_b;
    for (int shift = exponent_a - exponent_b; shift > 0;) {
        const int step = shift < 11 ? shift : 11;
        rest = (rest << step) % mantissa_b;
        shift -= step;
    }
    // rest * 2^(exponent_b - 1075), exact because it is below b
    if (rest == 0) return 0;
    const int zeros = __builtin_clzll(rest) - 11;
    const int exponent = exponent_b - zeros;
    uint64_t bits;
    if (exponent > 0)
        bits = ((uint64_t)exponent << 52) | ((rest << zeros) & 0x000fffffffffffff);
    else
        bits = rest << (exponent_b - 1);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

CD_INLINE f64_v cd_remainder_lanes(f64_v remainder, i64_v far, f64_v a, f64_v b) {
    double values[f64_lanes], as[f64_lanes], bs[f64_lanes];
    int64_t lanes[f64_lanes];
    memcpy(values, &remainder, sizeof values);
    memcpy(as, &a, sizeof as);
    memcpy(bs, &b, sizeof bs);
    memcpy(lanes, &far, sizeof lanes);
    for (int i = 0; i < f64_lanes; i += 1)
        if (lanes[i]) values[i] = cd_remainder_far(as[i], bs[i]);
    memcpy(&remainder, values, sizeof values);
    return remainder;
}

// a - b floor(a / b): the remainder of the magnitudes, exact, then the sign of b.
CD_INLINE f64_v cd_mod_f64(f64_v a, f64_v b) {
    const f64_v zero = 0.0;
    const f64_v x = cd_abs_f64(a), y = cd_abs_f64(b);
    // The quotient may be one too large, never more while it is this small; its product with y is exact
    // as a pair and the difference is a multiple of y's last place, hence exact.
    const f64_v ratio = x / y;
    const f64_v nearest = (ratio + 0x1p52) - 0x1p52;
    const f64_v quotient = nearest > ratio ? nearest - 1.0 : nearest;
    const cd_pair product = cd_two_product(quotient, y);
    f64_v remainder = (x - product.hi) - product.lo;
    remainder = remainder < 0.0 ? remainder + y : remainder;
    remainder = x < y ? x : remainder;
    // Zero divisors and infinities have made a NaN by now.
    const i64_v far = (x >= y) & (y > 0.0) & (x < INFINITY) &
        ((ratio >= 0x1p50) | (x >= 0x1p900) | (y <= 0x1p-900));
    if (CD_ANY(far)) remainder = cd_remainder_lanes(remainder, far, x, y);
    const i64_v nan = (a != a) | (b != b);
    const i64_v differ = ((i64_v)a ^ (i64_v)b) < 0;
    // a and b of unlike sign: the complement to |b|, taken with the sign of b.
    remainder = (differ & (remainder > zero)) ? y - remainder : remainder;
    return nan ? a + b : cd_copysign_f64(remainder, b);
}
