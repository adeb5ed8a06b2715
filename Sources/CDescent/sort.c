// Stable order of the elements along one axis, as indices.
//
// Elements become unsigned keys that compare as the elements do, NaN above everything, zeros of either sign equal;
// keys and positions are then sorted by their digits from the lowest on, which is stable and takes time in
// proportion to the length.

#include "along.h"

#include <string.h>

// Keys of 32 bits share a word with the index, which halves what is moved.
typedef uint64_t packed;
typedef struct wide {
    uint64_t key, index;
} wide;

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, PASSES = 8, SHORT = 48 };

static uint64_t key_of(int dtype, const void *x, int64_t i) {
    switch (dtype) {
    case CD_F32: {
        const float value = ((const float *)x)[i];
        uint32_t bits = 0;
        if (value != 0) memcpy(&bits, &value, sizeof bits);
        if (value != value) return UINT32_MAX;
        return bits >> 31 ? ~bits : bits | 0x80000000u;
    }
    case CD_F64: {
        const double value = ((const double *)x)[i];
        uint64_t bits = 0;
        if (value != 0) memcpy(&bits, &value, sizeof bits);
        if (value != value) return UINT64_MAX;
        return bits >> 63 ? ~bits : bits | 0x8000000000000000u;
    }
    case CD_I32: return (uint32_t)((const int32_t *)x)[i] ^ 0x80000000u;
    case CD_I64: return (uint64_t)((const int64_t *)x)[i] ^ 0x8000000000000000u;
    default: return ((const uint8_t *)x)[i];
    }
}

#define PACKED_KEY(entry) ((entry) >> 32)
#define WIDE_KEY(entry) ((entry).key)

// Insertion where that is faster. Else digit by digit, all digits counted in one pass; one that all entries share moves
// nothing. Answers where the sorted entries are: `entries` or `other`.
#define SORT(name, entry, KEY, bits) \
    static entry *name(entry *entries, entry *other, int64_t n) { \
        if (n <= SHORT) { \
            for (int64_t i = 1; i < n; i++) { \
                const entry moving = entries[i]; \
                int64_t j = i; \
                for (; j > 0 && KEY(entries[j - 1]) > KEY(moving); j--) entries[j] = entries[j - 1]; \
                entries[j] = moving; \
            } \
            return entries; \
        } \
        const int passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS; \
        int64_t starts[PASSES][DIGITS] = {{0}}; \
        for (int64_t i = 0; i < n; i++) \
            for (int pass = 0; pass < passes; pass++) \
                starts[pass][KEY(entries[i]) >> (pass * DIGIT_BITS) & (DIGITS - 1)]++; \
        for (int pass = 0; pass < passes; pass++) { \
            int64_t *const start = starts[pass]; \
            const int shift = pass * DIGIT_BITS; \
            if (start[KEY(entries[0]) >> shift & (DIGITS - 1)] == n) continue; \
            int64_t sum = 0; \
            for (int digit = 0; digit < DIGITS; digit++) { \
                const int64_t count = start[digit]; \
                start[digit] = sum; \
                sum += count; \
            } \
            for (int64_t i = 0; i < n; i++) \
                other[start[KEY(entries[i]) >> shift & (DIGITS - 1)]++] = entries[i]; \
            entry *const sorted = other; \
            other = entries; \
            entries = sorted; \
        } \
        return entries; \
    }

SORT(sort_packed, packed, PACKED_KEY, 32)
SORT(sort_wide, wide, WIDE_KEY, 64)

size_t cd_sort_scratch_bytes(int64_t length) { return 2 * (size_t)length * sizeof(wide); }

void cd_sort_row(const cd_along_job *job, int64_t row, void *scratch) {
    const int64_t n = job->length, inner = job->inner;
    const int64_t start = row / inner * n * inner + row % inner;
    const int is_narrow = job->dtype != CD_F64 && job->dtype != CD_I64 && n <= UINT32_MAX;
    const uint64_t flip = job->op == CD_ALONG_ORDER_DOWN ? (is_narrow ? UINT32_MAX : UINT64_MAX) : 0;
    int64_t *to = job->y;
    if (is_narrow) {
        packed *entries = scratch;
        for (int64_t i = 0; i < n; i++)
            entries[i] = (key_of(job->dtype, job->a, start + i * inner) ^ flip) << 32 | (uint64_t)i;
        entries = sort_packed(entries, entries + n, n);
        for (int64_t i = 0; i < n; i++) to[start + i * inner] = (int64_t)(entries[i] & UINT32_MAX);
    } else {
        wide *entries = scratch;
        for (int64_t i = 0; i < n; i++)
            entries[i] = (wide){key_of(job->dtype, job->a, start + i * inner) ^ flip, (uint64_t)i};
        entries = sort_wide(entries, entries + n, n);
        for (int64_t i = 0; i < n; i++) to[start + i * inner] = (int64_t)entries[i].index;
    }
}
