#include "program.h"

#include <string.h>

// The scratch memory: partial totals of every program that folds all, then one part for each worker: its share of the
// strips, its table of buffers, its rows of the local ones, the scratch memory of each program, and blocks, which are
// one program's at a time.

enum { SHARE_BYTES = 64 };

typedef struct layout {
    int64_t partials_bytes, buffers_bytes, runs_bytes, kept_bytes, locals_bytes, worker_bytes;
    bool streaming;
} layout;

// A program, ready to run on any rows.
typedef struct prepared {
    cd_run run;
    cd_worker worker;
} prepared;

static int64_t partials_of(const cd_program *program) {
    cd_walk walk;
    cd_walk_plan(&walk, program);
    return cd_round_up(walk.partials * walk.partial_bytes * program->reduction_count, 64);
}

// What a program keeps beside its blocks.
static int64_t kept_bytes(const cd_run *run, const char *scratch) {
    return cd_round_up((int64_t)((uintptr_t)run->first_worker - (uintptr_t)scratch) + run->blocks_at, 64);
}

static bool is_local(const cd_strips *strips, int64_t buffer) {
    for (int64_t i = 0; i < strips->local_count; i++)
        if (strips->locals[i].buffer == buffer) return true;
    return false;
}

static bool is_read(const cd_strips *strips, int64_t buffer) {
    for (int64_t i = 0; i < strips->count; i++)
        for (int32_t j = 0; j < strips->programs[i]->slot_count; j++) {
            const cd_slot *slot = strips->programs[i]->slots + j;
            if (slot->kind == CD_SLOT_INPUT && slot->index == buffer) return true;
        }
    return false;
}

// Whether there is more to read and to write than the caches hold.
static bool streams(const cd_strips *strips) {
    int64_t bytes = 0;
    for (int64_t i = 0; i < strips->input_count; i++) bytes += strips->inputs[i].row_bytes * strips->rows;
    for (int64_t i = 0; i < strips->count; i++) {
        const cd_program *program = strips->programs[i];
        for (int32_t j = 0; j < program->slot_count; j++) {
            const cd_slot *slot = program->slots + j;
            if (slot->kind == CD_SLOT_OUTPUT && !is_local(strips, slot->index))
                bytes += cd_dtype_bytes(slot->dtype) * program->count;
        }
    }
    return bytes > CD_STREAMED_BYTES;
}

static layout lay_out(const cd_strips *strips) {
    layout layout = {.streaming = streams(strips)};
    int64_t blocks_bytes = 0;
    for (int64_t i = 0; i < strips->count; i++) {
        cd_run run;
        layout.partials_bytes += partials_of(strips->programs[i]);
        const int64_t bytes = cd_run_lay_out(&run, strips->programs[i], 1, layout.streaming, NULL);
        layout.kept_bytes += kept_bytes(&run, NULL);
        blocks_bytes = cd_max(blocks_bytes, bytes - (int64_t)(uintptr_t)run.first_worker - run.blocks_at);
    }
    layout.buffers_bytes = cd_round_up(strips->buffer_count * (int64_t)(sizeof(void *) + sizeof(bool)), 64);
    layout.runs_bytes = cd_round_up(strips->count * (int64_t)sizeof(prepared), 64);
    layout.locals_bytes = cd_round_up(strips->local_bytes, 64);
    layout.worker_bytes = SHARE_BYTES + layout.buffers_bytes + layout.runs_bytes + layout.kept_bytes +
                          layout.locals_bytes + cd_round_up(blocks_bytes, 64) + 64;
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
    int64_t workers;
} job;

// What a worker keeps from strip to strip.
typedef struct station {
    void **buffers;
    bool *in_cache;
    prepared *programs;
    char *kept, *locals, *blocks;
} station;

static station station_of(const job *job, int64_t index) {
    const layout *layout = &job->layout;
    char *memory = job->scratch + layout->partials_bytes + index * layout->worker_bytes + SHARE_BYTES;
    station station = {.buffers = (void **)memory};
    station.in_cache = (bool *)(station.buffers + job->strips->buffer_count);
    station.programs = (prepared *)(memory += layout->buffers_bytes);
    station.kept = memory += layout->runs_bytes;
    station.locals = memory += layout->kept_bytes;
    station.blocks = memory + layout->locals_bytes;
    return station;
}

