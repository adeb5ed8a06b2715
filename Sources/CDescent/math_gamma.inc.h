// Internal: the logarithm of the gamma function and its derivatives, float64.

// log of gamma from 8 on: Stirling's series, (x - 1/2)(log x - 1) in pairs.
CD_INLINE f64_v cd_lgamma_far(f64_v x) {
    static const double c[] = {
        0x1.5555555555555p-4, -0x1.6c16c16c16b29p-9, 0x1.a01a019ee0dbep-11, -0x1.38137ec070147p-11,
        0x1.b94f6d6592192p-11, -0x1.f5ff2fdcdf048p-10, 0x1.96db40614b193p-8, -0x1.55b3a71b66a2ep-6};
    const f64_v zero = 0.0;
    const cd_pair logarithm = cd_log_pair((cd_pair){x, zero});
    cd_pair less = cd_two_sum(logarithm.hi, (f64_v)-1.0);
    less = cd_fast_two_sum(less.hi, less.lo + logarithm.lo);
    const f64_v shifted = x - 0.5, inverse = 1.0 / x;
    const f64_v rest =
        0x1.acfe390c97d69p-2 + inverse * cd_poly_f64(inverse * inverse, c, 8);
    const cd_pair product = cd_two_product(shifted, less.hi);
    const f64_v y = product.hi + (product.lo + CD_MADD(shifted, less.lo, rest));
    const f64_v huge = x < INFINITY ? shifted * less.hi : x;
    return x > 0x1p980 ? huge : y;
}

// Below 8 the argument moves to [1/2, 5/2) by products, where lgamma is t P(t) around its zeros 1 and 2.
CD_INLINE f64_v cd_lgamma_near(f64_v x, f64_v small, i64_v isSmall) {
    static const double one[] = {
        -0x1.2788cfc6fb619p-1, 0x1.a51a6625307d3p-1, -0x1.9a4d55beab2cap-2, 0x1.151322ac7d83cp-2,
        -0x1.a8b9c17aa7eedp-3, 0x1.5b40cb100dfd7p-3, -0x1.2703a1dc10f2ep-3, 0x1.010b36aeb2f89p-3,
        -0x1.c80670d557cb7p-4, 0x1.9a01e3eaf2fc3p-4, -0x1.748c241fd89f6p-4, 0x1.556ac7ab0a8c5p-4,
        -0x1.3b1efc904ce5cp-4, 0x1.24983b04df70bp-4, -0x1.10fc68b60bb0bp-4, 0x1.ffd5ade9e1431p-5,
        -0x1.e3eda33f2a471p-5, 0x1.c91924bb77106p-5, -0x1.9e7ae2be33060p-5, 0x1.89630a1bc7168p-5,
        -0x1.e728a90657135p-5, 0x1.d2b6e138a185dp-5, 0x1.4419026330db1p-8, -0x1.61e023b85b2f7p-8,
        -0x1.6447823e9d0f7p-3, 0x1.59681d2609cfcp-3, 0x1.8eca495d72089p-3, -0x1.840cd07d90826p-3,
        -0x1.ec097aba2bc98p-3, 0x1.dd93d56e6de4dp-3};
    static const double two[] = {
        0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa6p-2, -0x1.13e001a55760ap-4, 0x1.51322ac7d848ap-6,
        -0x1.e404fc218dbaep-8, 0x1.7add6eadb5317p-9, -0x1.38ac5c2d48207p-10, 0x1.0b36af8779ca0p-11,
        -0x1.d3fd4b679c1c4p-13, 0x1.a127afee53e7dp-14, -0x1.78de9ab752b81p-15, 0x1.580e0afa55850p-16,
        -0x1.3cb3be36ad88bp-17, 0x1.258f3057730fap-18, -0x1.1276ebd557fb0p-19, 0x1.012012be3900ap-20,
        -0x1.ce17528bcf460p-22, 0x1.b40adb09a1e12p-23, -0x1.2009c1a550d0dp-23, 0x1.11fa5e7c86f7bp-24};
    f64_v y = x, product = 1.0;
    for (int i = 0; i < 6; i += 1) {
        const i64_v above = y >= 2.5;
        y = above ? y - 1.0 : y;
        product = above ? product * y : product;
    }
    const i64_v first = (y < 1.5) | isSmall;
    const f64_v t = isSmall ? small : (first ? y - 1.0 : y - 2.0);
    const f64_v series =
        t * (first ? cd_poly_f64(t, one, 30) : cd_poly_f64(t, two, 20));
    return series + cd_log_f64(product);
}

// What x has over the nearest whole number, exactly.
CD_INLINE f64_v cd_off_integer(f64_v x) {
    const f64_v magnitude = cd_abs_f64(x);
    const f64_v distance = magnitude - ((magnitude + 0x1p52) - 0x1p52);
    const f64_v off = x < 0.0 ? -distance : distance;
    return magnitude < 0x1p52 ? off : x - x;
}

// log|gamma(x)|. Of x < 0: log(pi / |sin(pi x)|) - lgamma(1 - x); of 0 < x < 1/2: lgamma(1 + x) - log x.
CD_INLINE f64_v cd_lgamma_f64(f64_v x) {
    const i64_v negative = x < 0.0, below = (x < 0.5) & ~negative;
    const f64_v u = negative ? 1.0 - x : (below ? x + 1.0 : x);
    const i64_v isSmall = (x < 0.5) & (x > -0.5);
    const f64_v bounded = u > 8.0 ? (f64_v)8.0 : u;
    f64_v y = cd_lgamma_near(bounded, negative ? -x : x, isSmall);
    if (CD_ANY(!(u < 8.0))) y = u < 8.0 ? y : cd_lgamma_far(u);
    if (CD_ANY(below | negative | (x == 0.0))) {
        const f64_v distance = cd_abs_f64(cd_off_integer(x));
        const f64_v sine = cd_sine_f64(distance * 0x1.921fb54442d18p1, 0, 1);
        const f64_v ratio = 0x1.921fb54442d18p1 / (distance == 0.0 ? distance : sine);
        const f64_v logarithm = cd_log_f64(negative ? ratio : x);
        y = negative ? logarithm - y : (below ? y - logarithm : y);
        y = (negative & (distance == 0.0)) ? (f64_v)INFINITY : y;
    }
    return cd_abs_f64(x) == INFINITY ? (f64_v)INFINITY : y;
}

