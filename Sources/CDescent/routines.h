// Internal: what the routines of cd_routines.h are made of.

#ifndef CDESCENT_ROUTINES_H
#define CDESCENT_ROUTINES_H

#include "CDescent.h"

static inline int64_t cd_least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t cd_most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t cd_divide_up(int64_t whole, int64_t part) { return (whole + part - 1) / part; }
static inline size_t cd_aligned(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

typedef struct cd_routine_call {
    const cd_routine *routine;
    const void *const *inputs;
    void *output;
    char *scratch;
    int threads;
    int64_t *position;
} cd_routine_call;

size_t cd_linalg_scratch_bytes(const cd_routine *routine, int threads);
int cd_linalg_run(const cd_routine_call *call);

size_t cd_convolution_scratch_bytes(const cd_routine *routine, int threads);
void cd_convolution_run(const cd_routine_call *call);
void cd_pool_run(const cd_routine_call *call);

size_t cd_fft_scratch_bytes(const cd_routine *routine, int threads);
void cd_fft_run(const cd_routine_call *call);

void cd_buckets_run(const cd_routine_call *call);

#endif
