// Matrix products: how a product is cut into tiles. The arithmetic is in the kernels of `matmul.inc.h`.
//
// The result is cut into tiles that fit in registers, the depth into blocks of equal size. Most products
// read a in place, and b too, or they copy b to the stack, a panel (one block deep, one tile wide) at a time;
// large ones pack both, see `matmul_blocks.c`. Tasks are rectangles of the result. As every element is
// summed over the blocks in order, and sequentially in a block, how the rectangles lie does not show in the
// result.

#include "matmul_job.h"

enum {
    /// Bytes of a block of a in a task: it stays in the second-level cache.
    TASK_BYTES = 240 << 10,
    /// Packing repays beyond so many multiply-adds, and if so many rows share a packed panel of b and so many
    /// columns a packed block of a. Narrower products, however deep, are faster in place.
    PACKED_WORK = 1 << 29,
    PACKED_ROWS = 48,
    PACKED_COLUMNS = 256,
    /// It repays much earlier if rows of a or b lie at multiples of this: those of a tile then share one or two sets of
    /// the first-level cache, and drive each other out.
    SET_BYTES = 4096,
    PACKED_WORK_IN_A_SET = 1 << 25,
};

static int packs(const cd_matmul_job *job) {
    const cd_matmul *p = &job->p;
    if (p->m < PACKED_ROWS || p->n < PACKED_COLUMNS) return 0;
    const int in_a_set = (p->a_column == 1 && p->a_row * job->bytes % SET_BYTES == 0)
        || (p->b_column == 1 && p->b_row * job->bytes % SET_BYTES == 0);
    return p->m * p->n * p->k >= (in_a_set ? PACKED_WORK_IN_A_SET : PACKED_WORK);
}

static int64_t depth_block(int64_t k) { return cd_parts(k, cd_parts(k, CD_TILE_DEPTH)); }

int64_t cd_copy_panel(
    const cd_matmul_job *job, char *panel, int64_t wide, int64_t depth, const char *source) {
    const int64_t width = cd_parts(wide, job->kernels->lanes) * job->kernels->lanes;
    job->kernels->pack(panel, width, wide, depth, source, job->p.b_column, job->p.b_row);
    return width;
}

void cd_multiply_in_place(const cd_matmul_job *job, const cd_rectangle *part) {
    const cd_product_kernels *kernels = job->kernels;
    const cd_matmul *p = &job->p;
    const int64_t bytes = job->bytes;
    _Alignas(64) char panel[CD_PANEL_BYTES];
    for (int64_t d = 0; d < p->k; d += job->block) {
        const int64_t depth = cd_smaller(job->block, p->k - d);
        for (int64_t j = part->column; j < part->end_column; j += job->column_tile) {
            const int64_t wide = cd_smaller(job->column_tile, part->end_column - j);
            const int width = cd_tile_width(kernels, wide);
            const char *b_tile = part->b + (d * p->b_row + j * p->b_column) * bytes;
            int64_t b_row = p->b_row;
            if (p->b_column != 1) {
                b_row = cd_copy_panel(job, panel, wide, depth, b_tile);
                b_tile = panel;
            }
            for (int64_t i = part->row; i < part->end_row; i += job->row_tile) {
                const int64_t high = cd_smaller(job->row_tile, part->end_row - i);
                kernels->tiles[high - 1][width](
                    depth, part->a + (i * p->a_row + d * p->a_column) * bytes, p->a_row, p->a_column,
                    b_tile, b_row, part->c + (i * p->c_row + j) * bytes, p->c_row, wide, d > 0);
            }
        }
    }
    cd_matmul_finish_rectangle(job, part);
}

// MARK: - Tasks

cd_rectangle cd_matmul_rectangle(const cd_matmul_job *job, int64_t task) {
    const cd_matmul *p = &job->p;
    const int64_t column = task % job->column_tasks, rest = task / job->column_tasks;
    const int64_t row = rest % job->row_tasks;
    const int64_t rows = cd_parts(p->m, job->row_tile), columns = cd_parts(p->n, job->column_tile);
    cd_rectangle part = {
        .row = rows * row / job->row_tasks * job->row_tile,
        .end_row = cd_smaller(p->m, rows * (row + 1) / job->row_tasks * job->row_tile),
        .column = columns * column / job->column_tasks * job->column_tile,
        .end_column = cd_smaller(p->n, columns * (column + 1) / job->column_tasks * job->column_tile),
    };
    cd_matmul_locate(job, rest / job->row_tasks, &part.a, &part.b, &part.c);
    return part;
}

static void in_place_task(void *context, int64_t task) {
    const cd_matmul_job *job = context;
    const cd_rectangle part = cd_matmul_rectangle(job, task);
    cd_multiply_in_place(job, &part);
}

/// Cuts the result into at least `wanted` rectangles, if it has so many tiles.
static void cut(cd_matmul_job *job, int64_t wanted) {
    const int64_t rows = cd_parts(job->p.m, job->row_tile);
    const int64_t row_tasks = cd_parts(job->p.m * job->block * job->bytes, TASK_BYTES);
    job->column_tasks = cd_smaller(cd_matmul_most_columns(job), cd_parts(wanted, row_tasks));
    job->row_tasks = cd_smaller(rows, cd_larger(row_tasks, cd_parts(wanted, job->column_tasks)));
}

static void run_in_place(cd_matmul_job *job, int64_t count) {
    const cd_matmul *p = &job->p;
    const int64_t total = count * p->m * p->n * p->k;
    job->row_tile = cd_parts(p->m, cd_parts(p->m, job->kernels->rows));
    int64_t wanted = 1;
    if (total >= CD_SHARED_WORK) {
        wanted = cd_smaller((int64_t)CD_TASKS_PER_THREAD * cd_threads(), cd_parts(total, CD_TASK_WORK));
    } else if (total >= CD_PROMPT_WORK && cd_workers_are_prompt()) {
        // One for each: threads then mostly have the same part every time, and it in their caches.
        wanted = cd_smaller(cd_threads(), total / CD_PROMPT_TASK_WORK);
    }
    if (wanted == 1) {
        for (int64_t i = 0; i < count; i++) {
            cd_rectangle part = {.end_row = p->m, .end_column = p->n};
            cd_matmul_locate(job, i, &part.a, &part.b, &part.c);
            cd_multiply_in_place(job, &part);
        }
    } else {
        cut(job, cd_parts(wanted, count));
        cd_parallel(count * job->row_tasks * job->column_tasks, in_place_task, job);
    }
}

void cd_matmul_tiles(cd_matmul_job *job) {
    const int64_t count = cd_matmul_batches(&job->p);
    job->block = depth_block(job->p.k);
    job->row_tile = job->kernels->rows;
    job->column_tile = 2 * job->kernels->lanes;
    if (packs(job))
        cd_matmul_blocks(job, count);
    else
        run_in_place(job, count);
}
