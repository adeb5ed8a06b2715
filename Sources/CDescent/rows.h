// Rows at random places of a table: what gathers and scatters share.

#ifndef CD_ROWS_H
#define CD_ROWS_H

#include "program.h"

static inline int64_t cd_index_at(const void *indices, int dtype, int64_t i) {
    return dtype == CD_I32 ? ((const int32_t *)indices)[i] : ((const int64_t *)indices)[i];
}

// Rows far apart come one after the other, each after the time that memory takes to answer, unless many are asked for
// at once. Into the second cache: more requests may be under way to it than to the first. Measured on rows of 256
// bytes: 25 us for 1024 of them become 9. The processor itself follows what lies behind the first lines of a row.
enum { CD_ROWS_AHEAD = 32, CD_FETCHED = 512 };

static inline void cd_fetch_row(const char *row, int64_t bytes) {
    for (int64_t at = 0; at < bytes && at < CD_FETCHED; at += 64) __builtin_prefetch(row + at, 0, 2);
}

static inline void cd_fetch_row_to_change(const char *row, int64_t bytes) {
    for (int64_t at = 0; at < bytes && at < CD_FETCHED; at += 64) __builtin_prefetch(row + at, 1, 2);
}

/// Whether rows come from so far away that sharing them pays early: waiting is what takes time then.
static inline bool cd_rows_wait(int64_t moved_bytes, int64_t table_bytes, int64_t row_bytes) {
    return row_bytes >= 64 && moved_bytes >= 1 << 16 && table_bytes >= 1 << 22;
}

/// Columns of a part, where two threads share rows whose order must stay: whole cache lines.
static inline int64_t cd_half_columns(int64_t inner, int64_t element_bytes) {
    return cd_min(inner, cd_round_up(cd_ceil(inner, 2), 64 / element_bytes));
}

#endif
