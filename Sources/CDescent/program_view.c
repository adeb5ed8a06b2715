#include "program.h"

#include <string.h>

int cd_view_resolve(cd_view *view, const cd_program *program, const cd_slot *slot) {
    int32_t rank = 0;
    const int strided = slot->access == CD_ACCESS_STRIDED;
    for (int32_t i = program->rank - 1; i >= 0 && strided; i--) {
        const int64_t dim = program->dims[i], stride = slot->strides[i];
        if (dim == 1) continue;
        if (rank > 0 && stride == view->strides[rank - 1] * view->dims[rank - 1]) {
            view->dims[rank - 1] *= dim;
        } else {
            view->dims[rank] = dim;
            view->strides[rank++] = stride;
        }
    }
    if (rank == 1 && view->strides[0] == 1) return 1;
    view->base = NULL;
    view->bytes = (uint8_t)cd_dtype_bytes(slot->dtype);
    view->kind = CD_VIEW_LOOP;
    view->period = 1;
    if (rank == 0 || view->strides[rank - 1] == 0) {
        // What lies inside the outermost repetition. Collapsing leaves no second stride of 0 beside it.
        int64_t period = 1;
        for (int32_t i = 0; i < rank - 1; i++) period *= view->dims[i];
        if (period <= CD_BLOCK) {
            view->kind = CD_VIEW_PERIODIC;
            view->period = period;
            rank -= rank > 0;
        }
    }
    if (rank == 0) {
        view->dims[0] = 1;
        view->strides[0] = 0;
        rank = 1;
    }
    view->rank = rank;
    return 0;
}

// One function for each element size. `index` and `row` say where the block starts; rows are the runs
// of the innermost dimension.
#define DEFINE_GATHER(name, type) \
    static void name( \
        const cd_view *view, int64_t *index, const type *row, int64_t n, type *restrict to) { \
        const int64_t extent = view->dims[0], stride = view->strides[0]; \
        int64_t start = index[0]; \
        while (n > 0) { \
            /* Whole rows until the next dimension but one moves, or one part of a row. */ \
            int64_t length = cd_min(extent - start, n), rows = 1, step = 0; \
            if (view->rank > 1) { \
                step = view->strides[1]; \
                if (length == extent) rows = cd_min(n / extent, view->dims[1] - index[1]); \
            } \
            const type *from = row + start * stride; \
            if (stride == 0) { \
                for (int64_t r = 0; r < rows; r++, from += step, to += length) \
                    for (int64_t i = 0; i < length; i++) to[i] = *from; \
            } else if (stride == 1 && length * (int64_t)sizeof(type) >= 256) { \
                for (int64_t r = 0; r < rows; r++, from += step, to += length) \
                    memcpy(to, from, (size_t)length * sizeof(type)); \
            } else if (stride == 1) { \
                for (int64_t r = 0; r < rows; r++, from += step, to += length) \
                    for (int64_t i = 0; i < length; i++) to[i] = from[i]; \
            } else { \
                for (int64_t r = 0; r < rows; r++, from += step, to += length) \
                    for (int64_t i = 0; i < length; i++) to[i] = from[i * stride]; \
            } \
            n -= rows * length; \
            start = 0; \
            if (n == 0) break; \
            index[1] += rows; \
            row += rows * step; \
            for (int32_t d = 1; d < view->rank - 1 && index[d] == view->dims[d]; d++) { \
                row += view->strides[d + 1] - view->dims[d] * view->strides[d]; \
                index[d] = 0; \
                index[d + 1]++; \
            } \
        } \
    }
DEFINE_GATHER(gather_1, uint8_t)
DEFINE_GATHER(gather_4, uint32_t)
DEFINE_GATHER(gather_8, uint64_t)

static void gather(const cd_view *view, int64_t *index, const char *row, int64_t n, void *to) {
    switch (view->bytes) {
    case 1: gather_1(view, index, (const uint8_t *)row, n, to); break;
    case 4: gather_4(view, index, (const uint32_t *)row, n, to); break;
    default: gather_8(view, index, (const uint64_t *)row, n, to); break;
    }
}

void cd_view_prepare(const cd_view *view, int64_t length, void *scratch) {
    if (view->kind != CD_VIEW_PERIODIC) return;
    int64_t index[CD_MAX_RANK] = {0};
    const int64_t bytes = view->bytes, end = length * bytes;
    int64_t done = cd_min(view->period * bytes, end);
    gather(view, index, view->base, done / bytes, scratch);
    for (; done < end; done *= 2) memcpy((char *)scratch + done, scratch, (size_t)cd_min(done, end - done));
}

const void *cd_view_read(const cd_view *view, int64_t offset, int64_t n, void *scratch) {
    const int64_t bytes = view->bytes;
    if (view->kind == CD_VIEW_SINGLE && view->rank == 2)
        return view->base + offset / view->dims[0] * view->strides[1] * bytes;
    if (view->kind == CD_VIEW_PERIODIC) {
        if (view->period == 1) return scratch;
        return (char *)scratch + offset % view->period * bytes;
    }
    int64_t index[CD_MAX_RANK];
    const char *row = view->base;
    for (int32_t d = 0; d < view->rank - 1; d++) {
        const int64_t outer = offset / view->dims[d];
        index[d] = offset - outer * view->dims[d];
        offset = outer;
        if (d > 0) row += index[d] * view->strides[d] * bytes;
    }
    const int32_t last = view->rank - 1;
    index[last] = offset;
    if (last > 0) row += offset * view->strides[last] * bytes;
    else index[1] = 0;
    if (view->kind == CD_VIEW_SINGLE) return row;
    if (view->strides[0] == 1 && index[0] + n <= view->dims[0]) return row + index[0] * bytes;
    gather(view, index, row, n, scratch);
    return scratch;
}
