// Matrix products: how a product is cut into tiles. The arithmetic is in the kernels of `matmul.inc.h`.
//
// The result is cut into tiles that fit in registers, the depth into blocks of equal size. Small products
// read a in place, and b too, or they copy b to the stack, a panel (one block deep, one tile wide) at a time.
// For large ones all threads first pack the operands in the order in which tiles read them. Tasks are
// rectangles of the result. As every element is summed over the blocks in order, and sequentially in a block,
// how the rectangles lie does not show in the result.

#include "matmul_job.h"

enum {
    /// Bytes of a block of a in a task: it stays in the second-level cache.
    TASK_BYTES = 240 << 10,
    /// A larger b does not stay in the second-level cache as it lies, and is copied if so many rows or more
    /// use it.
    COPIED_BYTES = 2 << 20,
    COPIED_ROWS = 192,
    /// If a and b are both larger, tiles would often wait for the third-level cache or memory; packing
    /// repays.
    IN_PLACE_BYTES = 4 << 20,
    /// Bytes of an operand that are packed at a time.
    PACKED_BYTES = 16 << 20,
    MOST_TILE_WIDTH_BYTES = 128,
};

// MARK: - Shape

static int64_t work(const cd_matmul *p) { return p->m * p->n * p->k; }

static int packs(const cd_matmul_job *job) {
    const cd_matmul *p = &job->p;
    return cd_smaller(p->m, p->n) * p->k * job->bytes >= IN_PLACE_BYTES;
}

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
    if (!packs(job)) return 0;
    return packed_a_bytes(job) + (size_t)(packed_columns(job) * job->p.k * job->bytes);
}

// MARK: - Tiles

static int64_t depth_block(int64_t k) { return cd_parts(k, cd_parts(k, CD_TILE_DEPTH)); }

/// One rectangle of the result.
static void multiply(
    const cd_matmul_job *job, const char *a, const char *b, char *c, int64_t row, int64_t end_row,
    int64_t column, int64_t end_column) {
    const cd_product_kernels *kernels = job->kernels;
    const cd_matmul *p = &job->p;
    const int64_t bytes = job->bytes, lanes = kernels->lanes;
    _Alignas(64) char panel[CD_TILE_DEPTH * MOST_TILE_WIDTH_BYTES];
    for (int64_t d = 0; d < p->k; d += job->block) {
        const int64_t depth = cd_smaller(job->block, p->k - d);
        for (int64_t j = column; j < end_column; j += job->b.tile) {
            const int64_t wide = cd_smaller(job->b.tile, end_column - j);
            const int width = wide <= lanes     ? CD_TILE_NARROW
                              : wide < 2 * lanes ? CD_TILE_PARTIAL
                                                 : CD_TILE_FULL;
            const char *b_tile = b + (d * p->b_row + j * p->b_column) * bytes;
            int64_t b_row = p->b_row;
            if (job->b.packed) {
                b_tile = cd_operand_tile(job, &job->b, d, depth, j);
                b_row = cd_operand_width(&job->b, wide);
            } else if (job->copies_b) {
                b_row = cd_operand_width(&job->b, wide);
                kernels->pack(panel, b_row, wide, depth, b_tile, p->b_column, p->b_row);
                b_tile = panel;
            }
            // While this panel of b is used the next one is fetched, some of it with each tile.
            const int64_t panel_bytes = b_row * depth * bytes;
            const int64_t slice = cd_parts(panel_bytes, cd_parts(end_row - row, job->a.tile));
            const char *ahead = b_tile + panel_bytes;
            for (int64_t i = row; i < end_row; i += job->a.tile) {
                const int64_t high = cd_smaller(job->a.tile, end_row - i);
                char *c_tile = c + (i * p->c_row + j) * bytes;
                if (!job->a.packed) {
                    kernels->tiles[high - 1][width](
                        depth, a + (i * p->a_row + d * p->a_column) * bytes, p->a_row, p->a_column, b_tile,
                        b_row, c_tile, p->c_row, wide, d > 0);
                    continue;
                }
                const char *a_tile = cd_operand_tile(job, &job->a, d, depth, i);
                if (high < kernels->rows) {
                    kernels->tiles[high - 1][width](
                        depth, a_tile, 1, high, b_tile, b_row, c_tile, p->c_row, wide, d > 0);
                } else {
                    kernels->panel_tiles[width](
                        ahead, cd_parts(slice, depth), depth, a_tile, 1, high, b_tile, b_row, c_tile,
                        p->c_row, wide, d > 0);
                    ahead += slice;
                }
            }
        }
    }
}

