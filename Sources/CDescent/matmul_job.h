// Internal: a matrix product under way, as its drivers share it.

#ifndef CDESCENT_MATMUL_JOB_H
#define CDESCENT_MATMUL_JOB_H

#include "epilogue.h"
#include "matmul.h"
#include "threads.h"

typedef struct cd_matmul_job {
    const cd_product_kernels *kernels;
    cd_matmul p;    // batches that are but more rows folded into the rows
    int64_t bytes;  // of an element
    int64_t block;  // depth
    int64_t row_tile, column_tile;
    const char *a, *b;
    char *c;
    int64_t row_tasks, column_tasks;
    const cd_epilogue *epilogue;  // or NULL
} cd_matmul_job;

/// A part of the result of one batch.
typedef struct cd_rectangle {
    const char *a, *b;  // the operands of the batch, from their beginning
    char *c;
    int64_t row, end_row, column, end_column;
} cd_rectangle;

enum {
    /// Multiply-adds that are worth sharing, and those that make a task: some microseconds.
    CD_SHARED_WORK = 1 << 19,
    CD_TASK_WORK = 1 << 17,
    /// Multiply-adds that are worth sharing with threads that are awake, and those that make a task then: a
    /// microsecond or two. Half as much gains in the product, and loses more when its result is read.
    CD_PROMPT_WORK = 1 << 18,
    CD_PROMPT_TASK_WORK = 1 << 17,
    /// Tasks are more than threads, as threads are rarely equally fast.
    CD_TASKS_PER_THREAD = 8,
    /// Columns of a task with an epilogue, which runs row by row.
    CD_EPILOGUE_COLUMNS = 512,
};

static inline int64_t cd_smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t cd_larger(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t cd_parts(int64_t whole, int64_t part) { return (whole + part - 1) / part; }

static inline int64_t cd_matmul_batches(const cd_matmul *p) {
    int64_t count = 1;
    for (int i = 0; i < p->batch_rank; i++) count *= p->batch_dims[i];
    return count;
}

/// Pointers to the operands of batch number `batch`.
static inline void cd_matmul_locate(
    const cd_matmul_job *job, int64_t batch, const char **a, const char **b, char **c) {
    const cd_matmul *p = &job->p;
    int64_t a_offset = 0, b_offset = 0, c_offset = 0;
    for (int i = p->batch_rank - 1; i >= 0; i--) {
        const int64_t index = batch % p->batch_dims[i];
        batch /= p->batch_dims[i];
        a_offset += index * p->a_batch[i];
        b_offset += index * p->b_batch[i];
        c_offset += index * p->c_batch[i];
    }
    *a = job->a + a_offset * job->bytes;
    *b = job->b + b_offset * job->bytes;
    *c = job->c + c_offset * job->bytes;
}

/// A part of the result is there: `rows` x `columns` from c on.
static inline void cd_matmul_finish(const cd_matmul_job *job, const char *c, int64_t rows, int64_t columns) {
    if (job->epilogue) cd_epilogue_run(job->epilogue, (c - job->c) / job->bytes, rows, columns, job->p.c_row);
}

static inline void cd_matmul_finish_rectangle(const cd_matmul_job *job, const cd_rectangle *part) {
    cd_matmul_finish(
        job, part->c + (part->row * job->p.c_row + part->column) * job->bytes, part->end_row - part->row,
        part->end_column - part->column);
}

/// The most tasks side by side.
static inline int64_t cd_matmul_most_columns(const cd_matmul_job *job) {
    return job->epilogue ? cd_larger(1, job->p.n / CD_EPILOGUE_COLUMNS) : cd_parts(job->p.n, job->column_tile);
}

static inline int cd_tile_width(const cd_product_kernels *kernels, int64_t columns) {
    return columns <= kernels->lanes       ? CD_TILE_NARROW
           : columns < 2 * kernels->lanes ? CD_TILE_PARTIAL
                                          : CD_TILE_FULL;
}

/// The general product, by tiles.
void cd_matmul_tiles(cd_matmul_job *job);
/// Rectangle number `task` of all batches.
cd_rectangle cd_matmul_rectangle(const cd_matmul_job *job, int64_t task);
void cd_multiply_in_place(const cd_matmul_job *job, const cd_rectangle *part);
/// Copies a panel of b; answers the elements of its rows, which are filled up to whole vectors.
int64_t cd_copy_panel(
    const cd_matmul_job *job, char *panel, int64_t wide, int64_t depth, const char *source);
/// Large products, from packed blocks.
void cd_matmul_blocks(cd_matmul_job *job, int64_t count);

/// A product with a vector, if the matrix is laid out for it; answers whether it was.
int cd_matmul_vector(cd_matmul_job *job);

#endif
