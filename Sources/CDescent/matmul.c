// Matrix products: how a product is cut up. The arithmetic is in the kernels of `matmul.inc.h`.
//
// The result is cut into tiles that fit in registers, the depth into blocks of equal size. b is read in place or, a panel
// (one block deep, one tile wide) at a time, copied to the stack; a is read in place or packed whole by all
// threads first. Tasks are rectangles of the result. As every element is summed over the blocks in order, and
// sequentially in a block, how the rectangles lie does not show in the result.

#include <string.h>

#include "matmul.h"

typedef struct {
    const cd_product_kernels *kernels;
    cd_matmul p;  // batches that are but more rows folded into the rows
    int64_t bytes;  // of an element
    const char *a, *b;
    char *c, *packed_a;
    int64_t block;               // depth
    int64_t height, width;       // of a tile
    int packs_b;
    int64_t first_row, end_row;  // of the result; those for which a is packed
    int64_t task_rows, task_columns, row_tasks, column_tasks;
} job;

enum {
    /// Multiply-adds that are worth a thread's attention: some microseconds.
    PARALLEL_WORK = 1 << 19,
    TASK_WORK = 1 << 17,
    TASKS_PER_THREAD = 8,
    /// Rows of a in a task: a block of them stays in the second-level cache.
    TASK_ROWS = 480,
    /// Fewer rows than this do not repay copying b.
    PACKED_B_ROWS = 96,
    /// Fewer columns do not repay packing a.
    PACKED_A_COLUMNS = 256,
    PACKED_A_WORK = 1 << 23,
    /// Elements of a that are packed at a time.
    PACKED_A_ELEMENTS = 1 << 22,
    MOST_TILE_WIDTH = 32,
    MOST_BATCHES_IN_TASK = 1 << 20,
};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t parts(int64_t whole, int64_t part) { return (whole + part - 1) / part; }

// MARK: - Shape

static int64_t batches(const cd_matmul *p) {
    int64_t count = 1;
    for (int i = 0; i < p->batch_rank; i++) count *= p->batch_dims[i];
    return count;
}

static int64_t work(const cd_matmul *p) { return p->m * p->n * p->k; }

/// A last batch dimension in which a and c go on as their rows do, and b is the same, makes one taller product.
static void fold_batches(cd_matmul *p) {
    while (p->batch_rank > 0) {
        const int last = p->batch_rank - 1;
        const int64_t count = p->batch_dims[last];
        if (count != 1
            && (p->b_batch[last] != 0 || p->a_batch[last] != p->m * p->a_row
                || p->c_batch[last] != p->m * p->c_row))
            return;
        p->m *= count;
        p->batch_rank--;
    }
}

static int packs_a(const cd_matmul *p) {
    return p->n >= PACKED_A_COLUMNS && work(p) >= PACKED_A_WORK;
}

/// Rows for which a is packed at a time, in whole tiles of any instruction set.
static int64_t packed_rows(const cd_matmul *p) {
    const int64_t rows = PACKED_A_ELEMENTS / p->k / CD_TILE_ROWS * CD_TILE_ROWS;
    return smaller(p->m, larger(rows, CD_TILE_ROWS));
}

static int64_t element_bytes(int dtype) { return dtype == CD_F64 || dtype == CD_I64 ? 8 : 4; }

size_t cd_matmul_scratch_bytes(const cd_matmul *product, int threads) {
    (void)threads;
    if (product->dtype != CD_F32 && product->dtype != CD_F64) return 0;
    cd_matmul p = *product;
    fold_batches(&p);
    if (p.m <= 0 || p.n <= 0 || p.k <= 0 || !packs_a(&p)) return 0;
    return (size_t)parts(packed_rows(&p) * p.k * element_bytes(p.dtype), 64) * 64;
}

// MARK: - Tiles

static int64_t depth_block(int64_t k) { return parts(k, parts(k, CD_TILE_DEPTH)); }

