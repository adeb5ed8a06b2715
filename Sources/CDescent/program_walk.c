#include "program.h"

#include <string.h>

// The rows that a column fold adds up in one lane before it goes to the wider total: enough to make the
// widening cheap, few enough that float32 lanes stay accurate.
enum { LANE_ROWS = 16 };
// Lanes that a fold of few columns spreads its rows over.
enum { COLUMN_LANES = 128 };
// Column blocks in a chunk, where a row has more than one.
enum { CHUNK_COLUMN_BLOCKS = 4 };

static void plan_columns(cd_walk *walk, int64_t count, int64_t columns) {
    walk->kind = CD_WALK_COLUMNS;
    walk->extent = columns;
    walk->rows = columns > 0 ? count / columns : 0;
    if (columns <= CD_BLOCK) {
        const int64_t packed = cd_max(1, COLUMN_LANES / cd_max(1, columns));
        walk->width = columns * packed;
        walk->block_rows = CD_BLOCK / cd_max(1, walk->width) * packed;
    } else {
        walk->width = CD_BLOCK;
        walk->block_rows = 1;
    }
    walk->flush = cd_max(1, LANE_ROWS * walk->width / CD_BLOCK);
    // Parts of the rows: at most 32, as each leaves totals of every column; one where the columns
    // alone make enough chunks.
    const int64_t unit = walk->flush * walk->block_rows;
    int64_t part = cd_max(cd_ceil(walk->rows, 32), cd_max(32, 2 * CD_SPAN / cd_max(1, columns)));
    if (columns > CD_SPAN) part = cd_max(1, walk->rows);
    walk->range_rows = cd_round_up(part, unit);
    walk->ranges = cd_ceil(walk->rows, walk->range_rows);
    const int64_t blocks = cd_ceil(columns, CD_BLOCK);
    walk->chunks = walk->ranges * cd_ceil(blocks, CHUNK_COLUMN_BLOCKS);
    const int64_t block_totals = cd_min(columns, CD_BLOCK) * CD_TOTAL_BYTES;
    walk->totals_bytes = cd_round_up(walk->width * CD_LANE_BYTES, 64) + block_totals;
    walk->partials = walk->ranges > 1 ? walk->ranges * blocks : 0;
    walk->partial_bytes = block_totals;
}

static void plan_rows(cd_walk *walk, int64_t rows, int64_t extent) {
    walk->rows = rows;
    walk->extent = extent;
    walk->totals_bytes = CD_TOTAL_BYTES;
    walk->partial_bytes = CD_TOTAL_BYTES;
    walk->step = cd_max(1, CD_SPAN / cd_max(1, extent));
    walk->spans = 1;
    if (extent <= CD_BLOCK) {
        walk->kind = CD_WALK_SHORT_ROWS;
        walk->block_rows = CD_BLOCK / cd_max(1, extent);
        walk->step = cd_round_up(walk->step, walk->block_rows);
    } else {
        walk->kind = CD_WALK_LONG_ROWS;
        walk->spans = cd_ceil(extent, CD_SPAN);
    }
    walk->chunks = walk->spans == 1 ? cd_ceil(rows, walk->step) : rows * walk->spans;
    walk->partials = walk->spans == 1 ? 0 : rows * walk->spans;
}

void cd_walk_plan(cd_walk *walk, const cd_program *program) {
    const int64_t count = program->count, extent = program->extent;
    walk->partials = walk->partial_bytes = walk->totals_bytes = 0;
    switch (program->fold) {
    case CD_FOLD_ALL: plan_rows(walk, count > 0, count); break;
    case CD_FOLD_ROWS: plan_rows(walk, extent > 0 ? count / extent : 0, extent); break;
    case CD_FOLD_COLUMNS: plan_columns(walk, count, extent); break;
    default:
        // Large chunks keep the streams of memory long; small ones share out a middling job evenly.
        walk->kind = CD_WALK_FLAT;
        walk->step = cd_round_up(cd_min(cd_max(count / 64, 8 * CD_BLOCK), CD_TASK), CD_BLOCK);
        walk->chunks = cd_ceil(count, walk->step);
    }
}

static int run_flat(const cd_run *run, const cd_worker *worker, int64_t start, int64_t end) {
    int status = CD_OK;
    for (int64_t offset = start; offset < end && status == CD_OK; offset += CD_BLOCK)
        status = cd_run_block(run, worker, offset, cd_min(CD_BLOCK, end - offset));
    return status;
}

