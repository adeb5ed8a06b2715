// Internal: inverse sines and cosines, hyperbolic functions and their inverses, float64.

// (1 - x)(1 + x) loses nothing near 1, where 1 - x^2 would.
CD_INLINE f64_v cd_complement_root(f64_v x) { return __builtin_elementwise_sqrt((1.0 - x) * (1.0 + x)); }

CD_INLINE f64_v cd_asin_f64(f64_v x) { return cd_atan2_any(x, cd_complement_root(x), 1); }
CD_INLINE f64_v cd_acos_f64(f64_v x) { return cd_atan2_any(cd_complement_root(x), x, 1); }

// e^|x| - 1 as a pair, for |x| up to 23: 2^n is harmless.
CD_INLINE cd_pair cd_expm1_pair(f64_v magnitude) {
    const f64_v zero = 0.0;
    const cd_exp_parts e = cd_exp_split((cd_pair){magnitude, zero});
    const f64_v scale = cd_exp2i_f64(e.n);
    const cd_pair y = cd_expm1_unscaled(e, cd_exp2i_f64(-e.n));
    return (cd_pair){y.hi * scale, y.lo * scale};
}

// e^|x| / 2 for large arguments, scaled last so that it overflows where the result does.
CD_INLINE f64_v cd_half_exp(f64_v magnitude) {
    const f64_v zero = 0.0;
    const cd_exp_parts e = cd_exp_split((cd_pair){cd_clamp_f64(magnitude, 0.0, 720.0), zero});
    return cd_scale_f64(cd_exp_unscaled(e).hi, e.n - 1.0);
}

// With E = e^|x| - 1: (E + E / (E + 1)) / 2; from 22 on the second part is nothing.
CD_INLINE f64_v cd_sinh_f64(f64_v x) {
    const f64_v magnitude = cd_abs_f64(x);
    const cd_pair e = cd_expm1_pair(cd_clamp_f64(magnitude, 0.0, 22.0));
    cd_pair below = cd_two_sum((f64_v)1.0, e.hi);
    below.lo += e.lo;
    const cd_pair sum = cd_two_sum(e.hi, cd_divide_pairs(e, below));
    const f64_v small = 0.5 * (sum.hi + (sum.lo + e.lo));
    return cd_copysign_f64(magnitude > 22.0 ? cd_half_exp(magnitude) : small, x);
}

// (e + 1 / e) / 2, e = e^|x|
CD_INLINE f64_v cd_cosh_f64(f64_v x) {
    const f64_v zero = 0.0;
    const f64_v magnitude = cd_abs_f64(x);
    const cd_exp_parts parts = cd_exp_split((cd_pair){cd_clamp_f64(magnitude, 0.0, 22.0), zero});
    const cd_pair e = cd_exp_unscaled(parts);
    const f64_v scale = cd_exp2i_f64(parts.n);
    const cd_pair sum = cd_two_sum(e.hi * scale, 1.0 / (e.hi * scale));
    const f64_v small = 0.5 * (sum.hi + (sum.lo + e.lo * scale));
    return magnitude > 22.0 ? cd_half_exp(magnitude) : small;
}

// log(1 + t.hi + t.lo), t small or large, never near -1.
CD_INLINE f64_v cd_log1p_pair(cd_pair t) {
    cd_pair u = cd_two_sum((f64_v)1.0, t.hi);
    u = cd_fast_two_sum(u.hi, u.lo + t.lo);
    const cd_pair y = cd_log_pair(u);
    return cd_log_special_f64(y.hi + y.lo, u.hi);
}

// log x + ln 2 as one sum, for x from 2^28 on.
CD_INLINE f64_v cd_log_twice(f64_v x) {
    const f64_v zero = 0.0;
    const cd_pair y = cd_log_pair((cd_pair){x, zero});
    const cd_pair sum = cd_fast_two_sum(y.hi, (f64_v)0x1.62e42fefa39efp-1);
    return x < INFINITY ? sum.hi + (sum.lo + y.lo) : x;
}

// log1p(x + x^2 / (1 + sqrt(x^2 + 1)))
CD_INLINE f64_v cd_asinh_f64(f64_v x) {
    const f64_v magnitude = cd_abs_f64(x);
    const f64_v bounded = magnitude > 0x1p28 ? (f64_v)0x1p28 : magnitude;
    const f64_v square = bounded * bounded;
    const f64_v part = square / (1.0 + __builtin_elementwise_sqrt(square + 1.0));
    const f64_v small = cd_log1p_pair(cd_two_sum(bounded, part));
    const f64_v y = magnitude > 0x1p28 ? cd_log_twice(magnitude) : small;
    // As small as this the argument is the answer.
    return cd_copysign_f64(magnitude < 0x1p-28 ? magnitude : y, x);
}

// log1p(t + sqrt(t (t + 2))), t = x - 1
CD_INLINE f64_v cd_acosh_f64(f64_v x) {
    const f64_v t = x - 1.0;
    const f64_v root = __builtin_elementwise_sqrt(t * (t + 2.0));
    const f64_v small = cd_log1p_pair(cd_two_sum(root, t));
    const f64_v y = x > 0x1p28 ? cd_log_twice(x) : small;
    return x < 1.0 ? (f64_v)NAN : y;
}

// log1p(2 x / (1 - x)) / 2, with the quotient as a pair.
CD_INLINE f64_v cd_atanh_f64(f64_v x) {
    const f64_v magnitude = cd_abs_f64(x);
    const cd_pair below = cd_two_sum((f64_v)1.0, -magnitude);
    const f64_v twice = magnitude + magnitude;
    const f64_v quotient = twice / below.hi;
    const cd_pair back = cd_two_product(quotient, below.hi);
    const f64_v rest = (((twice - back.hi) - back.lo) - quotient * below.lo) / below.hi;
    f64_v y = 0.5 * cd_log1p_pair((cd_pair){quotient, rest});
    y = magnitude < 0x1p-28 ? magnitude : y;
    y = magnitude == 1.0 ? (f64_v)INFINITY : y;
    return cd_copysign_f64(magnitude > 1.0 ? (f64_v)NAN : y, magnitude > 1.0 ? magnitude : x);
}
