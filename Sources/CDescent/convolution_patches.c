// Patches of x, laid out and put back.

#include <string.h>

#include "convolution.h"

/// A run of positions along the last axis of y, at one row.
typedef struct run {
    int64_t at;      // of the run's first position among those asked for
    int64_t row[2];  // positions along the first two axes
    int64_t from, to;
} run;

/// The next run of positions first..<first + count; starts with `r.at` 0 and `r.to` 0.
static int next_run(const cd_window *w, int64_t first, int64_t count, run *r, int begun) {
    if (begun) r->at += r->to - r->from;
    if (r->at >= count) return 0;
    const int64_t position = first + r->at, row = position / w->out[2];
    r->from = position % w->out[2];
    r->to = cd_least(w->out[2], r->from + count - r->at);
    r->row[0] = row / w->out[1];
    r->row[1] = row % w->out[1];
    return 1;
}

/// Where along an axis a tap meets x.
static int64_t meets(const cd_window *w, int axis, int64_t position, int64_t tap) {
    return position * w->stride[axis] - w->before[axis] + tap * w->dilation[axis];
}

/// The part of from..<to whose positions meet x with tap `tap` of the last axis.
static void inside(const cd_window *w, const run *r, int64_t tap, int64_t *from, int64_t *to) {
    cd_window_positions(w, 2, tap, from, to);
    *from = cd_most(r->from, *from);
    *to = cd_least(r->to, *to);
    if (*to < *from) *from = *to = r->to;
}

#define FOR_EACH_TAP(w) \
    for (int64_t a = 0; a < (w)->extent[0]; a++) \
        for (int64_t b = 0; b < (w)->extent[1]; b++) \
            for (int64_t e = 0; e < (w)->extent[2]; e++)

#define PATCHES(name, type) \
    /* Channels first: for a channel and tap a row of positions. */ \
    static void read_first_##name( \
        const cd_patches *p, const type *x, int64_t first, int64_t count, type *patches) { \
        const cd_window *w = &p->w; \
        const int64_t plane = cd_volume(w->in); \
        for (int64_t channel = 0; channel < p->channels; channel++, x += plane) { \
            FOR_EACH_TAP(w) { \
                run r = {0}; \
                for (int more = next_run(w, first, count, &r, 0); more; more = next_run(w, first, count, &r, 1)) { \
                    type *to = patches + r.at - r.from; \
                    const int64_t i = meets(w, 0, r.row[0], a), k = meets(w, 1, r.row[1], b); \
                    int64_t start = r.to, end = r.to; \
                    if (i >= 0 && i < w->in[0] && k >= 0 && k < w->in[1]) inside(w, &r, e, &start, &end); \
                    for (int64_t c = r.from; c < start; c++) to[c] = 0; \
                    const int64_t row = (i * w->in[1] + k) * w->in[2] + meets(w, 2, 0, e); \
                    if (w->stride[2] == 1 && end > start) \
                        memcpy(to + start, x + row + start, (size_t)(end - start) * sizeof(type)); \
                    else \
                        for (int64_t c = start; c < end; c++) to[c] = x[row + c * w->stride[2]]; \
                    for (int64_t c = end; c < r.to; c++) to[c] = 0; \
                } \
                patches += count; \
            } \
        } \
    } \
    static void add_first_##name( \
        const cd_patches *p, const type *patches, int64_t first, int64_t count, type *x) { \
        const cd_window *w = &p->w; \
        const int64_t plane = cd_volume(w->in); \
        for (int64_t channel = 0; channel < p->channels; channel++, x += plane) { \
            FOR_EACH_TAP(w) { \
                run r = {0}; \
                for (int more = next_run(w, first, count, &r, 0); more; more = next_run(w, first, count, &r, 1)) { \
                    const type *from = patches + r.at - r.from; \
                    const int64_t i = meets(w, 0, r.row[0], a), k = meets(w, 1, r.row[1], b); \
                    if (i < 0 || i >= w->in[0] || k < 0 || k >= w->in[1]) continue; \
                    int64_t start, end; \
                    inside(w, &r, e, &start, &end); \
                    const int64_t row = (i * w->in[1] + k) * w->in[2] + meets(w, 2, 0, e); \
                    for (int64_t c = start; c < end; c++) x[row + c * w->stride[2]] += from[c]; \
                } \
                patches += count; \
            } \
        } \
    } \
    /* Channels last: for a position a row of taps, each with all channels of the group. */ \
    static void read_last_##name( \
        const cd_patches *p, const type *x, int64_t first, int64_t count, type *patches) { \
        const cd_window *w = &p->w; \
        for (int64_t position = first; position < first + count; position++) { \
            const int64_t last = position % w->out[2], row = position / w->out[2]; \
            FOR_EACH_TAP(w) { \
                const int64_t i = meets(w, 0, row / w->out[1], a), k = meets(w, 1, row % w->out[1], b); \
                const int64_t l = meets(w, 2, last, e); \
                if (i >= 0 && i < w->in[0] && k >= 0 && k < w->in[1] && l >= 0 && l < w->in[2]) \
                    memcpy( \
                        patches, x + ((i * w->in[1] + k) * w->in[2] + l) * w->channels, \
                        (size_t)p->channels * sizeof(type)); \
                else \
                    memset(patches, 0, (size_t)p->channels * sizeof(type)); \
                patches += p->channels; \
            } \
        } \
    } \
    static void add_last_##name( \
        const cd_patches *p, const type *patches, int64_t first, int64_t count, type *x) { \
        const cd_window *w = &p->w; \
        for (int64_t position = first; position < first + count; position++) { \
            const int64_t last = position % w->out[2], row = position / w->out[2]; \
            FOR_EACH_TAP(w) { \
                const int64_t i = meets(w, 0, row / w->out[1], a), k = meets(w, 1, row % w->out[1], b); \
                const int64_t l = meets(w, 2, last, e); \
                if (i >= 0 && i < w->in[0] && k >= 0 && k < w->in[1] && l >= 0 && l < w->in[2]) { \
                    type *to = x + ((i * w->in[1] + k) * w->in[2] + l) * w->channels; \
                    for (int64_t c = 0; c < p->channels; c++) to[c] += patches[c]; \
                } \
                patches += p->channels; \
            } \
        } \
    }

PATCHES(f32, float)
PATCHES(f64, double)

/// Elements before the first of a group of a sample.
static int64_t offset(const cd_patches *p, int64_t sample, int64_t group) {
    const int64_t plane = cd_volume(p->w.in);
    return sample * p->w.channels * plane + group * p->channels * (p->w.last ? 1 : plane);
}

void cd_patches_read(
    const cd_patches *p, int dtype, const void *x, int64_t sample, int64_t group, int64_t first, int64_t count,
    void *patches) {
    const int64_t at = offset(p, sample, group);
    if (dtype == CD_F64)
        (p->w.last ? read_last_f64 : read_first_f64)(p, (const double *)x + at, first, count, patches);
    else
        (p->w.last ? read_last_f32 : read_first_f32)(p, (const float *)x + at, first, count, patches);
}

void cd_patches_add(
    const cd_patches *p, int dtype, const void *patches, int64_t sample, int64_t group, int64_t first,
    int64_t count, void *x) {
    const int64_t at = offset(p, sample, group);
    if (dtype == CD_F64)
        (p->w.last ? add_last_f64 : add_first_f64)(p, patches, first, count, (double *)x + at);
    else
        (p->w.last ? add_last_f32 : add_first_f32)(p, patches, first, count, (float *)x + at);
}