static void prepare(const station *station, const job *job, cd_feed *feed) {
    const cd_strips *strips = job->strips;
    memcpy(station->buffers, job->buffers, (size_t)strips->buffer_count * sizeof(void *));
    for (int64_t i = 0; i < strips->buffer_count; i++)
        station->in_cache[i] = is_local(strips, i) || is_read(strips, i);
    char *scratch = station->kept, *partials = job->scratch;
    for (int64_t i = 0; i < strips->count; i++) {
        cd_run *run = &station->programs[i].run;
        cd_run_lay_out(run, strips->programs[i], 1, job->layout.streaming, scratch);
        run->in_cache = station->in_cache;
        run->partials = partials;
        cd_run_resolve(run, station->buffers);
        // The next rows are fetched by the feed.
        run->ahead = 0;
        run->feed = feed;
        station->programs[i].worker = cd_run_begin_worker(run, 0, station->blocks);
        scratch += kept_bytes(run, scratch);
        partials += partials_of(strips->programs[i]);
    }
}

// All programs on rows first..<end, one after the other.
static void run_rows(const station *station, const cd_strips *strips, int64_t first, int64_t end) {
    for (int64_t i = 0; i < strips->local_count; i++) {
        const cd_strip_buffer *local = strips->locals + i;
        // Where row 0 would be.
        station->buffers[local->buffer] =
            (void *)((uintptr_t)(station->locals + local->offset) - (uintptr_t)(first * local->row_bytes));
    }
    for (int64_t i = 0; i < strips->count; i++) {
        prepared *program = station->programs + i;
        const int64_t elements = program->run.program->count / strips->rows;
        cd_run_move(&program->run, station->buffers);
        cd_run_elements(&program->run, &program->worker, first * elements, end * elements);
    }
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
    const job *job = context;
    const cd_strips *strips = job->strips;
    cd_drawer drawer = {
        .first = job->scratch + job->layout.partials_bytes, .stride = job->layout.worker_bytes, .own = index,
        .workers = job->workers};
    int64_t strip = cd_draw(&drawer);
    if (strip < 0) return;
    // Kernels are chosen by thread; all of a plan run on the same ones.
    const int isa = cd_isa();
    if (isa != job->isa) cd_set_isa(job->isa);
    const station station = station_of(job, index);
    cd_feed feed;
    prepare(&station, job, &feed);
    while (strip >= 0) {
        const int64_t first = strip * strips->strip_rows;
        const int64_t end = cd_min(first + strips->strip_rows, strips->rows);
        strip = cd_draw(&drawer);
        prepare_feed(&feed, job, strip < 0 ? strips->rows : strip * strips->strip_rows);
        for (int64_t row = first; row < end; row += strips->step_rows)
            run_rows(&station, strips, row, cd_min(row + strips->step_rows, end));
    }
    if (job->layout.streaming) atomic_thread_fence(memory_order_seq_cst);
    if (isa != job->isa) cd_set_isa(isa);
}

void cd_strips_run(const cd_strips *strips, void *const *buffers, void *scratch, int threads) {
    job job = {
        .strips = strips, .buffers = buffers, .scratch = scratch, .layout = lay_out(strips), .isa = cd_isa()};
    const int64_t count = cd_ceil(strips->rows, strips->strip_rows);
    job.workers = cd_min(cd_max(threads, 1), count);
    for (int64_t i = 0; i < strips->count; i++)
        job.blocks += cd_ceil(strips->programs[i]->count / strips->rows * strips->step_rows, CD_BLOCK) *
                      cd_ceil(strips->strip_rows, strips->step_rows);
    char *const workers = job.scratch + job.layout.partials_bytes;
    for (int64_t i = 0; i < job.workers; i++)
        cd_share_out((cd_share *)(workers + i * job.layout.worker_bytes), i, job.workers, count);
    cd_parallel(job.workers, run_strips, &job);
    char *partials = scratch;
    for (int64_t i = 0; i < strips->count; i++) {
        const int64_t bytes = partials_of(strips->programs[i]);
        if (bytes > 0) {
            cd_run run;
            cd_run_lay_out(&run, strips->programs[i], 1, job.layout.streaming, workers + SHARE_BYTES);
            run.partials = partials;
            cd_run_resolve(&run, buffers);
            cd_run_combine(&run);
        }
        partials += bytes;
    }
}
