// Internal: the random numbers of one instruction set, and their table. Included between `isa_begin.h` and
// `isa_end.h`. Nothing may be contracted to a fused multiply-add: every set gives the same bits.

#pragma STDC FP_CONTRACT OFF

#define U32 CD_NAME(cd_u32x16)
#define I32 CD_NAME(cd_i32x16)
#define F32 CD_NAME(cd_f32x16)
#define U64 CD_NAME(cd_u64x8)
#define I64 CD_NAME(cd_i64x8)
#define F64 CD_NAME(cd_f64x8)
typedef uint32_t U32 __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t I32 __attribute__((ext_vector_type(16), aligned(4)));
typedef float F32 __attribute__((ext_vector_type(16), aligned(4)));
typedef uint64_t U64 __attribute__((ext_vector_type(8), aligned(4)));
typedef int64_t I64 __attribute__((ext_vector_type(8), aligned(4)));
typedef double F64 __attribute__((ext_vector_type(8), aligned(8)));

// MARK: - Philox 4x32-10

// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011. Eight counters at
// a time, each word in the low half of a 64-bit lane. The high halves fill with rubbish, which no
// multiplication reads.
static void CD_NAME(words)(uint64_t seed, uint64_t block, uint32_t *words, int64_t n) {
    const uint64_t low = 0xffffffff;
    U64 counter = block + (U64){0, 1, 2, 3, 4, 5, 6, 7};
    for (; n > 0; n -= CD_RANDOM_UNIT, words += CD_RANDOM_UNIT, counter += 8) {
        U64 a = counter, b = counter >> 32, c = (U64)(0), d = (U64)(0);
        uint32_t key_a = (uint32_t)seed, key_b = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            const U64 first = (a & low) * (uint64_t)0xd2511f53;
            const U64 second = (c & low) * (uint64_t)0xcd9e8d57;
            a = (second >> 32) ^ b ^ (uint64_t)key_a;
            b = second;
            c = (first >> 32) ^ d ^ (uint64_t)key_b;
            d = first;
            key_a += 0x9e3779b9;
            key_b += 0xbb67ae85;
        }
        const U64 front = (a & low) | (b << 32), back = (c & low) | (d << 32);
        *(U64 *)words =
            __builtin_shufflevector(front, back, 0, 8, 1, 9, 2, 10, 3, 11);
        *(U64 *)(words + 16) =
            __builtin_shufflevector(front, back, 4, 12, 5, 13, 6, 14, 7, 15);
    }
}

// MARK: - Uniform

static void CD_NAME(uniform_f32)(const uint32_t *words, void *numbers, int64_t n) {
    float *number = numbers;
    for (int64_t i = 0; i < n; i += 16) {
        const U32 word = *(const U32 *)(words + i) >> 8;
        *(F32 *)(number + i) = __builtin_convertvector((I32)word, F32) * 0x1p-24f;
    }
}

// 32 bits and 21: each is put into the mantissa of 2^52, since few sets convert 64-bit integers.
static void CD_NAME(uniform_f64)(const uint32_t *words, void *numbers, int64_t n) {
    double *number = numbers;
    const uint64_t exponent = 0x4330000000000000;
    for (int64_t i = 0; i < n; i += 16, number += 8) {
        const U64 word = *(const U64 *)(words + i);
        const F64 high = (F64)(word >> 32 | exponent) - 0x1p52;
        const F64 low = (F64)((word & 0xffffffff) >> 11 | exponent) - 0x1p52;
        *(F64 *)number = high * 0x1p-32 + low * 0x1p-53;
    }
}

// MARK: - Normal

// Box and Muller: of two uniform numbers, one is a radius r = sqrt(-2 log u), the other an angle. The angle is a
// fraction of a turn, so its reduction to an eighth of a turn is exact. The logarithm is 2 atanh(s),
// s = (m - 1) / (m + 1), with m between sqrt(1/2) and sqrt(2), so |s| < 0.1716. All series are Taylor's, cut
// below half a unit in the last place.