// From 10 on log x - 1/(2x) - Q(1/x^2)/x^2; below the argument moves to [1, 2), with the zero factored out.
CD_INLINE f64_v cd_digamma_f64(f64_v x) {
    static const double near[] = {
        0x1.e6f0cbb873617p-1, -0x1.b1cb63005ee97p-2, 0x1.eca189b8e6da1p-3, -0x1.2feeeb98a7cd8p-3,
        0x1.8512e5905d180p-4, -0x1.fb442029cdbf4p-5, 0x1.4de9aa05d3418p-5, -0x1.b9f8b1367959dp-6,
        0x1.256475e5ac975p-6, -0x1.86355f6f68797p-7, 0x1.03c00801ba958p-7, -0x1.5a071c746535bp-8,
        0x1.cd3e42d157015p-9, -0x1.33661f9073563p-9, 0x1.980fc9c9f0be8p-10, -0x1.1002aaf6255f5p-10,
        0x1.7b3b41b0b38cdp-11, -0x1.f99f529bd0771p-12, 0x1.dc8ae08af0fc4p-13, -0x1.3db05b36d9a48p-13,
        0x1.104c9d0897b58p-12, -0x1.6b107f71aa124p-13};
    static const double far[] = {
        0x1.5555555555555p-4, -0x1.11111111110dfp-7, 0x1.04104103dcfb0p-8, -0x1.1111106fd5075p-8,
        0x1.f07b24fc36f2dp-8, -0x1.59609637f3c51p-6, 0x1.4f05a054f4db8p-4, -0x1.5e57d05c6fc3dp-2};
    const i64_v negative = x < 0.0;
    const f64_v u = negative ? 1.0 - x : x;
    const i64_v less = u < 1.0;
    f64_v y = less ? u + 1.0 : (u > 10.0 ? (f64_v)10.0 : u);
    f64_v sum = less ? -1.0 / u : (f64_v)0.0;
    for (int i = 0; i < 8; i += 1) {
        const i64_v above = y >= 2.0;
        y = above ? y - 1.0 : y;
        sum = above ? sum + 1.0 / y : sum;
    }
    const f64_v t = (y - 0x1.762d86356be3fp+0) - 0x1.b86a722197829p-54;
    f64_v value = CD_MADD(t, cd_poly_f64(y - 1.5, near, 22), sum);
    if (CD_ANY(!(u < 10.0))) {
        const f64_v inverse = 1.0 / u, square = inverse * inverse;
        const f64_v tail = CD_MADD(square, cd_poly_f64(square, far, 8), 0.5 * inverse);
        value = u < 10.0 ? value : cd_log_f64(u) - tail;
    }
    if (CD_ANY(negative)) {
        const f64_v distance = cd_off_integer(x);
        const f64_v tangent = cd_tangent_f64(distance * 0x1.921fb54442d18p1, 1);
        const f64_v reflected = value - 0x1.921fb54442d18p1 / tangent;
        value = negative ? (distance == 0.0 ? (f64_v)NAN : reflected) : value;
    }
    return x == -INFINITY ? (f64_v)NAN : value;
}

// Hurwitz's zeta function, sum over k >= 0 of (x + k)^-s, for s > 1 and x > 0: ten terms and the formula of
// Euler and Maclaurin for the rest.
CD_INLINE f64_v cd_zeta_f64(f64_v s, f64_v x) {
    // B(2j) / (2j)!
    static const double c[] = {
        0x1.5555555555555p-4, -0x1.6c16c16c16c17p-10, 0x1.1566abc011567p-15, -0x1.bbd779334ef0bp-21,
        0x1.66a8f2bf70ebep-26, -0x1.22805d644267fp-31, 0x1.d6db2c4e09162p-37,
        -0x1.7da4e1f79955cp-42, 0x1.355871d652e9ep-47, -0x1.f57d968caacf1p-53};
    const f64_v end = x + 10.0;
    // The smallest terms first.
    const f64_v last = cd_pow_f64(end, -s);
    f64_v tail = 0.0, factor = s;
    const f64_v inverse = 1.0 / end, square = inverse * inverse;
    f64_v power = inverse;
    for (int j = 0; j < 10; j += 1) {
        tail += factor * power * c[j];
        factor *= (s + (2.0 * j + 1.0)) * (s + (2.0 * j + 2.0));
        power *= square;
    }
    f64_v sum = last * (end / (s - 1.0) + 0.5 + tail);
    for (int k = 9; k >= 1; k -= 1) sum += cd_pow_f64(x + (double)k, -s);
    const f64_v first = cd_pow_f64(x, -s);
    // Against exponents as large as these nothing but the first term counts.
    sum = s > 0x1p20 ? first : sum + first;
    const f64_v finite = x == INFINITY ? (f64_v)0.0 : sum;
    const f64_v value = s == 1.0 ? (f64_v)INFINITY : (s < 1.0 ? (f64_v)NAN : finite);
    const f64_v proper = x == 0.0 ? (f64_v)INFINITY : (x < 0.0 ? (f64_v)NAN : value);
    return ((x != x) | (s != s)) ? x + s : proper;
}
