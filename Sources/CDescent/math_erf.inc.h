// Internal: the complement and the inverse of the error function, float64.

// e^(-x^2) P((x - 4) / (x + 4)) / (1 + 2x) for x >= 0, x^2 as a pair; 2 less that of -x below.
CD_INLINE f64_v cd_erfc_f64(f64_v x) {
    static const double c[] = {
        0x1.3ba5916e9fd7fp+0, -0x1.1df1ad154a28ep-3, 0x1.f7f5df66fd7b5p-7, 0x1.16ecefcfa539fp-4,
        -0x1.9ddb23c3e90bdp-4, 0x1.7fee004e1239ep-4, -0x1.0fb06dfe492f7p-4, 0x1.3079edf686ea5p-5,
        -0x1.096238852a9fcp-6, 0x1.49c672849ea14p-8, -0x1.8d4a99b4b2dd1p-11, -0x1.a1df23f69b79bp-13,
        0x1.3be036643de8fp-13, -0x1.9959822aa4b4ep-16, -0x1.788279a7ccb3cp-17, 0x1.7f2c5c8ec5d30p-18,
        0x1.38b2e0eb4a04bp-22, -0x1.bb60481a7ad5ap-21, 0x1.50574e6c2e71fp-24, 0x1.dd8f8b4ee1255p-24,
        -0x1.6ab00acf17e60p-26, -0x1.0a397f21020f7p-26, 0x1.caf09de37e3c0p-29, 0x1.1f46d2a2ddf67p-29,
        -0x1.2e143a04212abp-32, -0x1.86e228fbebf8ap-33};
    const f64_v magnitude = cd_abs_f64(x);
    const f64_v bounded = magnitude > 28.0 ? (f64_v)28.0 : magnitude;
    const f64_v q = (bounded - 4.0) / (bounded + 4.0);
    const f64_v scaled = cd_poly_f64(q, c, 26) / (1.0 + (bounded + bounded));
    const cd_pair square = cd_two_product(bounded, bounded);
    const cd_exp_parts parts = cd_exp_split((cd_pair){-square.hi, -square.lo});
    const f64_v y = cd_scale_f64(cd_exp_unscaled(parts).hi * scaled, parts.n);
    return x < 0.0 ? 2.0 - y : y;
}

