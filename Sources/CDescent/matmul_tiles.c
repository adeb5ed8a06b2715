// Matrix products: how a product is cut into tiles. The arithmetic is in the kernels of `matmul.inc.h`.
//
// The result is cut into tiles that fit in registers, the depth into blocks of equal size. Small products read
// a in place, and b too, or they copy b to the stack, a panel (one block deep, one tile wide) at a time. For large
// ones all threads first pack the operands in the order in which tiles read them. Tasks are rectangles of the
// result. As every element is summed over the blocks in order, and sequentially in a block, how the
// rectangles lie does not show in the result.

#include "matmul_job.h"

enum {
    /// Bytes of a block of a in a task: it stays in the second-level cache.
    TASK_BYTES = 480 << 10,
    /// Fewer rows than this do not repay copying b.
    COPIED_ROWS = 96,
    /// Fewer columns, or less work, do not repay packing.
    PACKED_COLUMNS = 256,
    PACKED_WORK = 1 << 23,
    /// Bytes of an operand that are packed at a time.
    PACKED_BYTES = 8 << 20,
    MOST_TILE_WIDTH_BYTES = 128,
};

// MARK: - Shape

static int64_t work(const cd_matmul *p) { return p->m * p->n * p->k; }

static int packs(const cd_matmul *p) { return p->n >= PACKED_COLUMNS && work(p) >= PACKED_WORK; }

/// Rows, or columns, of an operand that are packed at a time: whole tiles of any instruction set.
static int64_t packed_extent(const cd_matmul_job *job, int64_t extent, int64_t multiple) {
    const int64_t most = PACKED_BYTES / (job->p.k * job->bytes) / multiple * multiple;
    return cd_smaller(cd_parts(extent, multiple) * multiple, cd_larger(most, multiple));
}

static int64_t packed_rows(const cd_matmul_job *job) {
    return packed_extent(job, job->p.m, CD_TILE_ROWS);
}

static int64_t packed_columns(const cd_matmul_job *job) {
    return packed_extent(job, job->p.n, MOST_TILE_WIDTH_BYTES / job->bytes);
}

static size_t packed_a_bytes(const cd_matmul_job *job) {
    return (size_t)cd_parts(packed_rows(job) * job->p.k * job->bytes, 64) * 64;
}

size_t cd_matmul_tiles_scratch_bytes(const cd_matmul_job *job) {
    if (!packs(&job->p)) return 0;
    return packed_a_bytes(job) + (size_t)(packed_columns(job) * job->p.k * job->bytes);
}

// MARK: - Tiles

static int64_t depth_block(int64_t k) { return cd_parts(k, cd_parts(k, CD_TILE_DEPTH)); }

/// Where the packed rows from `row`, or the packed columns from `column`, begin at depth d.
static char *packed_a(const cd_matmul_job *job, int64_t d, int64_t depth, int64_t row) {
    const int64_t rows = job->end_row - job->first_row;
    return job->packed_a + (d * rows + (row - job->first_row) * depth) * job->bytes;
}

static char *packed_b(const cd_matmul_job *job, int64_t d, int64_t depth, int64_t column) {
    const int64_t lanes = job->kernels->lanes;
    const int64_t columns = cd_parts(job->end_column - job->first_column, lanes) * lanes;
    return job->packed_b + (d * columns + (column - job->first_column) * depth) * job->bytes;
}