static void CD_NAME(normal_f32)(const uint32_t *words, void *numbers, int64_t n) {
    float *number = numbers;
    for (int64_t i = 0; i < n; i += 32) {
        const U32 first = *(const U32 *)(words + i), second = *(const U32 *)(words + i + 16);
        const U32 radial = __builtin_shufflevector(
            first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        const U32 angular = __builtin_shufflevector(
            first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);

        // u > 0 down to 2^-33: as far as 6.7 deviations.
        const F32 u = (__builtin_convertvector(radial, F32) + 0.5f) * 0x1p-32f;
        const I32 power = ((I32)u - 0x3f3504f3) >> 23;
        const F32 m = (F32)((I32)u - (power << 23));
        const F32 s = (m - 1.0f) / (m + 1.0f), z = s * s;
        const F32 log_m =
            2.0f * s * (1.0f + z * (1 / 3.0f + z * (1 / 5.0f + z * (1 / 7.0f + z * (1 / 9.0f)))));
        const F32 log = __builtin_convertvector(power, F32) * 0.693147182f + log_m;
        const F32 radius = __builtin_elementwise_sqrt(-2.0f * log);

        const U32 quadrant = (angular + 0x20000000) >> 30;
        const F32 x =
            __builtin_convertvector((I32)(angular - (quadrant << 30)), F32) * 1.46291807927e-9f;
        const F32 y = x * x;
        const F32 sine =
            x * (1.0f - y * (1 / 6.0f - y * (1 / 120.0f - y * (1 / 5040.0f - y * (1 / 362880.0f)))));
        const F32 cosine =
            1.0f -
            y * (0.5f - y * (1 / 24.0f - y * (1 / 720.0f - y * (1 / 40320.0f - y * (1 / 3628800.0f)))));
        const I32 swapped = (I32)(quadrant & 1) == 1;
        // Signs: quadrants 1 and 2 have a negative cosine, 2 and 3 a negative sine.
        const U32 cosine_sign = ((quadrant + 1) & 2) << 30, sine_sign = (quadrant & 2) << 30;
        const F32 along = (F32)((U32)(swapped ? sine : cosine) ^ cosine_sign) * radius;
        const F32 across = (F32)((U32)(swapped ? cosine : sine) ^ sine_sign) * radius;
        *(F32 *)(number + i) = __builtin_shufflevector(
            along, across, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        *(F32 *)(number + i + 16) = __builtin_shufflevector(
            along, across, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
}

static void CD_NAME(normal_f64)(const uint32_t *words, void *numbers, int64_t n) {
    double *number = numbers;
    const uint64_t exponent = 0x4330000000000000;
    const int64_t signed_exponent = 0x4338000000000000;
    for (int64_t i = 0; i < n; i += 32, number += 16) {
        const U64 first = *(const U64 *)(words + i), second = *(const U64 *)(words + i + 16);
        const U64 radial = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14);
        const U64 angular = __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15);

        // u > 0 down to 2^-54: as far as 8.6 deviations.
        const F64 high = (F64)(radial >> 32 | exponent) - 0x1p52;
        const F64 low = (F64)((radial & 0xffffffff) >> 11 | exponent) - 0x1p52;
        const F64 u = high * 0x1p-32 + (low + 0.5) * 0x1p-53;
        // The exponent without an arithmetic shift of 64-bit lanes, which few sets have: 2^52 + a
        // biased exponent, as a double.
        const U64 biased = ((U64)u - 0x3fe6a09e667f3bcd + ((uint64_t)1023 << 52)) >> 52;
        const F64 m = (F64)((U64)u - (biased << 52) + ((uint64_t)1023 << 52));
        const F64 power = (F64)(biased | exponent) - (0x1p52 + 1023);
        const F64 s = (m - 1.0) / (m + 1.0), z = s * s;
        F64 series = (F64)(1 / 21.0);
        for (int k = 19; k >= 1; k -= 2) series = series * z + 1.0 / k;
        const F64 radius =
            __builtin_elementwise_sqrt(-2.0 * (power * 0.69314718055994531 + 2.0 * s * series));

        const U64 quadrant = (angular + ((uint64_t)1 << 61)) >> 62;
        // A quarter of a turn is 2^62. Bits below 2^11 go, and the rest is read as a signed number of
        // 51 bits, from the mantissa of 1.5 * 2^52.
        const U64 offset = (angular - (quadrant << 62) + ((uint64_t)1 << 62)) >> 11;
        const F64 turn =
            (F64)((I64)offset + (signed_exponent - ((int64_t)1 << 51))) - 0x1.8p52;
        const F64 x = turn * 6.9757369960172636e-16;
        const F64 y = x * x;
        F64 sine = (F64)(1.0), cosine = (F64)(1.0);
        for (int k = 16; k >= 2; k -= 2) {
            sine = 1.0 - y * sine * (1.0 / (k * (k + 1)));
            cosine = 1.0 - y * cosine * (1.0 / (k * (k - 1)));
        }
        sine *= x;
        const I64 swapped = (I64)(quadrant & 1) == 1;
        const U64 cosine_sign = ((quadrant + 1) & 2) << 62, sine_sign = (quadrant & 2) << 62;
        const F64 along = (F64)((U64)(swapped ? sine : cosine) ^ cosine_sign) * radius;
        const F64 across = (F64)((U64)(swapped ? cosine : sine) ^ sine_sign) * radius;
        *(F64 *)number = __builtin_shufflevector(along, across, 0, 8, 1, 9, 2, 10, 3, 11);
        *(F64 *)(number + 8) = __builtin_shufflevector(along, across, 4, 12, 5, 13, 6, 14, 7, 15);
    }
}

const cd_random_kernels_table CD_NAME(cd_random_kernels) = {
    .words = CD_NAME(words),
    .numbers = {
        {CD_NAME(uniform_f32), CD_NAME(uniform_f64)}, {CD_NAME(normal_f32), CD_NAME(normal_f64)}}};

#undef U32
#undef I32
#undef F32
#undef U64
#undef I64
#undef F64
