// Internal: a matrix product under way, as its drivers share it.

#ifndef CDESCENT_MATMUL_JOB_H
#define CDESCENT_MATMUL_JOB_H

#include "matmul.h"

/// a, whose tiles are rows, or b, whose tiles are columns.
typedef struct cd_operand {
    const char *source;
    int64_t across, along;  // strides: from one row of a, or column of b, to the next; along the depth
    int64_t tile;           // rows or columns of a tile
    int64_t grain;          // what the last tile is filled up to a multiple of, when packed
    int64_t first, end;     // the rows or columns of the part of the result that the tasks share
    char *packed;           // those, if they are packed
} cd_operand;

typedef struct cd_matmul_job {
    const cd_product_kernels *kernels;
    cd_matmul p;    // batches that are but more rows folded into the rows
    int64_t bytes;  // of an element
    int64_t block;  // depth
    cd_operand a, b;
    char *c;
    int copies_b;  // to the stack
    int64_t task_rows, task_columns, row_tasks, column_tasks;
} cd_matmul_job;

enum {
    /// Multiply-adds that are worth sharing, and those that make a task: some microseconds.
    CD_SHARED_WORK = 1 << 19,
    CD_TASK_WORK = 1 << 17,
    /// Tasks are more than threads, as threads are rarely equally fast.
    CD_TASKS_PER_THREAD = 8,
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
    *a = job->a.source + a_offset * job->bytes;
    *b = job->b.source + b_offset * job->bytes;
    *c = job->c + c_offset * job->bytes;
}

static inline int64_t cd_operand_width(const cd_operand *operand, int64_t count) {
    return cd_parts(count, operand->grain) * operand->grain;
}

/// Where the packed tile from row or column i begins, in the block of the depth from d.
static inline char *cd_operand_tile(
    const cd_matmul_job *job, const cd_operand *operand, int64_t d, int64_t depth, int64_t i) {
    const int64_t width = cd_operand_width(operand, operand->end - operand->first);
    return operand->packed + (d * width + (i - operand->first) * depth) * job->bytes;
}

/// Packs a and, if asked to, b.
void cd_matmul_pack(const cd_matmul_job *job, int packs_b);

/// The general product, by tiles. Scratch memory for it.
void cd_matmul_tiles(cd_matmul_job *job, void *scratch);
size_t cd_matmul_tiles_scratch_bytes(const cd_matmul_job *job);

/// A product with a vector, if the matrix is laid out for it; answers whether it was.
int cd_matmul_vector(cd_matmul_job *job);

#endif
