// Writing into slices along one axis otherwise than by adding; see cd_scatter_add in index.c.

#include "CDescent.h"

#pragma STDC FP_CONTRACT OFF

static int64_t index_at(const void *indices, int dtype, int64_t i) {
    return dtype == CD_I32 ? ((const int32_t *)indices)[i] : ((const int64_t *)indices)[i];
}

typedef struct scatter_job {
    void *destination;
    const void *values, *indices;
    int op, dtype, index_dtype;
    int64_t length, inner, count;
} scatter_job;

#define ROWS(T, combined) \
    for (int64_t i = 0; i < job->count; i++) { \
        T *to = (T *)job->destination + \
            (outer * job->length + index_at(job->indices, job->index_dtype, i)) * job->inner; \
        const T *from = (const T *)job->values + (outer * job->count + i) * job->inner; \
        for (int64_t j = 0; j < job->inner; j++) { \
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

static void scatter_outer(void *context, int64_t outer) {
    const scatter_job *job = context;
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
        const int64_t index = index_at(indices, index_dtype, i);
        if (index >= 0 && index < length) continue;
        *position = i;
        return CD_INDEX_OUT_OF_RANGE;
    }
    scatter_job job = {destination, values, indices, op, dtype, index_dtype, length, inner, count};
    if (outer > 1 && outer * count * inner >= 131072) cd_parallel(outer, scatter_outer, &job);
    else
        for (int64_t i = 0; i < outer; i++) scatter_outer(&job, i);
    return CD_OK;
}