/// One rectangle of the result.
static void multiply(
    const job *job, const char *a, const char *b, char *c, int64_t row, int64_t rows, int64_t column,
    int64_t columns) {
    const cd_product_kernels *kernels = job->kernels;
    const cd_matmul *p = &job->p;
    const int64_t bytes = job->bytes, lanes = kernels->lanes;
    _Alignas(64) char panel[CD_TILE_DEPTH * MOST_TILE_WIDTH * 4];
    for (int64_t d = 0; d < p->k; d += job->block) {
        const int64_t depth = smaller(job->block, p->k - d);
        for (int64_t j = column; j < column + columns; j += job->width) {
            const int64_t wide = smaller(job->width, column + columns - j);
            const int width = wide <= lanes     ? CD_TILE_NARROW
                              : wide < 2 * lanes ? CD_TILE_PARTIAL
                                                 : CD_TILE_FULL;
            const char *b_tile = b + (d * p->b_row + j * p->b_column) * bytes;
            int64_t b_row = p->b_row;
            if (job->packs_b) {
                b_row = wide <= lanes ? lanes : 2 * lanes;
                kernels->pack(panel, b_row, wide, depth, b_tile, p->b_column, p->b_row);
                b_tile = panel;
            }
            for (int64_t i = row; i < row + rows; i += job->height) {
                const int64_t high = smaller(job->height, row + rows - i);
                char *c_tile = c + (i * p->c_row + j) * bytes;
                if (job->packed_a) {
                    const int64_t packed_rows = job->end_row - job->first_row;
                    const char *a_tile =
                        job->packed_a + (d * packed_rows + (i - job->first_row) * depth) * bytes;
                    const cd_tile_kernel tile = high == kernels->rows ? kernels->panel_tiles[width]
                                                                      : kernels->tiles[high - 1][width];
                    tile(depth, a_tile, 1, high, b_tile, b_row, c_tile, p->c_row, wide, d > 0);
                } else {
                    const char *a_tile = a + (i * p->a_row + d * p->a_column) * bytes;
                    kernels->tiles[high - 1][width](
                        depth, a_tile, p->a_row, p->a_column, b_tile, b_row, c_tile, p->c_row, wide, d > 0);
                }
            }
        }
    }
}

// MARK: - Tasks

