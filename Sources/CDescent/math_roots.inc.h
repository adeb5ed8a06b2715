// Internal: logarithms and powers of other bases, cube root, and functions of two arguments, float64.

CD_INLINE cd_pair cd_times(cd_pair a, cd_pair b) {
    cd_pair y = cd_two_product(a.hi, b.hi);
    y.lo += CD_MADD(a.hi, b.lo, a.lo * b.hi);
    return y;
}

// k unit + log(m) factor for x = 2^k m: exact for powers of two if `unit` is.
CD_INLINE f64_v cd_log_base(f64_v x, double factor, double factor_lo, double unit, double unit_lo) {
    const i64_v subnormal = x < 0x1p-1022;
    const f64_v normal = subnormal ? x * 0x1p54 : x;
    const i64_v exponent = cd_log_exponent_f64(normal);
    const f64_v m = (f64_v)((u64_v)normal - ((u64_v)exponent << 52));
    const f64_v k = cd_to_f64(exponent) - (subnormal ? (f64_v)54.0 : (f64_v)0.0);
    const f64_v zero = 0.0;
    const cd_pair logarithm = cd_log_reduced(zero, m - 1.0, zero);
    const f64_v high = factor, low = factor_lo;
    const cd_pair part = cd_times(
        cd_fast_two_sum(logarithm.hi, logarithm.lo), (cd_pair){high, low});
    const cd_pair whole = cd_two_product(k, (f64_v)unit);
    const cd_pair sum = cd_two_sum(whole.hi, part.hi);
    const f64_v rest = part.lo + CD_MADD(k, (f64_v)unit_lo, whole.lo);
    return cd_log_special_f64(sum.hi + (sum.lo + rest), x);
}

CD_INLINE f64_v cd_log2_f64(f64_v x) {
    return cd_log_base(x, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56, 1.0, 0.0);
}
CD_INLINE f64_v cd_log10_f64(f64_v x) {
    return cd_log_base(
        x, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57, 0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59);
}

// 2^n e^r, r the fraction times ln 2 as a pair: exact for whole numbers.
CD_INLINE f64_v cd_exp2_f64(f64_v x) {
    x = cd_clamp_f64(x, -1100.0, 1100.0);
    const f64_v n = (x + CD_ROUNDER_F64) - CD_ROUNDER_F64;
    const f64_v fraction = x - n, zero = 0.0;
    cd_pair r = cd_two_product(fraction, (f64_v)0x1.62e42fefa39efp-1);
    r.lo = CD_MADD(fraction, (f64_v)0x1.abc9e3b39803fp-56, r.lo);
    const f64_v correction = CD_MADD(r.lo, r.hi, r.lo);
    const cd_exp_parts parts = {
        zero, r.hi, CD_MADD(r.hi * r.hi, cd_exp_tail_f64(r.hi), correction)};
    return cd_scale_f64(cd_exp_unscaled(parts).hi, n);
}