/// One rectangle of the result.
static void multiply(
    const cd_matmul_job *job, const char *a, const char *b, char *c, int64_t row, int64_t end_row, int64_t column,
    int64_t end_column) {
    const cd_product_kernels *kernels = job->kernels;
    const cd_matmul *p = &job->p;
    const int64_t bytes = job->bytes, lanes = kernels->lanes;
    _Alignas(64) char panel[CD_TILE_DEPTH * MOST_TILE_WIDTH_BYTES];
    for (int64_t d = 0; d < p->k; d += job->block) {
        const int64_t depth = cd_smaller(job->block, p->k - d);
        for (int64_t j = column; j < end_column; j += job->width) {
            const int64_t wide = cd_smaller(job->width, end_column - j);
            const int width = wide <= lanes     ? CD_TILE_NARROW
                              : wide < 2 * lanes ? CD_TILE_PARTIAL
                                                 : CD_TILE_FULL;
            const char *b_tile = b + (d * p->b_row + j * p->b_column) * bytes;
            int64_t b_row = p->b_row;
            if (job->packed_b) {
                b_tile = packed_b(job, d, depth, j);
                b_row = wide <= lanes ? lanes : 2 * lanes;
            } else if (job->copies_b) {
                b_row = wide <= lanes ? lanes : 2 * lanes;
                kernels->pack(panel, b_row, wide, depth, b_tile, p->b_column, p->b_row);
                b_tile = panel;
            }
            for (int64_t i = row; i < end_row; i += job->height) {
                const int64_t high = cd_smaller(job->height, end_row - i);
                const char *a_tile = a + (i * p->a_row + d * p->a_column) * bytes;
                int64_t a_row = p->a_row, a_column = p->a_column;
                cd_tile_kernel tile = kernels->tiles[high - 1][width];
                if (job->packed_a) {
                    a_tile = packed_a(job, d, depth, i);
                    a_row = 1, a_column = high;
                    if (high == kernels->rows) tile = kernels->panel_tiles[width];
                }
                tile(
                    depth, a_tile, a_row, a_column, b_tile, b_row, c + (i * p->c_row + j) * bytes, p->c_row,
                    wide, d > 0);
            }
        }
    }
}

// MARK: - Tasks

static void multiply_task(void *context, int64_t task) {
    const cd_matmul_job *job = context;
    const int64_t column = job->first_column + task % job->column_tasks * job->task_columns;
    task /= job->column_tasks;
    const int64_t row = job->first_row + task % job->row_tasks * job->task_rows;
    const char *a, *b;
    char *c;
    cd_matmul_locate(job, task / job->row_tasks, &a, &b, &c);
    multiply(
        job, a, b, c, row, cd_smaller(row + job->task_rows, job->end_row), column,
        cd_smaller(column + job->task_columns, job->end_column));
}

/// Packs some rows of a or, in the later tasks, some columns of b.
static void pack_task(void *context, int64_t task) {
    const cd_matmul_job *job = context;
    const cd_product_kernels *kernels = job->kernels;
    const cd_matmul *p = &job->p;
    const int64_t bytes = job->bytes, lanes = kernels->lanes;
    const int64_t row = job->first_row + task * job->task_rows;
    const int64_t column = job->first_column + (task - job->row_tasks) * job->task_columns;
    const int64_t end_row = cd_smaller(row + job->task_rows, job->end_row);
    const int64_t end_column = cd_smaller(column + job->task_columns, job->end_column);
    for (int64_t d = 0; d < p->k; d += job->block) {
        const int64_t depth = cd_smaller(job->block, p->k - d);
        if (task < job->row_tasks) {
            for (int64_t i = row; i < end_row; i += job->height) {
                const int64_t high = cd_smaller(job->height, end_row - i);
                kernels->pack(
                    packed_a(job, d, depth, i), high, high, depth,
                    job->a + (i * p->a_row + d * p->a_column) * bytes, p->a_row, p->a_column);
            }
        } else {
            for (int64_t j = column; j < end_column; j += job->width) {
                const int64_t wide = cd_smaller(job->width, end_column - j);
                kernels->pack(
                    packed_b(job, d, depth, j), wide <= lanes ? lanes : 2 * lanes, wide, depth,
                    job->b + (d * p->b_row + j * p->b_column) * bytes, p->b_column, p->b_row);
            }
        }
    }
}