/// Pointers to the operands of batch number `batch`.
static void locate(const job *job, int64_t batch, const char **a, const char **b, char **c) {
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

static void multiply_task(void *context, int64_t task) {
    const job *job = context;
    const int64_t column = task % job->column_tasks * job->task_columns;
    task /= job->column_tasks;
    const int64_t row = job->first_row + task % job->row_tasks * job->task_rows;
    const char *a, *b;
    char *c;
    locate(job, task / job->row_tasks, &a, &b, &c);
    multiply(
        job, a, b, c, row, smaller(job->task_rows, job->end_row - row), column,
        smaller(job->task_columns, job->p.n - column));
}

static void pack_task(void *context, int64_t task) {
    const job *job = context;
    const cd_matmul *p = &job->p;
    const int64_t row = job->first_row + task * job->task_rows;
    const int64_t end = smaller(row + job->task_rows, job->end_row);
    const int64_t packed_rows = job->end_row - job->first_row;
    for (int64_t i = row; i < end; i += job->height) {
        const int64_t high = smaller(job->height, end - i);
        for (int64_t d = 0; d < p->k; d += job->block) {
            const int64_t depth = smaller(job->block, p->k - d);
            job->kernels->pack(
                job->packed_a + (d * packed_rows + (i - job->first_row) * depth) * job->bytes, high, high,
                depth, job->a + (i * p->a_row + d * p->a_column) * job->bytes, p->a_row, p->a_column);
        }
    }
}

/// Cuts the rows from `first_row` to `end_row` into at least `wanted` rectangles, if the tiles suffice.
static void cut(job *job, int64_t wanted) {
    const int64_t tile_rows = parts(job->end_row - job->first_row, job->height);
    const int64_t tile_columns = parts(job->p.n, job->width);
    int64_t row_tasks = parts(job->end_row - job->first_row, TASK_ROWS);
    int64_t column_tasks = smaller(tile_columns, parts(wanted, row_tasks));
    row_tasks = smaller(tile_rows, larger(row_tasks, parts(wanted, column_tasks)));
    const int64_t high = parts(tile_rows, row_tasks), wide = parts(tile_columns, column_tasks);
    job->task_rows = high * job->height;
    job->task_columns = wide * job->width;
    job->row_tasks = parts(tile_rows, high);
    job->column_tasks = parts(tile_columns, wide);
}

static void run_tiles(job *job) {
    const cd_matmul *p = &job->p;
    const cd_product_kernels *kernels = job->kernels;
    job->block = depth_block(p->k);
    job->width = 2 * kernels->lanes;
    job->packs_b = p->b_column != 1 || p->m >= PACKED_B_ROWS;
    const int64_t count = batches(p);
    const int64_t total = count * work(p);
    if (total < PARALLEL_WORK) {
        job->height = parts(p->m, parts(p->m, kernels->rows));
        for (int64_t i = 0; i < count; i++) {
            const char *a, *b;
            char *c;
            locate(job, i, &a, &b, &c);
            multiply(job, a, b, c, 0, p->m, 0, p->n);
        }
        return;
    }
    const int64_t most = (int64_t)TASKS_PER_THREAD * cd_threads();
    if (!job->packed_a) {
        job->height = parts(p->m, parts(p->m, kernels->rows));
        job->end_row = p->m;
        cut(job, parts(smaller(most, parts(total, TASK_WORK)), count));
        cd_parallel(count * job->row_tasks * job->column_tasks, multiply_task, job);
        return;
    }
    job->height = kernels->rows;
    const char *a = job->a, *b = job->b;
    char *c = job->c;
    const int64_t step = packed_rows(p);
    const int rank = p->batch_rank;
    for (int64_t i = 0; i < count; i++) {
        const char *a_batch, *b_batch;
        char *c_batch;
        locate(job, i, &a_batch, &b_batch, &c_batch);
        job->a = a_batch, job->b = b_batch, job->c = c_batch;
        job->p.batch_rank = 0;
        for (job->first_row = 0; job->first_row < p->m; job->first_row += step) {
            job->end_row = smaller(p->m, job->first_row + step);
            const int64_t rows = job->end_row - job->first_row;
            job->task_rows = larger(1, parts(rows, job->height * most)) * job->height;
            cd_parallel(parts(rows, job->task_rows), pack_task, job);
            cut(job, smaller(most, parts(rows * p->n * p->k, TASK_WORK)));
            cd_parallel(job->row_tasks * job->column_tasks, multiply_task, job);
        }
        job->p.batch_rank = rank;
        job->a = a, job->b = b, job->c = c;
    }
}

// MARK: - Entry

static void clear(const job *job, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const char *a, *b;
        char *c;
        locate(job, i, &a, &b, &c);
        for (int64_t row = 0; row < job->p.m; row++)
            memset(c + row * job->p.c_row * job->bytes, 0, (size_t)(job->p.n * job->bytes));
    }
}

void cd_matmul_run(const cd_matmul *product, const void *a, const void *b, void *c, void *scratch) {
    job job = {.p = *product, .bytes = element_bytes(product->dtype), .a = a, .b = b, .c = c};
    cd_matmul *p = &job.p;
    const int64_t count = batches(p);
    if (p->m <= 0 || p->n <= 0 || count <= 0) return;
    fold_batches(p);
    if (p->k <= 0) {
        clear(&job, batches(p));
        return;
    }
    job.kernels = p->dtype == CD_F32 ? &cd_matmul_kernels()->f32 : &cd_matmul_kernels()->f64;
    if (packs_a(p)) job.packed_a = scratch;
    run_tiles(&job);
}
