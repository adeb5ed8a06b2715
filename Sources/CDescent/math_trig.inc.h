// Internal: sine, cosine, tangent. x = q pi/2 + r, |r| <= pi/4 and a little, r a pair.
//
// Up to CD_TRIG_LIMIT the reduction subtracts q times pi/2 in pieces (Cody and Waite); lanes beyond
// are reduced one by one by integer arithmetic (Payne and Hanek). float32 goes through float64, where the
// reduction of any float32 below the limit needs no pair and the polynomials can be short.

#define CD_TRIG_LIMIT 0x1p20

// Bits of 2/pi behind the point: enough for the largest exponent and 192 bits of product.
static const uint64_t cd_two_over_pi[] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d};

// The reduction of one finite |x| >= 2^20: x = M 2^e with integral M; of M 2^e 2/pi only the bits
// around the point matter, those worth 4 and more being whole turns.
static __attribute__((noinline, unused)) void cd_reduce_huge(
    double x, double *quadrant, double *hi, double *lo) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int exponent = (int)(bits >> 52 & 0x7ff) - 1075;
    const uint64_t mantissa = (bits & 0x000fffffffffffff) | 0x0010000000000000;
    // The window starts at the bit of 2/pi that M 2^e lifts to 2^2: bit number `first` behind the
    // point (1 is the highest), or before the first bit, where 2/pi has zeros.
    const int first = exponent - 1;
    uint64_t window[4];
    for (int i = 0; i < 4; i += 1) {
        const int start = first - 1 + 64 * i;  // number of bits before this word
        uint64_t word = 0;
        if (start >= 0) {
            word = cd_two_over_pi[start / 64] << (start % 64);
            if (start % 64) word |= cd_two_over_pi[start / 64 + 1] >> (64 - start % 64);
        } else if (start > -64) {
            word = cd_two_over_pi[0] >> -start;
        }
        window[i] = word;
    }
    // M * window modulo 2^256: its top two bits are the quadrant, the rest the fraction of one.
    uint64_t product[4], carry = 0;
    for (int i = 3; i >= 0; i -= 1) {
        const unsigned __int128 partial = (unsigned __int128)mantissa * window[i] + carry;
        product[i] = (uint64_t)partial;
        carry = (uint64_t)(partial >> 64);
    }
    uint64_t q = product[0] >> 62;
    uint64_t high = product[0] << 2 | product[1] >> 62;
    uint64_t middle = product[1] << 2 | product[2] >> 62;
    uint64_t low = product[2] << 2 | product[3] >> 62;
    // A fraction of a half or more belongs to the next quadrant, negatively.
    const int negative = high >> 63;
    if (negative) {
        q += 1;
        low = ~low + 1;
        middle = ~middle + (low == 0);
        high = ~high + (low == 0 && middle == 0);
    }
    // The leading bits as a double that is exact, and the next 64 as another.
    int shift = 0;
    if (high == 0) {
        high = middle, middle = low, low = 0;
        shift = 64;
    }
    const int zeros = high ? __builtin_clzll(high) : 0;
    if (zeros) {
        high = high << zeros | middle >> (64 - zeros);
        middle = middle << zeros | low >> (64 - zeros);
    }
    shift += zeros;
    const uint64_t kept = high & ~(uint64_t)0x7ff;
    const uint64_t next = high << 53 | middle >> 11;
    double unit;  // 2^(-64 - shift)
    const uint64_t unit_bits = (uint64_t)(1023 - 64 - shift) << 52;
    memcpy(&unit, &unit_bits, sizeof unit);
    const double fraction_hi = (double)kept * unit;
    const double fraction_lo = (double)next * unit * 0x1p-53;
    // times pi/2, as pairs, by exact halves of 26 bits
    const double pio2_hi = 0x1.921fb54442d18p+0, pio2_lo = 0x1.1a62633145c07p-54;
    const double top = 0x1.921fb54p+0, rest = pio2_hi - top;
    const double wide = fraction_hi * 0x1.0000002p27;
    const double a = wide - (wide - fraction_hi), b = fraction_hi - a;
    const double r = fraction_hi * pio2_hi;
    const double error = ((a * top - r) + a * rest + b * top) + b * rest;
    const double tail = error + (fraction_hi * pio2_lo + fraction_lo * pio2_hi);
    const double sign = (negative != 0) != (bits >> 63 != 0) ? -1.0 : 1.0;
    const double sum = r + tail;
    *hi = sign * sum;
    *lo = sign * (tail - (sum - r));
    *quadrant = (double)(bits >> 63 ? (4 - (q & 3)) & 3 : q & 3);
}

