// Writing into slices along one axis otherwise than by adding; see cd_scatter_add in index.c.

#include "rows.h"

#pragma STDC FP_CONTRACT OFF

typedef struct scatter_job {
    void *destination;
    const void *values, *indices;
    int op, dtype, index_dtype;
    int64_t length, inner, count, columns, column_parts;
} scatter_job;

#define ROWS(T, combined) \
    for (int64_t i = 0; i < job->count; i++) { \
        T *all = (T *)job->destination + outer * job->length * job->inner; \
        if (i + CD_ROWS_AHEAD < job->count) \
            cd_fetch_row_to_change( \
                (const char *)( \
                    all + cd_index_at(job->indices, job->index_dtype, i + CD_ROWS_AHEAD) * job->inner + first), \
                (end - first) * (int64_t)sizeof(T)); \
        T *restrict to = all + cd_index_at(job->indices, job->index_dtype, i) * job->inner; \
        const T *restrict from = (const T *)job->values + (outer * job->count + i) * job->inner; \
        for (int64_t j = first; j < end; j++) { \
            const T old = to[j], new = from[j]; \
            (void)old; \
            to[j] = (T)(combined); \
        } \
    }

// NaN wins over every number.
#define NUMBERS(T, U) \
    switch (job->op) { \
    case CD_SCATTER_MUL: ROWS(T, (U)old * (U)new) break; \
    case CD_SCATTER_MIN: ROWS(T, ((old < new) | (old != old)) ? old : new) break; \
    case CD_SCATTER_MAX: ROWS(T, ((old > new) | (old != old)) ? old : new) break; \
    default: ROWS(T, new) break; \
    }

// Every element of the destination belongs to one task, which writes to it in the order of the indices.
static void scatter_part(void *context, int64_t task) {
    const scatter_job *job = context;
    const int64_t outer = task / job->column_parts, first = task % job->column_parts * job->columns;
    const int64_t end = cd_min(first + job->columns, job->inner);
    switch (job->dtype) {
    case CD_F32: NUMBERS(float, float) break;
    case CD_F64: NUMBERS(double, double) break;
    case CD_I32: NUMBERS(int32_t, uint32_t) break;
    case CD_I64: NUMBERS(int64_t, uint64_t) break;
    default: ROWS(uint8_t, new) break;
    }
}

int cd_scatter(
    int op, int dtype, int64_t outer, int64_t length, int64_t inner, void *destination, int index_dtype,
    const void *indices, int64_t count, const void *values, int64_t *position) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t index = cd_index_at(indices, index_dtype, i);
        if (index >= 0 && index < length) continue;
        *position = i;
        return CD_INDEX_OUT_OF_RANGE;
    }
    scatter_job job = {destination, values, indices, op, dtype, index_dtype, length, inner, count, inner, 1};
    const int64_t bytes = cd_dtype_bytes(dtype), row_bytes = inner * bytes;
    const bool waits = cd_rows_wait(outer * count * row_bytes, outer * length * row_bytes, row_bytes);
    if (waits) {
        job.columns = cd_half_columns(inner, bytes);
        job.column_parts = cd_ceil(inner, job.columns);
    }
    const int64_t tasks = outer * job.column_parts;
    if (tasks > 1 && (waits || outer * count * inner >= 131072)) cd_parallel(tasks, scatter_part, &job);
    else
        for (int64_t i = 0; i < tasks; i++) scatter_part(&job, i);
    return CD_OK;
}
