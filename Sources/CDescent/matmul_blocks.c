// Matrix products: large ones, from packed blocks.
//
// A task packs its rows of a, a block of the depth at a time, where they stay in the second-level cache until
// all its columns are done. b passes by in panels, one block deep and one tile wide. The first tile copies the rows of
// its panel as it reads them, which costs nothing: arithmetic is what takes the time. Columns must be transposed before
// and are fetched by the tiles of the panel before. Nothing is packed for all tasks together: that cost a pass over memory,
// and all threads waited for its end.

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "matmul_job.h"

enum {
    /// Memory of a thread for its block of a: so many sixteenths of the second-level cache, which leaves room for a
    /// panel of b and for the result; and if that cache is not known.
    BLOCK_SIXTEENTHS = 9,
    LEAST_BLOCK_BYTES = 192 << 10,
    USUAL_BLOCK_BYTES = 384 << 10,
    MOST_BLOCK_BYTES = 1 << 20,
    /// Rounds of tasks beyond which finer ones no longer pay.
    MOST_ROUNDS = 8,
};

// MARK: - Memory

static pthread_key_t block_key;
static int has_key;
static int64_t block_bytes;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_ready(void) {
    has_key = pthread_key_create(&block_key, free) == 0;
    block_bytes = USUAL_BLOCK_BYTES;
#if defined(_SC_LEVEL2_CACHE_SIZE)
    const int64_t cache = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (cache > 0)
        block_bytes =
            cd_smaller(cd_larger(cache / 16 * BLOCK_SIXTEENTHS, LEAST_BLOCK_BYTES), MOST_BLOCK_BYTES);
#endif
}

/// This thread's, kept until it ends; null if there is none to be had.
static char *block_memory(void) {
    if (!has_key) return NULL;
    void *memory = pthread_getspecific(block_key);
    if (memory) return memory;
    if (posix_memalign(&memory, 4096, (size_t)block_bytes) != 0) return NULL;
    if (pthread_setspecific(block_key, memory) == 0) return memory;
    free(memory);
    return NULL;
}

// MARK: - A task

static void pack_block(
    const cd_matmul_job *job, const cd_rectangle *part, int64_t d, int64_t depth, char *block) {
    const cd_matmul *p = &job->p;
    for (int64_t i = part->row; i < part->end_row; i += job->row_tile) {
        const int64_t high = cd_smaller(job->row_tile, part->end_row - i);
        job->kernels->pack(
            block + (i - part->row) * depth * job->bytes, high, high, depth,
            part->a + (i * p->a_row + d * p->a_column) * job->bytes, p->a_row, p->a_column);
    }
}

static void multiply(const cd_matmul_job *job, const cd_rectangle *part, char *block) {
    const cd_product_kernels *kernels = job->kernels;
    const cd_matmul *p = &job->p;
    const int64_t bytes = job->bytes;
    _Alignas(64) char panel[CD_PANEL_BYTES];
    const int copies = p->b_column == 1 && part->end_row - part->row >= job->row_tile;
    for (int64_t d = 0; d < p->k; d += job->block) {
        const int64_t depth = cd_smaller(job->block, p->k - d);
        pack_block(job, part, d, depth, block);
        for (int64_t j = part->column; j < part->end_column; j += job->column_tile) {
            const int64_t wide = cd_smaller(job->column_tile, part->end_column - j);
            const int width = cd_tile_width(kernels, wide);
            const char *source = part->b + (d * p->b_row + j * p->b_column) * bytes;
            const int64_t b_row = cd_parts(wide, kernels->lanes) * kernels->lanes;
            if (!copies) cd_copy_panel(job, panel, wide, depth, source);
            const char *ahead = source;
            if (j + wide < part->end_column)
                ahead += wide * p->b_column * bytes;
            else if (d + depth < p->k)
                ahead = part->b + ((d + depth) * p->b_row + part->column * p->b_column) * bytes;
            for (int64_t i = part->row; i < part->end_row; i += job->row_tile) {
                const int64_t high = cd_smaller(job->row_tile, part->end_row - i);
                const char *a_tile = block + (i - part->row) * depth * bytes;
                char *c_tile = part->c + (i * p->c_row + j) * bytes;
                if (high < job->row_tile) {
                    kernels->tiles[high - 1][width](
                        depth, a_tile, 1, high, panel, b_row, c_tile, p->c_row, wide, d > 0);
                } else if (copies && i == part->row) {
                    kernels->copying_tiles[width](
                        NULL, 0, panel, depth, a_tile, 1, high, source, p->b_row, c_tile, p->c_row, wide, d > 0);
                } else {
                    kernels->panel_tiles[width](
                        ahead, p->b_column * bytes, NULL, depth, a_tile, 1, high, panel, b_row, c_tile,
                        p->c_row, wide, d > 0);
                    // A piece of each column.
                    if (!copies) ahead += CD_FETCHED_BYTES;
                }
            }
        }
    }
    cd_matmul_finish_rectangle(job, part);
}

static void block_task(void *context, int64_t task) {
    const cd_matmul_job *job = context;
    const cd_rectangle part = cd_matmul_rectangle(job, task);
    char *block = block_memory();
    if (block)
        multiply(job, &part, block);
    else
        cd_multiply_in_place(job, &part);
}

// MARK: - Tasks

/// As many tasks as have the threads done soonest: few, as each packs for itself, but so many that all
/// threads have the same to do.
static void cut(cd_matmul_job *job, int64_t count) {
    const int64_t threads = cd_threads();
    const int64_t rows = cd_parts(job->p.m, job->row_tile);
    const int64_t columns = cd_parts(job->p.n, job->column_tile), most = cd_matmul_most_columns(job);
    const int64_t least = cd_parts(rows, block_bytes / (job->block * job->bytes * job->row_tile));
    double best = 0;
    for (int64_t r = least; r <= cd_smaller(rows, least + 2 * threads); r++) {
        for (int64_t rounds = 1; rounds <= MOST_ROUNDS; rounds++) {
            const int64_t c = cd_larger(1, cd_smaller(most, threads * rounds / (r * count)));
            const double high = (double)cd_parts(rows, r), wide = (double)cd_parts(columns, c);
            // In products of tiles: packing the rows of one takes as long as half of it, and so does a panel.
            // A tenth of a task more, as threads are rarely equally fast.
            const double task = high * wide + 0.5 * high + 0.5 * wide;
            const double time = ((double)cd_parts(r * c * count, threads) + 0.1) * task;
            if (best > 0 && time >= best) continue;
            best = time;
            job->row_tasks = r;
            job->column_tasks = c;
        }
    }
}

void cd_matmul_blocks(cd_matmul_job *job, int64_t count) {
    pthread_once(&once, make_ready);
    cut(job, count);
    cd_parallel(count * job->row_tasks * job->column_tasks, block_task, job);
}
