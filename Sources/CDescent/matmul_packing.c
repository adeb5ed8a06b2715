// Matrix products: packing, by all threads.
//
// An operand is packed in blocks of the depth, in these by tiles, in these by depth: the order in which tiles
// read it.

#include "matmul_job.h"

enum {
    /// Depth that is packed at a time if the operand is contiguous across it: its rows are then read in long
    /// runs, and a tile is written in runs of some kilobytes.
    PACKED_DEPTH = 32,
};

/// a, and b if it is packed; tasks of each, and what they advance by, of the depth or of the tiles.
typedef struct {
    const cd_matmul_job *job;
    const cd_operand *operands[2];
    int64_t tasks[2], step[2];
} packing;

static int is_contiguous_across(const cd_operand *operand) {
    return operand->across == 1 && operand->along != 1;
}

static void pack_tile(
    const cd_matmul_job *job, const cd_operand *operand, int64_t i, int64_t start, int64_t d,
    int64_t depth) {
    const int64_t count = cd_smaller(operand->tile, operand->end - i);
    const int64_t width = cd_operand_width(operand, count);
    const int64_t block = cd_smaller(job->block, job->p.k - start);
    job->kernels->pack(
        cd_operand_tile(job, operand, start, block, i) + (d - start) * width * job->bytes, width, count,
        depth, operand->source + (i * operand->across + d * operand->along) * job->bytes,
        operand->across, operand->along);
}

static void pack_depths(const cd_matmul_job *job, const cd_operand *operand, int64_t d, int64_t end) {
    while (d < end) {
        const int64_t start = d / job->block * job->block;
        const int64_t next = cd_smaller(cd_smaller(end, start + job->block), d + PACKED_DEPTH);
        for (int64_t i = operand->first; i < operand->end; i += operand->tile)
            pack_tile(job, operand, i, start, d, next - d);
        d = next;
    }
}

static void pack_tiles(const cd_matmul_job *job, const cd_operand *operand, int64_t i, int64_t end) {
    for (; i < end; i += operand->tile) {
        for (int64_t d = 0; d < job->p.k; d += job->block)
            pack_tile(job, operand, i, d, d, cd_smaller(job->block, job->p.k - d));
    }
}

static void pack_task(void *context, int64_t task) {
    const packing *packing = context;
    const int which = task >= packing->tasks[0];
    if (which) task -= packing->tasks[0];
    const cd_operand *operand = packing->operands[which];
    const int64_t step = packing->step[which], first = task * step;
    if (is_contiguous_across(operand)) {
        pack_depths(packing->job, operand, first, cd_smaller(first + step, packing->job->p.k));
    } else {
        pack_tiles(
            packing->job, operand, operand->first + first,
            cd_smaller(operand->first + first + step, operand->end));
    }
}

void cd_matmul_pack(const cd_matmul_job *job, int packs_b) {
    packing packing = {.job = job, .operands = {&job->a, &job->b}};
    const int64_t most = (int64_t)CD_TASKS_PER_THREAD * cd_threads();
    for (int i = 0; i <= packs_b; i++) {
        const cd_operand *operand = packing.operands[i];
        const int by_depth = is_contiguous_across(operand);
        const int64_t extent = by_depth ? job->p.k : operand->end - operand->first;
        const int64_t unit = by_depth ? PACKED_DEPTH : operand->tile;
        packing.step[i] = cd_parts(extent, unit * most) * unit;
        packing.tasks[i] = cd_parts(extent, packing.step[i]);
    }
    cd_parallel(packing.tasks[0] + packing.tasks[1], pack_task, &packing);
}
