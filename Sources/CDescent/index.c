// Gathering, scattering and searching along one axis of [outer, length, inner].

#include "reductions.h"
#include "rows.h"

#include <string.h>

// Elements from which on threads share, and roughly those of a task.
enum { SHARED = 131072, PART = 16384, COLUMNS = 256, SEARCHED = 128 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t parts(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Answers the position of the first index outside 0..<length, or `count`.
static int64_t first_outside(const void *indices, int dtype, int64_t count, int64_t length) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t index = cd_index_at(indices, dtype, i);
        if (index < 0 || index >= length) return i;
    }
    return count;
}

static void share(
    int64_t elements, int64_t tasks, void (*body)(void *context, int64_t task), void *context) {
    if (elements >= SHARED && tasks > 1) cd_parallel(tasks, body, context);
    else
        for (int64_t i = 0; i < tasks; i++) body(context, i);
}

// MARK: - Gather

typedef struct gather_job {
    const char *source;
    char *destination;
    const void *indices;
    int index_dtype;
    int64_t bytes, outer, length, inner, count, rows_per_task;
} gather_job;

#define GATHER_ELEMENTS(type) \
    for (int64_t i = 0; i < n; i++) \
        ((type *)to)[i] = ((const type *)from)[cd_index_at(job->indices, job->index_dtype, first + i)]

static void gather_part(void *context, int64_t task) {
    const gather_job *job = context;
    int64_t row = task * job->rows_per_task;
    const int64_t end = least(row + job->rows_per_task, job->outer * job->count);
    const size_t row_bytes = (size_t)(job->inner * job->bytes);
    while (row < end) {
        const int64_t outer = row / job->count, first = row - outer * job->count;
        const int64_t n = least(job->count - first, end - row);
        const char *from = job->source + outer * job->length * (int64_t)row_bytes;
        char *to = job->destination + row * (int64_t)row_bytes;
        row += n;
        if (row_bytes == 1) {
            GATHER_ELEMENTS(uint8_t);
        } else if (row_bytes == 4 && job->bytes == 4) {
            GATHER_ELEMENTS(uint32_t);
        } else if (row_bytes == 8 && job->bytes == 8) {
            GATHER_ELEMENTS(uint64_t);
        } else {
            for (int64_t i = 0; i < n; i++, to += row_bytes) {
                const int64_t ahead = first + i + CD_ROWS_AHEAD;
                if (ahead < job->count)
                    cd_fetch_row(
                        from + cd_index_at(job->indices, job->index_dtype, ahead) * (int64_t)row_bytes,
                        (int64_t)row_bytes);
                const int64_t index = cd_index_at(job->indices, job->index_dtype, first + i);
                memcpy(to, from + index * (int64_t)row_bytes, row_bytes);
            }
        }
    }
}

int cd_gather(
    int element_bytes, int64_t outer, int64_t length, int64_t inner, const void *source,
    int index_dtype, const void *indices, int64_t count, void *destination, int64_t *position) {
    const int64_t outside = first_outside(indices, index_dtype, count, length);
    if (outside < count) {
        *position = outside;
        return CD_INDEX_OUT_OF_RANGE;
    }
    if (outer * count * inner == 0) return CD_OK;
    gather_job job = {
        .source = source, .destination = destination, .indices = indices,
        .index_dtype = index_dtype, .bytes = element_bytes, .outer = outer, .length = length,
        .inner = inner, .count = count, .rows_per_task = parts(PART, inner)};
    const int64_t row_bytes = inner * element_bytes;
    const bool waits = cd_rows_wait(outer * count * row_bytes, outer * length * row_bytes, row_bytes);
    share(waits ? SHARED : outer * count * inner, parts(outer * count, job.rows_per_task), gather_part, &job);
    return CD_OK;
}

// MARK: - Scatter

typedef struct scatter_job {
    char *destination;
    const char *values;
    const void *indices;
    int dtype, index_dtype;
    int64_t length, inner, count, columns, column_parts, units, units_per_task;
} scatter_job;

