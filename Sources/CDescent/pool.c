// Pools: sums and largest elements of windows.

#include <math.h>

#include "windows.h"

typedef struct job {
    cd_window w;
    const void *source;
    void *destination;
    // x is [outer, in, inner], y is [outer, out, inner].
    int64_t outer, inner;
    int op, dtype;
} job;

#define POOL(name, type) \
    static void sum_##name(const job *j, int64_t outer, const int64_t *at, const int64_t *taps, int64_t y) { \
        const cd_window *w = &j->w; \
        const type *x = (const type *)j->source + outer * cd_volume(w->in) * j->inner; \
        type *sums = (type *)j->destination + y; \
        for (int64_t c = 0; c < j->inner; c++) sums[c] = 0; \
        FOR_EACH_TAP for (int64_t c = 0; c < j->inner; c++) sums[c] += x[place + c]; \
    } \
    static void spread_##name( \
        const job *j, int64_t outer, const int64_t *at, const int64_t *taps, int64_t y) { \
        const cd_window *w = &j->w; \
        type *x = (type *)j->destination + outer * cd_volume(w->in) * j->inner; \
        const type *sums = (const type *)j->source + y; \
        FOR_EACH_TAP for (int64_t c = 0; c < j->inner; c++) x[place + c] += sums[c]; \
    } \
    static void largest_##name( \
        const job *j, int64_t outer, const int64_t *at, const int64_t *taps, int64_t y) { \
        const cd_window *w = &j->w; \
        const type *all = (const type *)j->source; \
        const int64_t first = outer * cd_volume(w->in) * j->inner; \
        const type *x = all + first; \
        int64_t *best = (int64_t *)j->destination + y; \
        int begun = 0; \
        FOR_EACH_TAP { \
            for (int64_t c = 0; c < j->inner; c++) { \
                const type value = x[place + c]; \
                const type record = begun ? all[best[c]] : 0; \
                if (!begun || value > record || (isnan(value) && !isnan(record))) \
                    best[c] = first + place + c; \
            } \
            begun = 1; \
        } \
    }

/// `taps` holds first and end for each axis; `at` where the window begins.
#define FOR_EACH_TAP \
    for (int64_t a = taps[0]; a < taps[1]; a++) \
        for (int64_t b = taps[2]; b < taps[3]; b++) \
            for (int64_t e = taps[4], place = \
                     (((at[0] + a * w->dilation[0]) * w->in[1] + at[1] + b * w->dilation[1]) * w->in[2] + \
                      at[2] + e * w->dilation[2]) * j->inner; \
                 e < taps[5]; e++, place += w->dilation[2] * j->inner)

POOL(f32, float)
POOL(f64, double)

static void run_outer(void *context, int64_t outer) {
    const job *j = context;
    const cd_window *w = &j->w;
    void (*const kernels[3][2])(const job *, int64_t, const int64_t *, const int64_t *, int64_t) = {
        {sum_f32, sum_f64}, {spread_f32, spread_f64}, {largest_f32, largest_f64}};
    void (*const kernel)(const job *, int64_t, const int64_t *, const int64_t *, int64_t) =
        kernels[j->op - CD_POOL_SUM][j->dtype == CD_F64];
    if (j->op == CD_POOL_SPREAD) {
        const int64_t count = cd_volume(w->in) * j->inner;
        if (j->dtype == CD_F64)
            for (int64_t i = 0; i < count; i++) ((double *)j->destination)[outer * count + i] = 0;
        else
            for (int64_t i = 0; i < count; i++) ((float *)j->destination)[outer * count + i] = 0;
    }
    int64_t y = outer * cd_volume(w->out) * j->inner;
    int64_t position[3], at[3], taps[6];
    for (position[0] = 0; position[0] < w->out[0]; position[0]++) {
        for (position[1] = 0; position[1] < w->out[1]; position[1]++) {
            for (position[2] = 0; position[2] < w->out[2]; position[2]++) {
                for (int axis = 0; axis < 3; axis++) {
                    at[axis] = position[axis] * w->stride[axis] - w->before[axis];
                    cd_window_taps(w, axis, position[axis], taps + 2 * axis, taps + 2 * axis + 1);
                }
                kernel(j, outer, at, taps, y);
                y += j->inner;
            }
        }
    }
}

void cd_pool_run(const cd_routine_call *call) {
    job j = {
        .w = cd_window_read(call->routine), .source = call->inputs[0], .destination = call->output,
        .op = call->routine->op, .dtype = call->routine->dtype};
    j.outer = j.w.last ? j.w.batch : j.w.batch * j.w.channels;
    j.inner = j.w.last ? j.w.channels : 1;
    const double work = (double)j.outer * (double)j.inner * (double)cd_volume(j.w.out) *
        (double)cd_volume(j.w.extent);
    if (work > 50000)
        cd_parallel(j.outer, run_outer, &j);
    else
        for (int64_t outer = 0; outer < j.outer; outer++) run_outer(&j, outer);
}
