// Internal: what AVX-512 does in a shorter way: tables of 16 entries are one instruction, and so are exponents, mantissas
// and what a function answers where it is singular.

#if CD_LEVEL == 2

#define CD_BITS(x) ((__m512i)(x))

// |x| lies in a half octave, which the leading bits of its exponent and the first of its mantissa tell; there tanh is a
// polynomial of degree 6 around a point at which tanh is nearly a float. The entry of the first half octave,
// which begins at 1/16, holds from 0 on; there the point is 0. The last one answers 1.
static const float cd_tanh_points[16] = {
    0x1.3fef78p1f, 0x1.bffdcp1f, 0x1.3ffc3cp2f, 0x1.bfe31p2f, 0x1.4p3f, 0x1.8p3f, 0.0f, 0x1.bfe512p-4f,
    0x1.3fe44cp-3f, 0x1.bfee5p-3f, 0x1.3fed28p-2f, 0x1.bff06ep-2f, 0x1.4003d8p-1f, 0x1.c0129cp-1f,
    0x1.3fe69ap0f, 0x1.bfe502p0f};
static const float cd_tanh_pieces[7][16] = {
    {
     0x1.f923cp-1f, 0x1.ff1124p-1f, 0x1.fff418p-1f, 0x1.ffffc8p-1f, 0x1p0f, 0x1p0f, 0.0f, 0x1.be1e3cp-4f,
     0x1.3d50bep-3f, 0x1.b8ec26p-3f, 0x1.35e86cp-2f, 0x1.a565bp-2f, 0x1.1bf728p-1f, 0x1.686fb4p-1f,
     0x1.b243fcp-1f, 0x1.e1f5d4p-1f},
    {
     0x1.b41f5cp-6f, 0x1.dd4adcp-9f, 0x1.7d83f8p-13f, 0x1.c0a3aap-19f, 0x1.1b3c9p-27f, 0.0f, 0x1p0f,
     0x1.f9ed26p-1f, 0x1.f3b578p-1f, 0x1.e8449cp-1f, 0x1.d11aa4p-1f, 0x1.a94b0cp-1f, 0x1.6281dp-1f,
     0x1.0242d2p-1f, 0x1.1f5564p-2f, 0x1.d28928p-4f},
    {
     -0x1.ae461ep-6f, -0x1.dc6b58p-9f, -0x1.7d599ep-13f, -0x1.c0782p-19f, -0x1.8d02ecp-26f, 0.0f,
     -0x1.43dcb8p-27f, -0x1.b8d36cp-4f, -0x1.35b2aap-3f, -0x1.a47c2cp-3f, -0x1.1985b4p-2f, -0x1.5e08aep-2f,
     -0x1.893bc4p-2f, -0x1.6b9ea8p-2f, -0x1.e76b2ap-3f, -0x1.b729d6p-4f},
    {
     0x1.171554p-6f, 0x1.3c2852p-9f, 0x1.f2ebbcp-14f, 0x1.255e2ep-19f, 0x1.ece112p-29f, 0.0f,
     -0x1.5554f6p-2f, -0x1.45a482p-2f, -0x1.35354ep-2f, -0x1.185beep-2f, -0x1.c1cb44p-3f, -0x1.16f1aep-3f,
     -0x1.23feccp-6f, 0x1.4f3bd8p-4f, 0x1.bbc82ep-4f, 0x1.01e98p-4f},
    {
     -0x1.08147cp-7f, -0x1.39ebbcp-10f, -0x1.f3e4cap-15f, -0x1.262b1ep-20f, 0x1.c43786p-28f, 0.0f,
     -0x1.255b4p-14f, 0x1.2006ccp-4f, 0x1.8dfc0cp-4f, 0x1.04f2fp-3f, 0x1.43b504p-3f, 0x1.5c2bdep-3f,
     0x1.1a67f4p-3f, 0x1.f1ad58p-5f, -0x1.9b0baep-7f, -0x1.818bd2p-6f},
    {
     0x1.7aa916p-9f, 0x1.01145p-11f, 0x1.dd2cp-16f, 0x1.19374ep-21f, 0x1.284236p-29f, 0.0f, 0x1.14267cp-3f,
     0x1.46c08ap0f, 0x1.3d9a94p-3f, 0x1.63ea8p-3f, 0x1.a2e172p-5f, -0x1.09bf4cp-7f, -0x1.bd1a48p-5f,
     -0x1.e174c6p-5f, -0x1.431d0ap-6f, 0x1.c7ffa8p-9f},
    {
     -0x1.6cfc42p-11f, -0x1.4a9fb4p-13f, -0x1.3ab924p-17f, -0x1.72b9b8p-23f, -0x1.0e3482p-29f, 0.0f,
     -0x1.e32056p-7f, -0x1.9d5848p-6f, -0x1.d292bp-12f, -0x1.b6b84ap-4f, -0x1.fb99f6p-5f, -0x1.011784p-4f,
     -0x1.8fc248p-6f, 0x1.ab82bp-7f, 0x1.ed9eaap-7f, 0x1.1339cp-9f},
};

