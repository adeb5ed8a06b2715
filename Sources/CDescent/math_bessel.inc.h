// Internal: modified Bessel functions of the first kind, orders 0 and 1, float64.

// Up to 8 a polynomial in x^2 / 4; beyond, e^|x| / sqrt(|x|) times one in 1 / |x|. `scaled`: times e^-|x|.
CD_INLINE f64_v cd_bessel_any(
    f64_v x, const double *near, int near_count, const double *far, int far_count, int odd, int scaled) {
    const f64_v zero = 0.0;
    const f64_v magnitude = cd_abs_f64(x);
    const f64_v bounded = magnitude > 8.0 ? (f64_v)8.0 : magnitude, half = 0.5 * bounded;
    const f64_v series = cd_poly_f64(half * half, near, near_count);
    const f64_v small = odd ? bounded * series : series;
    const f64_v large = magnitude < 8.0 ? (f64_v)8.0 : magnitude;
    const f64_v factor =
        cd_poly_f64(1.0 / large, far, far_count) / __builtin_elementwise_sqrt(large);
    f64_v y;
    if (scaled) {
        y = magnitude < 8.0 ? small * cd_exp_f64(-bounded) : factor;
    } else {
        const cd_exp_parts parts = cd_exp_split((cd_pair){cd_clamp_f64(large, 0.0, 720.0), zero});
        const f64_v grown = cd_scale_f64(cd_exp_unscaled(parts).hi * factor, parts.n);
        y = magnitude < 8.0 ? small : (magnitude > 720.0 ? (f64_v)INFINITY : grown);
    }
    y = magnitude == magnitude ? y : x;
    return odd ? cd_copysign_f64(y, x) : y;
}

#define CD_BESSEL(name, order, odd, scaled) \
    CD_INLINE f64_v cd_##name##_f64(f64_v x) { \
        return cd_bessel_any( \
            x, cd_bessel_near_##order, 22, cd_bessel_far_##order, 24, odd, scaled); \
    }

static const double cd_bessel_near_0[] = {
        0x1p+0, 0x1p+0, 0x1p-2, 0x1.c71c71c71c71cp-6, 0x1.c71c71c71c71cp-10, 0x1.23456789abcdfp-14,
        0x1.02e85c0898b71p-19, 0x1.522a43f65486ap-25, 0x1.522a43f654869p-31, 0x1.0b313289be0c6p-37,
        0x1.5601885e63c99p-44, 0x1.69ca9cf3bae32p-51, 0x1.4197a7f4d7cc2p-58, 0x1.e7255956ea156p-66,
        0x1.3e22d6a46927fp-73, 0x1.69f7e34c124bfp-81, 0x1.69f748b6e3146p-89, 0x1.40aa356c095a6p-97,
        0x1.fa1f3a3d84028p-106, 0x1.6b56844174d9dp-114, 0x1.a467721c8c19cp-123, 0x1.7f7f5aa11e320p-131};
static const double cd_bessel_near_1[] = {
        0x1p-1, 0x1p-2, 0x1.5555555555555p-5, 0x1.c71c71c71c71cp-9, 0x1.6c16c16c16c17p-13,
        0x1.845c8a0ce5129p-18, 0x1.27e4fb7789f5cp-23, 0x1.522a43f65486ap-29, 0x1.2c9758daf5ccfp-35,
        0x1.ab81ea75fcdfdp-42, 0x1.f17697cf1cdddp-49, 0x1.e2637befa1f46p-56, 0x1.8bce588feffdep-63,
        0x1.165e7c2fd5fc0p-70, 0x1.53585c9396f1ep-78, 0x1.69f7e08c4e4e3p-86, 0x1.54aca5bd14432p-94,
        0x1.1d0797900477fp-102, 0x1.aa4b80fefa695p-111, 0x1.223814d5ded98p-119, 0x1.43334223c2b91p-128,
        0x1.1298ca0f19af4p-136};
static const double cd_bessel_far_0[] = {
        0x1.9884533d43651p-2, 0x1.9884533d4133bp-5, 0x1.cb94ddbf0140ap-6, 0x1.debad42b01020p-6,
        0x1.6ead5772f893ap-5, 0x1.64a80d3cd551ap-4, 0x1.5e96982013a9dp-1, -0x1.47797804658a5p+5,
        0x1.5c7642a88e8ebp+11, -0x1.12a3638e0f31bp+17, 0x1.4d9c1db9285eap+22, -0x1.3c6a44a7c1403p+27,
        0x1.d933166ce357ep+31, -0x1.18899a8c1ff1cp+36, 0x1.084b28a643c85p+40, -0x1.8b2a0d9fc19b3p+43,
        0x1.d2905a59aaed2p+46, -0x1.af0b929606ad8p+49, 0x1.3311e67c5ca99p+52, -0x1.49bf6b26afe43p+54,
        0x1.01711d545cedfp+56, -0x1.131e8a75c7100p+57, 0x1.66e8e3430e1bep+57, -0x1.ada2c97f3fdddp+56};
static const double cd_bessel_far_1[] = {
        0x1.9884533d43650p-2, -0x1.32633e6df1fd8p-3, -0x1.7efc0e16a7ad0p-5, -0x1.4f1c6d2ea3700p-5,
        -0x1.d766c16b26f52p-5, -0x1.b6f2905fdef26p-4, -0x1.7689c70fd7a22p-1, 0x1.4a21c3b06e271p+5,
        -0x1.5fc1b83696ebap+11, 0x1.14d11d2bdbd64p+17, -0x1.4fb436f4878cfp+22, 0x1.3dc7ff61dab68p+27,
        -0x1.da2750869210cp+31, 0x1.18582d2b239c5p+36, -0x1.074557f1a3b54p+40, 0x1.88272f54d7775p+43,
        -0x1.ccf0b85f533a8p+46, 0x1.a79590dc9ccd5p+49, -0x1.2bd5859c6fc46p+52, 0x1.3f827b276b64ep+54,
        -0x1.ee4068a538e44p+55, 0x1.05118337f94f9p+57, -0x1.4fb110f69d6c3p+57, 0x1.8a72ab2fc6959p+56};

CD_BESSEL(i0, 0, 0, 0)
CD_BESSEL(i1, 1, 1, 0)
CD_BESSEL(i0e, 0, 0, 1)
CD_BESSEL(i1e, 1, 1, 1)
