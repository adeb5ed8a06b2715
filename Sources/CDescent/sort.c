// Stable order of the elements along one axis, as indices.
//
// Elements become unsigned keys that compare as the elements do, NaN above everything, zeros of either sign equal;
// keys and positions are then sorted by their digits from the lowest on, which is stable and takes time in
// proportion to the length.

#include "along.h"

#include <string.h>

typedef struct entry {
    uint64_t key, index;
} entry;

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, SHORT = 48 };

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

static void insertion_sort(entry *entries, int64_t n) {
    for (int64_t i = 1; i < n; i++) {
        const entry moving = entries[i];
        int64_t j = i;
        for (; j > 0 && entries[j - 1].key > moving.key; j--) entries[j] = entries[j - 1];
        entries[j] = moving;
    }
}

// Answers where the sorted entries are: `entries` or `other`.
static entry *radix_sort(entry *entries, entry *other, int64_t n, int bits) {
    for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
        int64_t starts[DIGITS] = {0};
        for (int64_t i = 0; i < n; i++) starts[entries[i].key >> shift & (DIGITS - 1)]++;
        // A digit that all share moves nothing.
        if (starts[entries[0].key >> shift & (DIGITS - 1)] == n) continue;
        int64_t sum = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            const int64_t count = starts[digit];
            starts[digit] = sum;
            sum += count;
        }
        for (int64_t i = 0; i < n; i++)
            other[starts[entries[i].key >> shift & (DIGITS - 1)]++] = entries[i];
        entry *const sorted = other;
        other = entries;
        entries = sorted;
    }
    return entries;
}

size_t cd_sort_scratch_bytes(int64_t length) { return 2 * (size_t)length * sizeof(entry); }

void cd_sort_row(const cd_along_job *job, int64_t row, void *scratch) {
    const int64_t n = job->length, inner = job->inner;
    const int64_t start = row / inner * n * inner + row % inner;
    const int bits = job->dtype == CD_BOOL ? 8 : (job->dtype == CD_F32 || job->dtype == CD_I32 ? 32 : 64);
    const uint64_t mask = UINT64_MAX >> (64 - bits);
    entry *entries = scratch;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = key_of(job->dtype, job->a, start + i * inner);
        entries[i] = (entry){job->op == CD_ALONG_ORDER_DOWN ? ~key & mask : key, (uint64_t)i};
    }
    if (n <= SHORT) insertion_sort(entries, n);
    else entries = radix_sort(entries, entries + n, n, bits);
    int64_t *to = job->y;
    for (int64_t i = 0; i < n; i++) to[start + i * inner] = (int64_t)entries[i].index;
}