CD_INLINE f32_v cd_tanh_f32(f32_v x) {
    const f32_v magnitude = cd_abs_f32(x);
    const f32_v bounded = magnitude > 12.0f ? (f32_v)12.0f : magnitude;  // NaN passes
    const i32_v bits = (i32_v)bounded;
    const __m512i piece = CD_BITS((bits < 0x3d800000 ? (i32_v)0x3d800000 : bits) >> 22);
#define CD_OF_PIECE(table) ((f32_v)_mm512_permutexvar_ps(piece, _mm512_loadu_ps(table)))
    const f32_v t = bounded - CD_OF_PIECE(cd_tanh_points);
    f32_v y = CD_OF_PIECE(cd_tanh_pieces[6]);
    for (int i = 5; i >= 0; i -= 1) y = CD_MADD(y, t, CD_OF_PIECE(cd_tanh_pieces[i]));
#undef CD_OF_PIECE
    return cd_copysign_f32(y, x);
}

// k ln 2 + log(1 + f), f in [-1/4, 1/2]. The float nearest to ln 2 is as good as a sum of two would be.
CD_INLINE f32_v cd_log_sum_f32(f32_v minus_k, f32_v f) {
    static const float c[] = {
        -0x1p-1f, 0x1.5555a4p-2f, -0x1.000048p-2f, 0x1.996984p-3f, -0x1.54ed9ep-3f,
        0x1.28820cp-3f, -0x1.0d9d32p-3f, 0x1.acfd6ap-4f, -0x1.71e956p-5f};
    const f32_v y = CD_MADD(f * f, cd_poly_f32(f, c, 9), f);
    return CD_MADD(minus_k, (f32_v)-0x1.62e43p-1f, y);
}

// y, but -infinity where u is 0, NaN where it is negative or NaN, and infinity where it is that.
CD_INLINE f32_v cd_log_fixed_f32(f32_v y, f32_v u) {
    return (f32_v)_mm512_fixupimm_ps((__m512)y, (__m512)u, _mm512_set1_epi32(0x03530422), 0);
}

// x = 2^k m, m in [3/4, 3/2).
CD_INLINE f32_v cd_log_f32(f32_v x) {
    const f32_v m = (f32_v)_mm512_getmant_ps((__m512)x, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_src);
    const f32_v minus_k = (f32_v)_mm512_getexp_ps((__m512)m) - (f32_v)_mm512_getexp_ps((__m512)x);
    return cd_log_fixed_f32(cd_log_sum_f32(minus_k, m - 1.0f), x);
}

// With 2^k as for 1 + x, f = 2^-k (1 + x) - 1 is exact: either 1 + x is a float, or the last sum of the
// fused x 2^-k + (2^-k - 1) is of numbers of which one is at most twice the other.
CD_INLINE f32_v cd_log1p_f32(f32_v x) {
    const f32_v third = 0x1.555556p-1f;
    const f32_v u = CD_MADD(x, third, third);
    const f32_v minus_k = -1.0f - (f32_v)_mm512_getexp_ps((__m512)u);
    const f32_v one = 1.0f;
    const f32_v scale = (f32_v)_mm512_scalef_ps((__m512)one, (__m512)minus_k);
    const f32_v y = cd_log_sum_f32(minus_k, CD_MADD(x, scale, scale - one));
    return cd_log_fixed_f32(cd_copysign_f32(y, x), u);
}

#undef CD_BITS

#endif