// Unsigned, so that integers wrap.
#define SCATTER(type) \
    do { \
        type *to = (type *)job->destination + outer * job->length * job->inner; \
        const type *values = (const type *)job->values + outer * job->count * job->inner; \
        for (int64_t i = 0; i < job->count; i++) { \
            if (i + CD_ROWS_AHEAD < job->count) \
                cd_fetch_row_to_change( \
                    (const char *)( \
                        to + cd_index_at(job->indices, job->index_dtype, i + CD_ROWS_AHEAD) * job->inner + first), \
                    (end - first) * (int64_t)sizeof(type)); \
            type *restrict sums = to + cd_index_at(job->indices, job->index_dtype, i) * job->inner; \
            const type *restrict row = values + i * job->inner; \
            for (int64_t j = first; j < end; j++) sums[j] += row[j]; \
        } \
    } while (0)

// Every element of the destination belongs to one task, which adds to it in the order of the indices;
// so the split does not show in the sums.
static void scatter_part(void *context, int64_t task) {
    const scatter_job *job = context;
    int64_t unit = task * job->units_per_task;
    const int64_t end_unit = least(unit + job->units_per_task, job->units);
    for (; unit < end_unit; unit++) {
        const int64_t outer = unit / job->column_parts;
        const int64_t first = unit % job->column_parts * job->columns;
        const int64_t end = least(first + job->columns, job->inner);
        switch (job->dtype) {
        case CD_F32: SCATTER(float); break;
        case CD_F64: SCATTER(double); break;
        case CD_I32: SCATTER(uint32_t); break;
        default: SCATTER(uint64_t); break;
        }
    }
}

int cd_scatter_add(
    int dtype, int64_t outer, int64_t length, int64_t inner, void *destination, int index_dtype,
    const void *indices, int64_t count, const void *values, int64_t *position) {
    const int64_t outside = first_outside(indices, index_dtype, count, length);
    if (outside < count) {
        *position = outside;
        return CD_INDEX_OUT_OF_RANGE;
    }
    if (outer * count * inner == 0) return CD_OK;
    scatter_job job = {
        .destination = destination, .values = values, .indices = indices, .dtype = dtype,
        .index_dtype = index_dtype, .length = length, .inner = inner, .count = count,
        .columns = COLUMNS};
    const int64_t bytes = cd_dtype_bytes(dtype), row_bytes = inner * bytes;
    const bool waits = cd_rows_wait(outer * count * row_bytes, outer * length * row_bytes, row_bytes);
    if (waits) job.columns = least(COLUMNS, cd_half_columns(inner, bytes));
    job.column_parts = parts(inner, job.columns);
    job.units = outer * job.column_parts;
    job.units_per_task = parts(PART, count * least(inner, job.columns));
    share(waits ? SHARED : outer * count * inner, parts(job.units, job.units_per_task), scatter_part, &job);
    return CD_OK;
}

// MARK: - Index of the extreme

typedef struct extreme_job {
    const void *source;
    int64_t *destination;
    int dtype, largest;
    int64_t outer, length, inner, columns, column_parts, units, units_per_task;
} extreme_job;

// One row: the fold of a piece is fast, so only the piece in which the extreme changed last is searched.
// Short rows are searched at once.
#define SEARCH_ROW(type, beats) \
    for (int64_t outer = first; outer < end; outer++) { \
        const type *row = (const type *)job->source + outer * job->length; \
        uint64_t total[2], kept = 0; \
        type best = row[0], seen; \
        if (job->length <= SEARCHED / 4) { \
            for (int64_t i = 1; i < job->length; i++) { \
                const int better = beats(row[i], best); \
                best = better ? row[i] : best; \
                kept = better ? (uint64_t)i : kept; \
            } \
            job->destination[outer] = (int64_t)kept; \
            continue; \
        } \
        fold->start(total, 1); \
        for (int64_t at = 0; at < job->length; at += SEARCHED) { \
            fold->block(row + at, least(SEARCHED, job->length - at), total); \
            memcpy(&seen, total, sizeof seen); \
            if (at > 0 && !(beats(seen, best))) continue; \
            best = seen; \
            kept = (uint64_t)at; \
            if (best != best) break; \
        } \
        int64_t i = (int64_t)kept; \
        while (row[i] != best && row[i] == row[i]) i++; \
        job->destination[outer] = i; \
    }