/// Cuts the job's part of the result into at least `wanted` rectangles, if it has so many tiles.
static void cut(cd_matmul_job *job, int64_t wanted) {
    const int64_t rows = job->end_row - job->first_row;
    const int64_t tile_rows = cd_parts(rows, job->height);
    const int64_t tile_columns = cd_parts(job->end_column - job->first_column, job->width);
    int64_t row_tasks = cd_parts(rows * job->block * job->bytes, TASK_BYTES);
    const int64_t column_tasks = cd_smaller(tile_columns, cd_parts(wanted, row_tasks));
    row_tasks = cd_smaller(tile_rows, cd_larger(row_tasks, cd_parts(wanted, column_tasks)));
    const int64_t high = cd_parts(tile_rows, row_tasks), wide = cd_parts(tile_columns, column_tasks);
    job->task_rows = high * job->height;
    job->task_columns = wide * job->width;
    job->row_tasks = cd_parts(tile_rows, high);
    job->column_tasks = cd_parts(tile_columns, wide);
}

/// Packs what the job's part of the result needs, and multiplies.
static void run_packed_part(cd_matmul_job *job) {
    const int64_t most = (int64_t)CD_TASKS_PER_THREAD * cd_threads();
    const int64_t rows = job->end_row - job->first_row, columns = job->end_column - job->first_column;
    job->task_rows = cd_parts(rows, job->height * most) * job->height;
    job->task_columns = cd_parts(columns, job->width * most) * job->width;
    job->row_tasks = cd_parts(rows, job->task_rows);
    // Columns stay packed while the rows go on.
    const int64_t column_tasks = job->first_row == 0 ? cd_parts(columns, job->task_columns) : 0;
    cd_parallel(job->row_tasks + column_tasks, pack_task, job);
    cut(job, cd_smaller(most, cd_parts(rows * columns * job->p.k, CD_TASK_WORK)));
    cd_parallel(job->row_tasks * job->column_tasks, multiply_task, job);
}

static void run_packed(cd_matmul_job *job) {
    const cd_matmul *p = &job->p;
    const int64_t row_step = packed_rows(job), column_step = packed_columns(job);
    for (job->first_column = 0; job->first_column < p->n; job->first_column += column_step) {
        job->end_column = cd_smaller(p->n, job->first_column + column_step);
        for (job->first_row = 0; job->first_row < p->m; job->first_row += row_step) {
            job->end_row = cd_smaller(p->m, job->first_row + row_step);
            run_packed_part(job);
        }
    }
}

static void run_in_place(cd_matmul_job *job, int64_t count) {
    const cd_matmul *p = &job->p;
    const int64_t total = count * work(p);
    job->height = cd_parts(p->m, cd_parts(p->m, job->kernels->rows));
    job->end_row = p->m;
    job->end_column = p->n;
    if (total < CD_SHARED_WORK) {
        for (int64_t i = 0; i < count; i++) {
            const char *a, *b;
            char *c;
            cd_matmul_locate(job, i, &a, &b, &c);
            multiply(job, a, b, c, 0, p->m, 0, p->n);
        }
    } else {
        const int64_t most = (int64_t)CD_TASKS_PER_THREAD * cd_threads();
        cut(job, cd_parts(cd_smaller(most, cd_parts(total, CD_TASK_WORK)), count));
        cd_parallel(count * job->row_tasks * job->column_tasks, multiply_task, job);
    }
}

void cd_matmul_tiles(cd_matmul_job *job, void *scratch) {
    const cd_matmul *p = &job->p;
    const int64_t count = cd_matmul_batches(p);
    job->block = depth_block(p->k);
    job->width = 2 * job->kernels->lanes;
    if (!packs(p)) {
        job->copies_b = p->b_column != 1 || p->m >= COPIED_ROWS;
        run_in_place(job, count);
        return;
    }
    job->height = job->kernels->rows;
    job->packed_a = scratch;
    job->packed_b = job->packed_a + packed_a_bytes(job);
    for (int64_t i = 0; i < count; i++) {
        cd_matmul_job one = *job;
        cd_matmul_locate(job, i, &one.a, &one.b, &one.c);
        one.p.batch_rank = 0;
        run_packed(&one);
    }
}