static int run_short_rows(const cd_run *run, const cd_worker *worker, int64_t start, int64_t end) {
    const cd_walk *walk = &run->walk;
    int status = CD_OK;
    for (int64_t row = start; row < end && status == CD_OK; row += walk->block_rows) {
        const int64_t rows = cd_min(walk->block_rows, end - row);
        status = cd_run_block(run, worker, row * walk->extent, rows * walk->extent);
        for (int32_t i = 0; i < run->program->reduction_count; i++) {
            const cd_fold *fold = run->folds + i;
            fold->kernels->rows(
                worker->places[fold->slot], rows, walk->extent, fold->result + row * fold->bytes);
        }
    }
    return status;
}

static void start_totals(const cd_run *run, const cd_worker *worker) {
    for (int32_t i = 0; i < run->program->reduction_count; i++)
        run->folds[i].kernels->start(worker->totals + i * CD_TOTAL_BYTES, 1);
}

// Adds elements start..<end of one row to the totals, in blocks counted from `start`, which is a multiple of CD_BLOCK.
static int add_to_totals(
    const cd_run *run, const cd_worker *worker, int64_t row, int64_t start, int64_t end) {
    const int32_t folds = run->program->reduction_count;
    int status = CD_OK;
    for (int64_t at = start; at < end && status == CD_OK; at += CD_BLOCK) {
        const int64_t n = cd_min(CD_BLOCK, end - at);
        status = cd_run_block(run, worker, row * run->walk.extent + at, n);
        for (int32_t i = 0; i < folds; i++)
            run->folds[i].kernels->block(
                worker->places[run->folds[i].slot], n, worker->totals + i * CD_TOTAL_BYTES);
    }
    return status;
}

// The totals of one part of a row that exceeds CD_SPAN wait for `cd_run_combine`.
static void keep_totals(const cd_run *run, const cd_worker *worker, int64_t part) {
    const size_t bytes = (size_t)run->program->reduction_count * CD_TOTAL_BYTES;
    memcpy(run->partials + part * (int64_t)bytes, worker->totals, bytes);
}

static int run_part(const cd_run *run, const cd_worker *worker, int64_t part) {
    const cd_walk *walk = &run->walk;
    const int64_t row = part / walk->spans, start = part % walk->spans * CD_SPAN;
    start_totals(run, worker);
    const int status = add_to_totals(run, worker, row, start, cd_min(start + CD_SPAN, walk->extent));
    keep_totals(run, worker, part);
    return status;
}

// Blocks of the only row, from wherever the last call ended.
static int run_blocks(const cd_run *run, const cd_worker *worker, int64_t start, int64_t end) {
    int status = CD_OK;
    while (start < end && status == CD_OK) {
        const int64_t part = start / CD_SPAN, last = cd_min((part + 1) * CD_SPAN, run->walk.extent);
        const int64_t next = cd_min(end, last);
        if (start % CD_SPAN == 0) start_totals(run, worker);
        status = add_to_totals(run, worker, 0, start, next);
        if (next == last) keep_totals(run, worker, part);
        start = next;
    }
    return status;
}

static int run_long_rows(const cd_run *run, const cd_worker *worker, int64_t start, int64_t end) {
    const cd_walk *walk = &run->walk;
    const int32_t folds = run->program->reduction_count;
    int status = CD_OK;
    for (int64_t row = start; row < end && status == CD_OK; row++) {
        start_totals(run, worker);
        status = add_to_totals(run, worker, row, 0, walk->extent);
        for (int32_t i = 0; i < folds; i++) {
            const cd_fold *fold = run->folds + i;
            fold->kernels->finish(
                worker->totals + i * CD_TOTAL_BYTES, 1, fold->result + row * fold->bytes);
        }
    }
    return status;
}