// Up to 3/4: x P(x^2). Beyond, a function of sqrt(-log(1 - |x|)) in three pieces.
CD_INLINE f64_v cd_erfinv_f64(f64_v x) {
    static const double near[] = {
        0x1.c5bf891b4ef6bp-1, 0x1.db29fb2fee5dfp-3, 0x1.053c2c0ab9953p-3, 0x1.62847c475327bp-4,
        0x1.0a1318c681035p-4, 0x1.a7c84cd826a53p-5, 0x1.5eed13a116931p-5, 0x1.2a8df926a8b58p-5,
        0x1.06876b06773cep-5, 0x1.7f4040b7fb5f2p-6, 0x1.2214251748c55p-4, -0x1.5b24cf6152469p-2,
        0x1.272de8e36cb19p+1, -0x1.745c4fa75b3a3p+3, 0x1.81af9427d830fp+5, -0x1.43b95406ff612p+7,
        0x1.b92dfecce92c1p+8, -0x1.e57b929fabd64p+9, 0x1.abb2def50b230p+10, -0x1.2953edfb9e8fep+11,
        0x1.3f013c7146ecbp+11, -0x1.fdd75d1341b04p+10, 0x1.1e011a96094fcp+10, -0x1.929925721f2a1p+8,
        0x1.0c667a2e96241p+6};
    static const double low[] = {
        0x1.c639ee691e926p-1, 0x1.05301ab66a235p+0, 0x1.ccdad4050f209p-5, -0x1.e26d256bfe974p-5,
        0x1.514da8331269cp-5, -0x1.747553def44e4p-6, 0x1.3cc2b553dfc5fp-7, -0x1.3565296ea3c4fp-9,
        -0x1.937c30e69ffd9p-11, 0x1.8e57702d1bf42p-10, -0x1.4358eb4609c8bp-10, 0x1.6d3c9d48c1336p-11,
        -0x1.0fa6ecd5734d0p-12, 0x1.248f1b8eb413cp-17, 0x1.6c75feff08574p-14, -0x1.8343d99db05e0p-14,
        0x1.04aa830f0c3d3p-14, -0x1.e5ab3c8ace6adp-16, 0x1.a13b618f6f85ap-18, 0x1.411baea6d0cebp-18,
        -0x1.0c1b1782110a7p-17, 0x1.b576b7ae1b1dcp-18, -0x1.5c7728bc45899p-19, 0x1.7fc3e2ca27aaep-24};
    static const double mid[] = {
        0x1.dd6ea51971fbdp+0, 0x1.0c9be9d344f32p+0, -0x1.210b3564284e6p-9, -0x1.0dd5f84d407e9p-8,
        0x1.99729b8a62459p-9, -0x1.b19ede5ec870fp-10, 0x1.8953c305adc38p-11, -0x1.4188f7f2239b6p-12,
        0x1.dfb9e6bde1a37p-14, -0x1.43c57d6cb83d9p-15, 0x1.7d149137f5671p-17, -0x1.5b3c50c19e09cp-19,
        0x1.ae164aba36cf8p-23, 0x1.03b4579344b4cp-22, -0x1.becedc4b2e0fap-23, 0x1.f3839084d1f50p-24,
        -0x1.ce671012f415ap-25, 0x1.7628b24792c11p-26, -0x1.098671deae47ep-27, 0x1.4151aeab112c8p-29,
        -0x1.263e83cbec60dp-31, -0x1.61cec843fcffbp-36, 0x1.2eadfecad737dp-33, -0x1.121ec2ba32fa2p-34};
    static const double far[] = {
        0x1.110aa28297e8cp+2, 0x1.0725be229425cp+0, -0x1.d7d02c2446f88p-9, 0x1.bcba17b3734e9p-12,
        -0x1.1c93e50315572p-15, -0x1.5bc6da8a5a2fdp-19, 0x1.349a162d7c402p-19, -0x1.ae55a69592cf6p-21,
        0x1.e4a854e91026fp-23, -0x1.ede33bab07676p-25, 0x1.d9cecdf76e179p-27, -0x1.b3ba5bccf54f2p-29,
        0x1.83c0676b63476p-31, -0x1.4f9fe37ffe3fep-33, 0x1.1b585f73c3a33p-35, -0x1.d306a2849279dp-38,
        0x1.7719d6426a4c1p-40, -0x1.25c2486367d41p-42, 0x1.c5df1ca88b9f4p-45, -0x1.4ed605822f1e6p-47,
        0x1.91d4da2df9517p-50, -0x1.e1a436e4b1ecbp-53, 0x1.515de4f1a3180p-54, -0x1.f3def8c5353a6p-57,
        -0x1.bda98eb9a65e9p-59, 0x1.218a5c571d2f1p-60};
    const f64_v magnitude = cd_abs_f64(x);
    f64_v y = magnitude * cd_poly_f64(x * x, near, 25);
    if (CD_ANY(!(magnitude <= 0.75))) {
        const f64_v s = __builtin_elementwise_sqrt(-cd_log_f64(1.0 - magnitude));
        const f64_v first = cd_poly_f64(s - 1.25, low, 24);
        const f64_v second = cd_poly_f64(s - 2.1875, mid, 24);
        const f64_v third = cd_poly_f64(s - 4.5, far, 26);
        const f64_v tail = s < 1.6875 ? first : (s < 2.75 ? second : third);
        y = magnitude <= 0.75 ? y : tail;
        y = magnitude == 1.0 ? (f64_v)INFINITY : y;
        y = magnitude > 1.0 ? (f64_v)NAN : y;
    }
    return cd_copysign_f64(y, x);
}