typedef struct cd_angle {
    cd_pair r;
    i64_v quadrant;  // modulo 4 in the low bits
} cd_angle;

CD_INLINE cd_angle cd_reduce_lanes(cd_angle angle, f64_v x) {
    double lanes[f64_lanes], hi[f64_lanes], lo[f64_lanes];
    int64_t quadrant[f64_lanes];
    memcpy(lanes, &x, sizeof lanes);
    memcpy(hi, &angle.r.hi, sizeof hi);
    memcpy(lo, &angle.r.lo, sizeof lo);
    memcpy(quadrant, &angle.quadrant, sizeof quadrant);
    for (int i = 0; i < f64_lanes; i += 1) {
        const double magnitude = lanes[i] < 0 ? -lanes[i] : lanes[i];
        if (!(magnitude > CD_TRIG_LIMIT)) continue;
        if (magnitude > 0x1.fffffffffffffp1023) {
            hi[i] = lo[i] = NAN;
            continue;
        }
        double q;
        cd_reduce_huge(lanes[i], &q, &hi[i], &lo[i]);
        quadrant[i] = (int64_t)q;
    }
    memcpy(&angle.r.hi, hi, sizeof hi);
    memcpy(&angle.r.lo, lo, sizeof lo);
    memcpy(&angle.quadrant, quadrant, sizeof quadrant);
    return angle;
}

// `precise`: r as a pair good to float64; otherwise to float32.
CD_INLINE cd_angle cd_reduce_angle(f64_v x, int precise) {
    const f64_v shifted = CD_MADD(x, (f64_v)0x1.45f306dc9c883p-1, (f64_v)CD_ROUNDER_F64);
    const f64_v q = shifted - CD_ROUNDER_F64;
    const f64_v zero = 0.0;
    cd_angle angle = {{zero, zero}, (i64_v)shifted};
    // pi/2 in pieces of 33 bits: q times a piece is exact, so is the first difference.
    const f64_v first = CD_MADD(q, (f64_v)-0x1.921fb544p+0, x);
    if (precise) {
        const f64_v second = q * 0x1.0b4611a6p-34, third = q * 0x1.3198a2ep-69;
        const cd_pair a = cd_two_sum(first, -second);
        const cd_pair b = cd_two_sum(a.hi, -third);
        angle.r = cd_fast_two_sum(b.hi, (a.lo + b.lo) - q * 0x1.b839a252049c1p-104);
    } else {
        angle.r.hi = CD_MADD(q, (f64_v)-0x1.0b4611a626331p-34, first);
    }
    if (CD_ANY(cd_abs_f64(x) > CD_TRIG_LIMIT)) angle = cd_reduce_lanes(angle, x);
    return angle;
}

// sin(r) as r.hi + what is returned.
CD_INLINE f64_v cd_sin_tail(cd_pair r, f64_v square, int precise) {
    static const double c[] = {
        -0x1.5555555555548p-3, 0x1.111111110f730p-7, -0x1.a01a019be9214p-13,
        0x1.71de35552aa7bp-19, -0x1.ae5e4b82daac5p-26, 0x1.5d8b551f167c3p-33};
    static const double brief[] = {
        -0x1.5555554c68830p-3, 0x1.1111086399237p-7, -0x1.a00f79a83df0cp-13, 0x1.6cd0a01ddcae7p-19};
    const f64_v cube = r.hi * square;
    if (!precise) return cube * cd_poly_f64(square, brief, 4);
    return CD_MADD(cube, cd_poly_f64(square, c, 6), CD_MADD(r.lo * square, (f64_v)-0.5, r.lo));
}