// Folds rows first..<end of the columns in one column block.
static int run_column_block(
    const cd_run *run, const cd_worker *worker, int64_t range, int64_t block) {
    const cd_walk *walk = &run->walk;
    const int32_t folds = run->program->reduction_count;
    const int64_t column = block * CD_BLOCK;
    const int64_t columns = cd_min(walk->extent - column, CD_BLOCK);
    const int64_t width = walk->extent > CD_BLOCK ? columns : walk->width;
    const int64_t lanes_bytes = walk->totals_bytes - walk->partial_bytes;
    const int64_t end = cd_min((range + 1) * walk->range_rows, walk->rows);
    char *const kept =
        run->partials +
        (range * cd_ceil(walk->extent, CD_BLOCK) + block) * folds * walk->partial_bytes;
#define LANES_OF(i) (worker->totals + (i) * walk->totals_bytes)
#define TOTALS_OF(i) \
    (walk->partials > 0 ? kept + (i) * walk->partial_bytes : LANES_OF(i) + lanes_bytes)
    int status = CD_OK;
    for (int32_t i = 0; i < folds; i++) {
        run->folds[i].kernels->clear(LANES_OF(i), width);
        run->folds[i].kernels->start(TOTALS_OF(i), columns);
    }
    int64_t unflushed = 0;
    for (int64_t row = range * walk->range_rows; row < end && status == CD_OK;
         row += walk->block_rows) {
        const int64_t n = cd_min(walk->block_rows, end - row) * columns;
        status = cd_run_block(run, worker, row * walk->extent + column, n);
        const int flush = ++unflushed == walk->flush || row + walk->block_rows >= end;
        for (int32_t i = 0; i < folds; i++) {
            const cd_fold *fold = run->folds + i;
            fold->kernels->lanes(worker->places[fold->slot], n, width, LANES_OF(i));
            if (!flush) continue;
            fold->kernels->flush(LANES_OF(i), width, columns, TOTALS_OF(i));
            fold->kernels->clear(LANES_OF(i), width);
        }
        if (flush) unflushed = 0;
    }
    for (int32_t i = 0; i < folds && walk->partials == 0; i++) {
        const cd_fold *fold = run->folds + i;
        fold->kernels->finish(TOTALS_OF(i), columns, fold->result + column * fold->bytes);
    }
#undef LANES_OF
#undef TOTALS_OF
    return status;
}

static int run_columns(const cd_run *run, const cd_worker *worker, int64_t chunk) {
    const int64_t blocks = cd_ceil(run->walk.extent, CD_BLOCK);
    const int64_t groups = cd_ceil(blocks, CHUNK_COLUMN_BLOCKS);
    const int64_t range = chunk / groups, first = chunk % groups * CHUNK_COLUMN_BLOCKS;
    const int64_t end = cd_min(first + CHUNK_COLUMN_BLOCKS, blocks);
    int status = CD_OK;
    for (int64_t block = first; block < end && status == CD_OK; block++)
        status = run_column_block(run, worker, range, block);
    return status;
}

int cd_run_chunk(const cd_run *run, const cd_worker *worker, int64_t chunk) {
    const cd_walk *walk = &run->walk;
    const int64_t start = chunk * walk->step, end = start + walk->step;
    switch (walk->kind) {
    case CD_WALK_FLAT: return run_flat(run, worker, start, cd_min(end, run->program->count));
    case CD_WALK_SHORT_ROWS: return run_short_rows(run, worker, start, cd_min(end, walk->rows));
    case CD_WALK_LONG_ROWS:
        return walk->spans > 1 ? run_part(run, worker, chunk)
                               : run_long_rows(run, worker, start, cd_min(end, walk->rows));
    default: return run_columns(run, worker, chunk);
    }
}

int cd_run_elements(const cd_run *run, const cd_worker *worker, int64_t start, int64_t end) {
    const cd_walk *walk = &run->walk;
    switch (walk->kind) {
    case CD_WALK_FLAT: return run_flat(run, worker, start, end);
    case CD_WALK_SHORT_ROWS:
        return run_short_rows(run, worker, start / walk->extent, end / walk->extent);
    default:
        return walk->spans > 1
                   ? run_blocks(run, worker, start, end)
                   : run_long_rows(run, worker, start / walk->extent, end / walk->extent);
    }
}

void cd_run_combine(const cd_run *run) {
    const cd_walk *walk = &run->walk;
    if (walk->partials == 0) return;
    // Either: results of one row each, from that row's spans; or results of one column block each, from
    // the ranges of rows. `parts` partial totals, `stride` apart, make the results of a place.
    const int columns = walk->kind == CD_WALK_COLUMNS;
    const int64_t places = columns ? cd_ceil(walk->extent, CD_BLOCK) : walk->rows;
    const int64_t parts = columns ? walk->ranges : walk->spans;
    const int64_t next_part = columns ? places : 1, next_place = columns ? 1 : parts;
    const int64_t results = columns ? CD_BLOCK : 1;
    const int32_t folds = run->program->reduction_count;
    for (int64_t place = 0; place < places; place++) {
        const int64_t n = columns ? cd_min(walk->extent - place * CD_BLOCK, CD_BLOCK) : 1;
        for (int32_t i = 0; i < folds; i++) {
            const cd_fold *fold = run->folds + i;
            char *total =
                run->partials + (place * next_place * folds + i) * walk->partial_bytes;
            for (int64_t part = 1; part < parts; part++)
                fold->kernels->merge(
                    total + part * next_part * folds * walk->partial_bytes, n, total);
            fold->kernels->finish(total, n, fold->result + place * results * fold->bytes);
        }
    }
}
