#include "program.h"

#include <stdatomic.h>
#include <string.h>

// The scratch memory: partial totals of every program that folds all, then one part for each worker: its table of
// buffers, its strip of the local ones, and the scratch memory of one program at a time.

typedef struct layout {
    int64_t partials_bytes, program_bytes, worker_bytes;
} layout;

static int64_t partials_of(const cd_program *program) {
    cd_walk walk;
    cd_walk_plan(&walk, program);
    return cd_round_up(walk.partials * walk.partial_bytes * program->reduction_count, 64);
}

static layout lay_out(const cd_strips *strips) {
    layout layout = {0};
    for (int64_t i = 0; i < strips->count; i++) {
        cd_run run;
        layout.partials_bytes += partials_of(strips->programs[i]);
        layout.program_bytes =
            cd_max(layout.program_bytes, cd_run_lay_out(&run, strips->programs[i], 1, NULL));
    }
    layout.program_bytes = cd_round_up(layout.program_bytes, 64);
    layout.worker_bytes = cd_round_up(strips->buffer_count * (int64_t)sizeof(void *), 64) +
                          cd_round_up(strips->local_bytes, 64) + layout.program_bytes + 64;
    return layout;
}

size_t cd_strips_scratch_bytes(const cd_strips *strips, int threads) {
    const layout layout = lay_out(strips);
    return (size_t)(layout.partials_bytes + cd_max(threads, 1) * layout.worker_bytes);
}

typedef struct job {
    const cd_strips *strips;
    void *const *buffers;
    char *scratch;
    layout layout;
    int isa;
    int64_t blocks;  // of all programs in a strip
    _Atomic int64_t next;
} job;

// One program on rows first..<end.
static void run_rows(
    const cd_strips *strips, int64_t index, void *const *buffers, char *scratch, char *partials, cd_feed *feed,
    int64_t first, int64_t end) {
    const cd_program *program = strips->programs[index];
    cd_run run;
    cd_run_lay_out(&run, program, 1, scratch);
    run.partials = partials;
    cd_run_resolve(&run, buffers);
    // The next strip's blocks are not the next in memory.
    run.ahead = 0;
    run.feed = feed;
    const cd_worker worker = cd_run_begin_worker(&run, 0);
    const int64_t elements = program->count / strips->rows;
    cd_run_elements(&run, &worker, first * elements, end * elements);
}

// The first row of the next strip.
static int64_t draw(job *job) {
    return atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed) * job->strips->strip_rows;
}

// While a strip is worked on, the inputs of the worker's next one are fetched.
static void prepare_feed(cd_feed *feed, const job *job, int64_t first) {
    const cd_strips *strips = job->strips;
    *feed = (cd_feed){0};
    const int64_t rows = cd_min(strips->strip_rows, strips->rows - first);
    if (rows <= 0) return;
    int64_t lines = 0;
    for (int64_t i = 0; i < strips->input_count && feed->count < CD_FEED_PARTS; i++) {
        const cd_strip_buffer *input = strips->inputs + i;
        const int64_t part = cd_ceil(rows * input->row_bytes, 64);
        feed->parts[feed->count].line = (const char *)job->buffers[input->buffer] + first * input->row_bytes;
        feed->parts[feed->count++].lines = part;
        lines += part;
    }
    feed->share = cd_ceil(lines, job->blocks);
}

static void run_strips(void *context, int64_t index) {
    job *job = context;
    const cd_strips *strips = job->strips;
    // Kernels are chosen by thread; all of a plan run on the same ones.
    const int isa = cd_isa();
    if (isa != job->isa) cd_set_isa(job->isa);
    char *memory = job->scratch + job->layout.partials_bytes + index * job->layout.worker_bytes;
    void **buffers = (void **)memory;
    char *locals = memory + cd_round_up(strips->buffer_count * (int64_t)sizeof(void *), 64);
    char *scratch = locals + cd_round_up(strips->local_bytes, 64);
    memcpy(buffers, job->buffers, (size_t)strips->buffer_count * sizeof(void *));
    int64_t first = draw(job);
    while (first < strips->rows) {
        const int64_t end = cd_min(first + strips->strip_rows, strips->rows), next = draw(job);
        for (int64_t i = 0; i < strips->local_count; i++) {
            const cd_strip_buffer *local = strips->locals + i;
            // Where row 0 would be.
            buffers[local->buffer] =
                (void *)((uintptr_t)(locals + local->offset) - (uintptr_t)(first * local->row_bytes));
        }
        cd_feed feed;
        prepare_feed(&feed, job, next);
        char *partials = job->scratch;
        for (int64_t i = 0; i < strips->count; i++) {
            run_rows(strips, i, buffers, scratch, partials, &feed, first, end);
            partials += partials_of(strips->programs[i]);
        }
        first = next;
    }
    if (isa != job->isa) cd_set_isa(isa);
}

void cd_strips_run(const cd_strips *strips, void *const *buffers, void *scratch, int threads) {
    job job = {
        .strips = strips, .buffers = buffers, .scratch = scratch, .layout = lay_out(strips),
        .isa = cd_isa()};
    for (int64_t i = 0; i < strips->count; i++)
        job.blocks += cd_ceil(strips->programs[i]->count / strips->rows * strips->strip_rows, CD_BLOCK);
    atomic_init(&job.next, 0);
    cd_parallel(
        cd_min(cd_max(threads, 1), cd_ceil(strips->rows, strips->strip_rows)), run_strips, &job);
    char *partials = scratch;
    char *last = job.scratch + job.layout.partials_bytes;
    for (int64_t i = 0; i < strips->count; i++) {
        const int64_t bytes = partials_of(strips->programs[i]);
        if (bytes > 0) {
            cd_run run;
            cd_run_lay_out(&run, strips->programs[i], 1, last);
            run.partials = partials;
            cd_run_resolve(&run, buffers);
            cd_run_combine(&run);
        }
        partials += bytes;
    }
}
