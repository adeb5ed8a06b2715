// Internal: what the operations along one axis of [outer, length, inner] share.

#ifndef CDESCENT_ALONG_H
#define CDESCENT_ALONG_H

#include "CDescent.h"

typedef struct cd_along_job {
    const void *a, *b;
    void *y;
    char *scratch;
    size_t scratch_bytes;  // of each task
    int op, dtype, reverse;
    int64_t length, inner, units, units_per_task, columns, column_parts;
} cd_along_job;

size_t cd_sort_scratch_bytes(int64_t length);
/// The order of the elements of one row, `row` in 0..<outer * inner.
void cd_sort_row(const cd_along_job *job, int64_t row, void *scratch);

#endif