// cos(r) as a pair (hi not yet rounded to nearest of the sum).
CD_INLINE cd_pair cd_cos_parts(cd_pair r, f64_v square, int precise) {
    static const double c[] = {
        0x1.555555555554bp-5, -0x1.6c16c16c1500dp-10, 0x1.a01a019c8dd21p-16,
        -0x1.27e4f7f05075ep-22, 0x1.1ee9dacbe4716p-29, -0x1.8fa5ecc483b61p-37};
    static const double brief[] = {
        0x1.5555554ed2c57p-5, -0x1.6c16b822e0530p-10, 0x1.a010da164eebfp-16, -0x1.241da31b47fb4p-22};
    const f64_v half = 0.5 * square;
    const f64_v head = 1.0 - half;
    if (!precise)
        return (cd_pair){CD_MADD(square * square, cd_poly_f64(square, brief, 4), head), head - head};
    const f64_v lost = (1.0 - head) - half;
    const f64_v tail = CD_MADD(square * square, cd_poly_f64(square, c, 6), -r.hi * r.lo);
    return (cd_pair){head, lost + tail};
}

// The sine of `x` turned by `turn` quarter circles.
CD_INLINE f64_v cd_sine_f64(f64_v x, int64_t turn, int precise) {
    const cd_angle angle = cd_reduce_angle(x, precise);
    const i64_v quadrant = angle.quadrant + turn;
    const f64_v square = angle.r.hi * angle.r.hi;
    const f64_v sine = angle.r.hi + cd_sin_tail(angle.r, square, precise);
    const cd_pair parts = cd_cos_parts(angle.r, square, precise);
    const f64_v value = (quadrant & 1) != 0 ? parts.hi + parts.lo : sine;
    return (f64_v)((u64_v)value ^ ((u64_v)(quadrant & 2) << 62));
}

CD_INLINE f64_v cd_tangent_f64(f64_v x, int precise) {
    const cd_angle angle = cd_reduce_angle(x, precise);
    const f64_v square = angle.r.hi * angle.r.hi;
    const f64_v tail = cd_sin_tail(angle.r, square, precise);
    const cd_pair sine = cd_fast_two_sum(angle.r.hi, tail);
    const cd_pair parts = cd_cos_parts(angle.r, square, precise);
    const i64_v odd = (angle.quadrant & 1) != 0;
    if (!precise) {
        const f64_v value = (odd ? parts.hi : sine.hi) / (odd ? -sine.hi : parts.hi);
        return value;
    }
    const cd_pair cosine = cd_fast_two_sum(parts.hi, parts.lo);
    const cd_pair numerator = {odd ? cosine.hi : sine.hi, odd ? cosine.lo : sine.lo};
    const cd_pair denominator = {odd ? -sine.hi : cosine.hi, odd ? -sine.lo : cosine.lo};
    return cd_divide_pairs(numerator, denominator);
}

// Zero has its own sign back; the reduction may have lost it.
CD_INLINE f64_v cd_keep_zero(f64_v y, f64_v x) { return x == 0.0 ? x : y; }

CD_INLINE f64_v cd_sin_f64(f64_v x) { return cd_keep_zero(cd_sine_f64(x, 0, 1), x); }
CD_INLINE f64_v cd_cos_f64(f64_v x) { return cd_sine_f64(x, 1, 1); }
CD_INLINE f64_v cd_tan_f64(f64_v x) { return cd_keep_zero(cd_tangent_f64(x, 1), x); }
CD_INLINE f64_v cd_sin_wide(f64_v x) { return cd_keep_zero(cd_sine_f64(x, 0, 0), x); }
CD_INLINE f64_v cd_cos_wide(f64_v x) { return cd_sine_f64(x, 1, 0); }
CD_INLINE f64_v cd_tan_wide(f64_v x) { return cd_keep_zero(cd_tangent_f64(x, 0), x); }
