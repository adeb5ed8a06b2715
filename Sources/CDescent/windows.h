// Internal: windows that move over up to three spatial axes, as convolutions and pools see them.

#ifndef CDESCENT_WINDOWS_H
#define CDESCENT_WINDOWS_H

#include "routines.h"

/// From integers: batch, channels, outputs, groups, last (whether channels are the last axis), then for each of three
/// axes: extent of x, of y, of the window, stride, dilation, padding before.
typedef struct cd_window {
    int64_t batch, channels, outputs, groups;
    int last;
    int64_t in[3], out[3], extent[3], stride[3], dilation[3], before[3];
} cd_window;

static inline cd_window cd_window_read(const cd_routine *routine) {
    const int64_t *i = routine->integers;
    cd_window w = {.batch = i[0], .channels = i[1], .outputs = i[2], .groups = i[3], .last = i[4] != 0};
    for (int axis = 0; axis < 3; axis++) {
        const int64_t *a = i + 5 + 6 * axis;
        w.in[axis] = a[0];
        w.out[axis] = a[1];
        w.extent[axis] = a[2];
        w.stride[axis] = a[3];
        w.dilation[axis] = a[4];
        w.before[axis] = a[5];
    }
    return w;
}

static inline int64_t cd_volume(const int64_t *extents) { return extents[0] * extents[1] * extents[2]; }

/// The part first..<end of the window's taps along an axis that meet x at output `position`.
static inline void cd_window_taps(
    const cd_window *w, int axis, int64_t position, int64_t *first, int64_t *end) {
    const int64_t start = position * w->stride[axis] - w->before[axis], step = w->dilation[axis];
    *first = start >= 0 ? 0 : cd_divide_up(-start, step);
    const int64_t room = w->in[axis] - start;  // taps * step < room
    *end = room <= 0 ? 0 : cd_least(w->extent[axis], cd_divide_up(room, step));
    if (*end < *first) *end = *first;
}

/// The positions first..<end of y along an axis whose windows meet x with tap `tap`.
static inline void cd_window_positions(
    const cd_window *w, int axis, int64_t tap, int64_t *first, int64_t *end) {
    const int64_t shift = tap * w->dilation[axis] - w->before[axis], step = w->stride[axis];
    *first = shift >= 0 ? 0 : cd_divide_up(-shift, step);
    const int64_t room = w->in[axis] - shift;
    *end = room <= 0 ? 0 : cd_least(w->out[axis], cd_divide_up(room, step));
    if (*end < *first) *end = *first;
}

#endif
