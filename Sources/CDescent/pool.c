// Pools: sums and largest elements of windows.
//
// A row of results is made at once, tap by tap: with channels last each result is a run of channels, else a run is
// a row of results.

#include "windows.h"

typedef struct job {
    cd_window w;
    const void *source;
    void *destination;
    // x is [outer, in, inner], y is [outer, out, inner].
    int64_t outer, inner;
    int op, dtype;
} job;

/// One run: elements of x `step` apart that meet consecutive results.
typedef struct run {
    int64_t x, y, step, count;
} run;

/// Where a tap meets x in one row of results. Channels last: every position is a run of its own.
static run run_at(
    const job *j, const int64_t *row, int64_t x_row, int64_t tap, int64_t position, int64_t count) {
    const cd_window *w = &j->w;
    const int64_t at = position * w->stride[2] - w->before[2] + tap * w->dilation[2];
    return (run){
        .x = (x_row + at) * j->inner, .y = (row[2] + position) * j->inner,
        .step = j->inner > 1 ? 1 : w->stride[2], .count = j->inner > 1 ? j->inner : count};
}

#define POOL(name, type) \
    static void sum_##name(const job *j, run r) { \
        const type *x = (const type *)j->source + r.x; \
        type *y = (type *)j->destination + r.y; \
        for (int64_t c = 0; c < r.count; c++) y[c] += x[c * r.step]; \
    } \
    static void spread_##name(const job *j, run r) { \
        type *x = (type *)j->destination + r.x; \
        const type *y = (const type *)j->source + r.y; \
        for (int64_t c = 0; c < r.count; c++) x[c * r.step] += y[c]; \
    } \
    static void largest_##name(const job *j, run r) { \
        const type *all = (const type *)j->source; \
        int64_t *best = (int64_t *)j->destination + r.y; \
        for (int64_t c = 0; c < r.count; c++) { \
            const int64_t place = r.x + c * r.step; \
            const type value = all[place]; \
            const type record = all[best[c]]; \
            best[c] = value > record || (value != value && record == record) ? place : best[c]; \
        } \
    }

POOL(f32, float)
POOL(f64, double)

static void clear(const job *j, int64_t outer) {
    const int64_t count = cd_volume(j->op == CD_POOL_SUM ? j->w.out : j->w.in) * j->inner;
    const uint64_t zero = 0;
    cd_fill(j->dtype, &zero, (char *)j->destination + outer * count * (j->dtype == CD_F64 ? 8 : 4), count);
}

/// The best of each window of a row is its first element, to begin with. No window is empty.
static void take_first(const job *j, const int64_t *row, int64_t x_row) {
    const cd_window *w = &j->w;
    int64_t *best = (int64_t *)j->destination + row[2] * j->inner, first, end;
    for (int64_t position = 0; position < w->out[2]; position++) {
        cd_window_taps(w, 2, position, &first, &end);
        const int64_t at = position * w->stride[2] - w->before[2] + first * w->dilation[2];
        for (int64_t c = 0; c < j->inner; c++) *best++ = (x_row + at) * j->inner + c;
    }
}

static void run_outer(void *context, int64_t outer) {
    const job *j = context;
    const cd_window *w = &j->w;
    static void (*const kernels[3][2])(const job *, run) = {
        {sum_f32, sum_f64}, {spread_f32, spread_f64}, {largest_f32, largest_f64}};
    void (*const kernel)(const job *, run) = kernels[j->op - CD_POOL_SUM][j->dtype == CD_F64];
    if (j->op != CD_POOL_ARGMAX) clear(j, outer);
    int64_t row[3], first[2], end[2], from, to;  // row[2]: the first result of the row
    for (row[0] = 0; row[0] < w->out[0]; row[0]++) {
        cd_window_taps(w, 0, row[0], &first[0], &end[0]);
        for (row[1] = 0; row[1] < w->out[1]; row[1]++) {
            cd_window_taps(w, 1, row[1], &first[1], &end[1]);
            row[2] = ((outer * w->out[0] + row[0]) * w->out[1] + row[1]) * w->out[2];
            for (int64_t a = first[0]; a < end[0]; a++) {
                const int64_t i = row[0] * w->stride[0] - w->before[0] + a * w->dilation[0];
                for (int64_t b = first[1]; b < end[1]; b++) {
                    const int64_t k = row[1] * w->stride[1] - w->before[1] + b * w->dilation[1];
                    const int64_t x_row = ((outer * w->in[0] + i) * w->in[1] + k) * w->in[2];
                    if (j->op == CD_POOL_ARGMAX && a == first[0] && b == first[1]) take_first(j, row, x_row);
                    for (int64_t tap = 0; tap < w->extent[2]; tap++) {
                        cd_window_positions(w, 2, tap, &from, &to);
                        if (j->inner == 1)
                            kernel(j, run_at(j, row, x_row, tap, from, to - from));
                        else
                            for (; from < to; from++) kernel(j, run_at(j, row, x_row, tap, from, 1));
                    }
                }
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