// x = 8^k m, m in [1, 8): a polynomial, two steps of Halley's rule, the last one as a correction.
CD_INLINE f64_v cd_cbrt_f64(f64_v x) {
    static const double c[] = {
        0x1.4ecb7ee28e2bbp-1, 0x1.a612e6bf7887cp-2, -0x1.166aa5a8ad33cp-4, 0x1.ca0ace5bab84ep-8,
        -0x1.2e387317adddep-12};
    const f64_v magnitude = cd_abs_f64(x);
    const i64_v subnormal = magnitude < 0x1p-1022;
    const f64_v normal = subnormal ? magnitude * 0x1p54 : magnitude;
    const f64_v exponent = cd_to_f64((i64_v)((u64_v)normal >> 52) - 1023);
    // Thirds, rounded down: the offset keeps whole thirds on their side.
    const f64_v third = ((exponent - 0.9) * 0x1.5555555555555p-2 + CD_ROUNDER_F64) - CD_ROUNDER_F64;
    const f64_v m = normal * cd_exp2i_f64(-3.0 * third < -1000.0 ? (f64_v)-1000.0 : -3.0 * third) *
        (-3.0 * third < -1000.0 ? cd_exp2i_f64(-3.0 * third + 1000.0) : (f64_v)1.0);
    f64_v y = cd_poly_f64(m, c, 5);
    const f64_v cube = y * y * y;
    y = y * ((cube + m + m) / (cube + cube + m));
    const cd_pair square = cd_two_product(y, y);
    const cd_pair power = cd_two_product(square.hi, y);
    const f64_v residual = (m - power.hi) - CD_MADD(square.lo, y, power.lo);
    y = CD_MADD(y, residual / (power.hi + power.hi + m), y);
    const f64_v scale = cd_exp2i_f64(third - (subnormal ? (f64_v)18.0 : (f64_v)0.0));
    const i64_v ordinary = (magnitude > 0.0) & (magnitude < INFINITY);
    return ordinary ? cd_copysign_f64(y * scale, x) : x;
}

// The root of a pair, with one correction. An infinite side wins over a NaN, as C99 has it.
CD_INLINE f64_v cd_hypot_f64(f64_v x, f64_v y) {
    const f64_v a = cd_abs_f64(x), b = cd_abs_f64(y);
    const f64_v larger = a > b ? a : b, smaller = a > b ? b : a;
    const f64_v raised = larger < 0x1p-450 ? (f64_v)0x1p600 : (f64_v)1.0;
    const f64_v factor = larger > 0x1p450 ? (f64_v)0x1p-600 : raised;
    const f64_v back = larger > 0x1p450 ? (f64_v)0x1p600 : (larger < 0x1p-450 ? (f64_v)0x1p-600 : (f64_v)1.0);
    const f64_v p = larger * factor, q = smaller * factor;
    const cd_pair pp = cd_two_product(p, p), qq = cd_two_product(q, q);
    const cd_pair sum = cd_fast_two_sum(pp.hi, qq.hi);
    const f64_v root = __builtin_elementwise_sqrt(sum.hi);
    const cd_pair again = cd_two_product(root, root);
    const f64_v residual = ((sum.hi - again.hi) - again.lo) + (sum.lo + (pp.lo + qq.lo));
    const f64_v corrected = root == 0.0 ? root : root + residual / (root + root);
    const f64_v value = larger == 0.0 ? larger : corrected * back;
    const f64_v proper = ((x != x) | (y != y)) ? x + y : value;
    return ((a == INFINITY) | (b == INFINITY)) ? (f64_v)INFINITY : proper;
}

// max + log1p(e^-|x - y|), the difference and the sum as pairs.
CD_INLINE f64_v cd_logaddexp_f64(f64_v x, f64_v y) {
    const i64_v second = y > x;
    const f64_v larger = second ? y : x, smaller = second ? x : y;
    const cd_pair difference = cd_two_sum(smaller, -larger);
    const i64_v far = !(difference.hi > -746.0);
    const f64_v zero = 0.0;
    const cd_pair bounded = {far ? (f64_v)-746.0 : difference.hi, far ? zero : difference.lo};
    const cd_exp_parts parts = cd_exp_split(bounded);
    const cd_pair e = cd_exp_unscaled(parts);
    const f64_v power = cd_exp2i_f64(parts.n < -1000.0 ? (f64_v)-1000.0 : parts.n);
    cd_pair argument = cd_fast_two_sum((f64_v)1.0, e.hi * power);
    argument.lo += e.lo * power;
    const cd_pair logarithm = cd_log_pair(argument);
    const cd_pair sum = cd_two_sum(larger, logarithm.hi);
    const f64_v value = sum.hi + (sum.lo + logarithm.lo);
    const f64_v proper = ((larger == INFINITY) | (larger == -INFINITY)) ? larger : value;
    return ((x != x) | (y != y)) ? x + y : proper;
}
