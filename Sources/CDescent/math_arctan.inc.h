// Internal: arc tangents of quotients, float64, and float32 through it.

// atan2 for 0 <= y, 0 <= x (as numbers scaled to be harmless): with t the tangent of the angle turned
// by 0, -pi/4 or -pi/2 such that |t| <= sqrt(2) - 1, angle = turn + t + t^3 A(t^2). `reflect` lanes answer
// pi minus the angle, with the same single rounding.
CD_INLINE f64_v cd_arctan_f64(f64_v y, f64_v x, i64_v reflect, int precise) {
    static const double c[] = {
        -0x1.555555555553dp-2, 0x1.9999999995889p-3, -0x1.24924922ae57dp-3, 0x1.c71c70e67049ep-4,
        -0x1.745cf8e63d431p-4, 0x1.3b1119af72e42p-4, -0x1.10ebbd6786abcp-4, 0x1.df0f801e87146p-5,
        -0x1.9cd347559ea26p-5, 0x1.37d605f2bd16ap-5, -0x1.25690827e824fp-6};
    static const double brief[] = {
        -0x1.555554c7e8c50p-2, 0x1.999919c5a4872p-3, -0x1.247ef702749eap-3,
        0x1.c4666ca03919ep-4, -0x1.5b3c1a15c47f1p-4, 0x1.84cd5f42400b0p-5};
    const f64_v zero = 0.0;
    const i64_v low = y < x * 0x1.a827999fcef32p-2;
    const i64_v high = x < y * 0x1.a827999fcef32p-2;
    const cd_pair difference = cd_two_sum(y, -x), sum = cd_two_sum(y, x);
    const cd_pair numerator = {
        low ? y : (high ? -x : difference.hi), (low | high) ? zero : difference.lo};
    const cd_pair denominator = {low ? x : (high ? y : sum.hi), (low | high) ? zero : sum.lo};
    // quarters of pi that the angle was turned by, then the sign of t in the answer
    f64_v turned = low ? zero : (high ? (f64_v)2.0 : (f64_v)1.0);
    turned = reflect ? 4.0 - turned : turned;
    const f64_v quotient = numerator.hi / denominator.hi;
    const f64_v flip = reflect ? (f64_v)-1.0 : (f64_v)1.0;
    const f64_v t = quotient * flip;
    const f64_v square = t * t;
    if (!precise)
        return CD_MADD(
            turned, (f64_v)0x1.921fb54442d18p-1,
            CD_MADD(t * square, cd_poly_f64(square, brief, 6), t));
    const cd_pair back = cd_two_product(quotient, denominator.hi);
    const f64_v residual =
        ((numerator.hi - back.hi) - back.lo) + (numerator.lo - quotient * denominator.lo);
    const f64_v rest = residual / denominator.hi * flip;
    const cd_pair head = cd_fast_two_sum(turned * 0x1.921fb54442d18p-1, t);
    const f64_v tail = CD_MADD(t * square, cd_poly_f64(square, c, 11), CD_MADD(-rest, square, rest));
    const f64_v lost = CD_MADD(turned, (f64_v)0x1.1a62633145c07p-55, head.lo);
    return head.hi + (lost + tail);
}

CD_INLINE f64_v cd_atan_any(f64_v x, int precise) {
    const f64_v one = 1.0;
    const i64_v never = {0};
    // Beyond 2^60 the answer is pi/2; the bound keeps infinity out of the residual.
    const f64_v magnitude = cd_abs_f64(x);
    const f64_v bounded = magnitude > 0x1p60 ? (f64_v)0x1p60 : magnitude;
    return cd_copysign_f64(cd_arctan_f64(bounded, one, never, precise), x);
}

CD_INLINE f64_v cd_atan2_any(f64_v y, f64_v x, int precise) {
    f64_v a = cd_abs_f64(y), b = cd_abs_f64(x);
    // Two infinities count as equals, one as a number that dwarfs the other; two zeros as 0 over 1.
    const f64_v larger = a > b ? a : b;
    const i64_v infinite = larger == INFINITY;
    a = infinite ? (a == INFINITY ? (f64_v)1.0 : (f64_v)0.0) : a;
    b = infinite ? (b == INFINITY ? (f64_v)1.0 : (f64_v)0.0) : b;
    b = larger == 0.0 ? (f64_v)1.0 : b;
    // Away from both ends of the exponents, so that sums, products and residuals are sound wherever the
    // quotient does not vanish.
    const f64_v raised = larger < 0x1p450 ? (f64_v)0x1p450 : (f64_v)1.0;
    const f64_v factor = larger > 0x1p900 ? (f64_v)0x1p-130 : raised;
    a *= factor;
    b *= factor;
    const i64_v reflect = (i64_v)x < 0;
    const f64_v angle = cd_arctan_f64(a, b, reflect, precise);
    const f64_v signed_angle = cd_copysign_f64(angle, y);
    return ((x != x) | (y != y)) ? x + y : signed_angle;
}

CD_INLINE f64_v cd_atan_f64(f64_v x) { return cd_atan_any(x, 1); }
CD_INLINE f64_v cd_atan_wide(f64_v x) { return cd_atan_any(x, 0); }
CD_INLINE f64_v cd_atan2_f64(f64_v y, f64_v x) { return cd_atan2_any(y, x, 1); }
CD_INLINE f64_v cd_atan2_wide(f64_v y, f64_v x) { return cd_atan2_any(y, x, 0); }