// Many columns: each keeps its extreme while the rows go by.
#define SEARCH_COLUMNS(type, beats) \
    do { \
        const type *x = (const type *)job->source + outer * job->length * job->inner + first; \
        int64_t *to = job->destination + outer * job->inner + first; \
        type best[COLUMNS]; \
        for (int64_t j = 0; j < n; j++) { \
            best[j] = x[j]; \
            to[j] = 0; \
        } \
        for (int64_t i = 1; i < job->length; i++) { \
            x += job->inner; \
            for (int64_t j = 0; j < n; j++) { \
                const int better = beats(x[j], best[j]); \
                best[j] = better ? x[j] : best[j]; \
                to[j] = better ? i : to[j]; \
            } \
        } \
    } while (0)

// Is a the extreme against b, which came before? A NaN is, against all but a NaN.
#define ABOVE(a, b) ((a) > (b))
#define BELOW(a, b) ((a) < (b))
#define ABOVE_FLOAT(a, b) (((a) > (b)) | (((a) != (a)) & ((b) == (b))))
#define BELOW_FLOAT(a, b) (((a) < (b)) | (((a) != (a)) & ((b) == (b))))

#define SEARCH(search) \
    switch (job->dtype * 2 + job->largest) { \
    case CD_F32 * 2 + 1: search(float, ABOVE_FLOAT); break; \
    case CD_F32 * 2: search(float, BELOW_FLOAT); break; \
    case CD_F64 * 2 + 1: search(double, ABOVE_FLOAT); break; \
    case CD_F64 * 2: search(double, BELOW_FLOAT); break; \
    case CD_I32 * 2 + 1: search(int32_t, ABOVE); break; \
    case CD_I32 * 2: search(int32_t, BELOW); break; \
    case CD_I64 * 2 + 1: search(int64_t, ABOVE); break; \
    case CD_I64 * 2: search(int64_t, BELOW); break; \
    case CD_BOOL * 2 + 1: search(uint8_t, ABOVE); break; \
    default: search(uint8_t, BELOW); break; \
    }

static void search_rows(void *context, int64_t task) {
    const extreme_job *job = context;
    const cd_fold_kernels *fold =
        cd_reductions()->fold[job->largest ? CD_REDUCE_MAX : CD_REDUCE_MIN][job->dtype];
    const int64_t first = task * job->units_per_task;
    const int64_t end = least(first + job->units_per_task, job->units);
    SEARCH(SEARCH_ROW)
}

static void search_columns(void *context, int64_t task) {
    const extreme_job *job = context;
    int64_t unit = task * job->units_per_task;
    const int64_t end = least(unit + job->units_per_task, job->units);
    for (; unit < end; unit++) {
        const int64_t outer = unit / job->column_parts;
        const int64_t first = unit % job->column_parts * job->columns;
        const int64_t n = least(job->columns, job->inner - first);
        SEARCH(SEARCH_COLUMNS)
    }
}

void cd_arg_reduce(
    int dtype, int largest, int64_t outer, int64_t length, int64_t inner, const void *source,
    int64_t *destination) {
    const int64_t elements = outer * length * inner;
    if (elements == 0) return;
    extreme_job job = {
        .source = source, .destination = destination, .dtype = dtype, .largest = largest != 0,
        .outer = outer, .length = length, .inner = inner, .columns = COLUMNS,
        .column_parts = inner == 1 ? 1 : parts(inner, COLUMNS)};
    job.units = outer * job.column_parts;
    job.units_per_task = parts(PART, length * least(inner, COLUMNS));
    share(
        elements, parts(job.units, job.units_per_task),
        inner == 1 ? search_rows : search_columns, &job);
}
