// Running sums, linear recurrences and running extremes along one axis of [outer, length, inner].

#include "along.h"

#pragma STDC FP_CONTRACT OFF

enum { SHARED = 65536, PART = 16384, COLUMNS = 128 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t parts(int64_t a, int64_t b) { return (a + b - 1) / b; }

// MARK: - Scans: a block of columns goes down (or up) the axis together

// What runs along is wider than float32, as in sums.
#define SCAN(T, wide, first_value, next_value) \
    do { \
        const T *a = (const T *)job->a + base, *b = (const T *)job->b + base; \
        T *y = (T *)job->y + base; \
        (void)a; \
        wide running[COLUMNS]; \
        for (int64_t j = 0; j < n; j++) y[at + j] = (T)(running[j] = (wide)(first_value)); \
        for (int64_t i = 1; i < job->length; i++) { \
            at += step; \
            for (int64_t j = 0; j < n; j++) y[at + j] = (T)(running[j] = (wide)(next_value)); \
        } \
    } while (0)

#define SUM(T, wide) SCAN(T, wide, b[at + j], running[j] + b[at + j])
#define RECURRENCE(T, wide) SCAN(T, wide, b[at + j], a[at + j] * running[j] + b[at + j])

// The position of the extreme so far: the first of equals, and a NaN for good.
#define POSITIONS(T, beats) \
    do { \
        const T *x = (const T *)job->b + base; \
        int64_t *y = (int64_t *)job->y + base; \
        T best[COLUMNS]; \
        int64_t place[COLUMNS]; \
        for (int64_t j = 0; j < n; j++) { \
            best[j] = x[at + j]; \
            y[at + j] = place[j] = job->reverse ? job->length - 1 : 0; \
        } \
        for (int64_t i = 1; i < job->length; i++) { \
            at += step; \
            for (int64_t j = 0; j < n; j++) { \
                const T value = x[at + j]; \
                const int better = (value beats best[j]) | ((value != value) & (best[j] == best[j])); \
                best[j] = better ? value : best[j]; \
                place[j] = better ? (job->reverse ? job->length - 1 - i : i) : place[j]; \
                y[at + j] = place[j]; \
            } \
        } \
    } while (0)

static void scan_unit(const cd_along_job *job, int64_t unit) {
    const int64_t outer = unit / job->column_parts, first = unit % job->column_parts * job->columns;
    const int64_t n = least(job->columns, job->inner - first);
    const int64_t base = outer * job->length * job->inner + first;
    const int64_t step = job->reverse ? -job->inner : job->inner;
    int64_t at = job->reverse ? (job->length - 1) * job->inner : 0;
    switch (job->op * CD_DTYPE_COUNT + job->dtype) {
    case CD_ALONG_SUM * CD_DTYPE_COUNT + CD_F32: SUM(float, double); break;
    case CD_ALONG_SUM * CD_DTYPE_COUNT + CD_F64: SUM(double, double); break;
    case CD_ALONG_SUM * CD_DTYPE_COUNT + CD_I32: SUM(uint32_t, uint32_t); break;
    case CD_ALONG_SUM * CD_DTYPE_COUNT + CD_I64: SUM(uint64_t, uint64_t); break;
    case CD_ALONG_RECURRENCE * CD_DTYPE_COUNT + CD_F32: RECURRENCE(float, double); break;
    case CD_ALONG_RECURRENCE * CD_DTYPE_COUNT + CD_F64: RECURRENCE(double, double); break;
    case CD_ALONG_RECURRENCE * CD_DTYPE_COUNT + CD_I32: RECURRENCE(uint32_t, uint32_t); break;
    case CD_ALONG_RECURRENCE * CD_DTYPE_COUNT + CD_I64: RECURRENCE(uint64_t, uint64_t); break;
    case CD_ALONG_HIGHEST * CD_DTYPE_COUNT + CD_F32: POSITIONS(float, >); break;
    case CD_ALONG_HIGHEST * CD_DTYPE_COUNT + CD_F64: POSITIONS(double, >); break;
    case CD_ALONG_HIGHEST * CD_DTYPE_COUNT + CD_I32: POSITIONS(int32_t, >); break;
    case CD_ALONG_HIGHEST * CD_DTYPE_COUNT + CD_I64: POSITIONS(int64_t, >); break;
    case CD_ALONG_LOWEST * CD_DTYPE_COUNT + CD_F32: POSITIONS(float, <); break;
    case CD_ALONG_LOWEST * CD_DTYPE_COUNT + CD_F64: POSITIONS(double, <); break;
    case CD_ALONG_LOWEST * CD_DTYPE_COUNT + CD_I32: POSITIONS(int32_t, <); break;
    default: POSITIONS(int64_t, <); break;
    }
}

static void scan_part(void *context, int64_t task) {
    const cd_along_job *job = context;
    const int64_t first = task * job->units_per_task;
    const int64_t end = least(first + job->units_per_task, job->units);
    for (int64_t unit = first; unit < end; unit++) scan_unit(job, unit);
}

static void sort_part(void *context, int64_t task) {
    const cd_along_job *job = context;
    const int64_t first = task * job->units_per_task;
    const int64_t end = least(first + job->units_per_task, job->units);
    for (int64_t row = first; row < end; row++)
        cd_sort_row(job, row, job->scratch + (size_t)task * job->scratch_bytes);
}

// MARK: - Entry

static int is_order(int op) { return op == CD_ALONG_ORDER || op == CD_ALONG_ORDER_DOWN; }

size_t cd_along_scratch_bytes(int op, int64_t rows, int64_t length, int threads) {
    if (!is_order(op)) return 0;
    return (size_t)least(rows, threads) * cd_sort_scratch_bytes(length);
}

void cd_along(
    int op, int dtype, int reverse, int64_t outer, int64_t length, int64_t inner, const void *a, const void *b,
    void *y, void *scratch, int threads) {
    if (outer * length * inner == 0) return;
    cd_along_job job = {
        .a = a, .b = b, .y = y, .scratch = scratch, .op = op, .dtype = dtype, .reverse = reverse,
        .length = length, .inner = inner, .columns = COLUMNS, .column_parts = parts(inner, COLUMNS)};
    const int shared = outer * length * inner >= SHARED && threads > 1;
    if (is_order(op)) {
        job.a = b;
        job.units = outer * inner;
        job.units_per_task = parts(job.units, shared ? least(job.units, threads) : 1);
        job.scratch_bytes = cd_sort_scratch_bytes(length);
    } else {
        job.units = outer * job.column_parts;
        job.units_per_task = parts(PART, length * least(inner, COLUMNS));
    }
    void (*const body)(void *, int64_t) = is_order(op) ? sort_part : scan_part;
    const int64_t tasks = parts(job.units, job.units_per_task);
    if (shared && tasks > 1) cd_parallel(tasks, body, &job);
    else
        for (int64_t task = 0; task < tasks; task++) body(&job, task);
}