// MARK: - Tasks

static void multiply_task(void *context, int64_t task) {
    const cd_matmul_job *job = context;
    const int64_t column = job->b.first + task % job->column_tasks * job->task_columns;
    task /= job->column_tasks;
    const int64_t row = job->a.first + task % job->row_tasks * job->task_rows;
    const char *a, *b;
    char *c;
    cd_matmul_locate(job, task / job->row_tasks, &a, &b, &c);
    multiply(
        job, a, b, c, row, cd_smaller(row + job->task_rows, job->a.end), column,
        cd_smaller(column + job->task_columns, job->b.end));
}

/// Cuts the job's part of the result into at least `wanted` rectangles, if it has so many tiles.
static void cut(cd_matmul_job *job, int64_t wanted) {
    const int64_t rows = job->a.end - job->a.first;
    const int64_t tile_rows = cd_parts(rows, job->a.tile);
    const int64_t tile_columns = cd_parts(job->b.end - job->b.first, job->b.tile);
    int64_t row_tasks = cd_parts(rows * job->block * job->bytes, TASK_BYTES);
    const int64_t column_tasks = cd_smaller(tile_columns, cd_parts(wanted, row_tasks));
    row_tasks = cd_smaller(tile_rows, cd_larger(row_tasks, cd_parts(wanted, column_tasks)));
    const int64_t high = cd_parts(tile_rows, row_tasks), wide = cd_parts(tile_columns, column_tasks);
    job->task_rows = high * job->a.tile;
    job->task_columns = wide * job->b.tile;
    job->row_tasks = cd_parts(tile_rows, high);
    job->column_tasks = cd_parts(tile_columns, wide);
}

static void run_packed(cd_matmul_job *job) {
    const cd_matmul *p = &job->p;
    const int64_t most = (int64_t)CD_TASKS_PER_THREAD * cd_threads();
    const int64_t row_step = packed_rows(job), column_step = packed_columns(job);
    for (job->b.first = 0; job->b.first < p->n; job->b.first += column_step) {
        job->b.end = cd_smaller(p->n, job->b.first + column_step);
        for (job->a.first = 0; job->a.first < p->m; job->a.first += row_step) {
            job->a.end = cd_smaller(p->m, job->a.first + row_step);
            cd_matmul_pack(job, job->a.first == 0);
            cut(job, most);
            cd_parallel(job->row_tasks * job->column_tasks, multiply_task, job);
        }
    }
}

static void run_in_place(cd_matmul_job *job, int64_t count) {
    const cd_matmul *p = &job->p;
    const int64_t total = count * work(p);
    job->a.tile = cd_parts(p->m, cd_parts(p->m, job->kernels->rows));
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
    const cd_product_kernels *kernels = job->kernels;
    const int64_t count = cd_matmul_batches(p);
    job->block = depth_block(p->k);
    job->a.tile = kernels->rows;
    job->a.grain = 1;
    job->a.end = p->m;
    job->b.tile = 2 * kernels->lanes;
    job->b.grain = kernels->lanes;
    job->b.end = p->n;
    if (!packs(job)) {
        job->copies_b =
            p->b_column != 1 || (p->k * p->n * job->bytes > COPIED_BYTES && p->m >= COPIED_ROWS);
        run_in_place(job, count);
        return;
    }
    job->a.packed = scratch;
    job->b.packed = job->a.packed + packed_a_bytes(job);
    for (int64_t i = 0; i < count; i++) {
        cd_matmul_job one = *job;
        cd_matmul_locate(job, i, &one.a.source, &one.b.source, &one.c);
        one.p.batch_rank = 0;
        run_packed(&one);
    }
}
