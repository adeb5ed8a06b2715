#include "program.h"

#include <stdatomic.h>

int64_t cd_dtype_bytes(int dtype) {
    static const uint8_t bytes[CD_DTYPE_COUNT] = {4, 8, 4, 8, 1};
    return bytes[dtype];
}

// MARK: - Layout

// Sharing pays from about 20 microseconds of work on. A rough price of the instructions is enough.
enum { SHARED_WORK = 1 << 18, TRANSCENDENTAL_PRICE = 6 };

static int32_t worker_count(const cd_program *program, const cd_walk *walk, int threads) {
    if (program->count < CD_SPAN || walk->chunks < 2 || threads < 2) return 1;
    int64_t price = 1 + program->reduction_count;
    for (int32_t i = 0; i < program->instruction_count; i++) {
        const cd_instruction *instruction = program->instructions + i;
        const int dear =
            instruction->form == CD_FORM_UNARY
                ? instruction->op >= CD_EXP && instruction->op <= CD_ERF
                : instruction->form == CD_FORM_BINARY &&
                      (instruction->op == CD_POW || instruction->op == CD_ATAN2 ||
                       (instruction->op >= CD_HYPOT && instruction->op <= CD_ZETA));
        price += dear ? TRANSCENDENTAL_PRICE : 1;
    }
    if (program->count * price < SHARED_WORK) return 1;
    return (int32_t)cd_min(threads, walk->chunks);
}

bool cd_program_streams(const cd_program *program) {
    // Most are too small whatever their slots are.
    if (program->count * program->slot_count <= CD_STREAMED_BYTES / 8) return false;
    int64_t bytes = 0;
    for (int32_t i = 0; i < program->slot_count; i++) {
        const cd_slot *slot = program->slots + i;
        const int linear = slot->kind == CD_SLOT_OUTPUT ||
                           (slot->kind == CD_SLOT_INPUT && slot->access == CD_ACCESS_LINEAR);
        bytes += linear ? cd_dtype_bytes(slot->dtype) : 0;
    }
    return bytes * program->count > CD_STREAMED_BYTES;
}

void cd_run_measure(cd_run *run, const cd_program *program, int threads, bool streaming) {
    run->program = program;
    run->feed = NULL;
    run->streaming = streaming;
    run->in_cache = NULL;
    cd_walk_plan(&run->walk, program);
    run->workers = worker_count(program, &run->walk, threads);
    int64_t block_bytes = 0, view_bytes = 0;
    int32_t views = 0, streams = 0;
    for (int32_t i = 0; i < program->slot_count; i++) {
        const cd_slot *slot = program->slots + i;
        const int64_t bytes = cd_dtype_bytes(slot->dtype);
        const int streamed = streaming && slot->kind == CD_SLOT_OUTPUT;
        streams += streamed;
        if (slot->kind == CD_SLOT_TEMPORARY || streamed) {
            block_bytes = cd_max(block_bytes, bytes);
        } else if (slot->kind == CD_SLOT_INPUT && slot->access == CD_ACCESS_STRIDED) {
            view_bytes = cd_max(view_bytes, bytes);
            views++;
        }
    }
    for (int32_t i = 0; i < program->reduction_count; i++) {
        const cd_slot *slot = program->slots + program->reductions[i].slot;
        if (!cd_slot_is_scalar(slot)) continue;
        view_bytes = cd_max(view_bytes, cd_dtype_bytes(slot->dtype));
        views++;
    }
    run->view_count = views;
    run->stream_count = streams;
    block_bytes *= cd_min(program->count, CD_BLOCK);
    view_bytes *= cd_min(program->count, 2 * CD_BLOCK);
    // Blocks stand one cache line more than their size apart: at multiples of 4096 bytes the processor takes
    // loads and stores of different blocks for conflicting ones.
    run->block_bytes = cd_round_up(block_bytes, 64) + 64;
    run->view_bytes = cd_round_up(view_bytes, 64) + 64;
    run->places_at = 64;
    run->views_at = run->places_at + cd_round_up(program->slot_count * (int64_t)sizeof(char *), 64);
    run->totals_at = run->views_at + views * run->view_bytes;
    run->blocks_at =
        cd_round_up(run->totals_at + program->reduction_count * run->walk.totals_bytes, 64) + 64;
    run->worker_bytes = run->blocks_at + (program->temporary_count + streams) * run->block_bytes;
}

int64_t cd_run_lay_out_resolved(cd_run *run, char *memory) {
    const cd_program *program = run->program;
    int64_t at = 0;
#define PLACE(field, type, count) \
    run->field = (type *)((uintptr_t)memory + (uintptr_t)at); \
    at += cd_round_up((int64_t)sizeof(type) * (count), 64)
    PLACE(steps, cd_step, program->instruction_count);
    PLACE(cursors, cd_cursor, program->slot_count);
    PLACE(streams, cd_cursor, run->stream_count);
    PLACE(views, cd_view, run->view_count);
    PLACE(folds, cd_fold, program->reduction_count);
    PLACE(singles, bool, program->slot_count);
    PLACE(needed, bool, program->slot_count);
#undef PLACE
    return at;
}

int64_t cd_run_lay_out_rest(cd_run *run, char *memory) {
    const int64_t partials = cd_round_up(
        run->walk.partials * run->walk.partial_bytes * run->program->reduction_count, 64);
    run->partials = memory;
    run->first_worker = (char *)((uintptr_t)memory + (uintptr_t)partials);
    return partials + run->workers * run->worker_bytes;
}

int64_t cd_run_lay_out(cd_run *run, const cd_program *program, int threads, bool streaming, char *scratch) {
    cd_run_measure(run, program, threads, streaming);
    const int64_t resolved = cd_run_lay_out_resolved(run, scratch);
    return resolved + cd_run_lay_out_rest(run, (char *)((uintptr_t)scratch + (uintptr_t)resolved));
}

size_t cd_program_scratch_bytes(const cd_program *program, int threads) {
    cd_run run;
    return (size_t)cd_run_lay_out(&run, program, threads, cd_program_streams(program), NULL);
}

// MARK: - Running

enum { PREFETCHED_BLOCKS = 4 };

static void prefetch(const cd_run *run, const char *const *places, int64_t from) {
    for (int32_t i = 0; i < run->cursor_count; i++) {
        const cd_cursor *cursor = run->cursors + i;
        if (!cursor->ahead) continue;
        const char *line = places[cursor->slot] + (PREFETCHED_BLOCKS * CD_BLOCK + from) * cursor->bytes;
        const char *end = line + run->ahead * cursor->bytes;
        for (; line < end; line += 64) __builtin_prefetch(line, 0, 2);
    }
}

static void fetch_share(cd_feed *feed) {
    for (int64_t left = feed->share; left > 0 && feed->part < feed->count; left--) {
        __builtin_prefetch(feed->parts[feed->part].line, 0, 2);
        feed->parts[feed->part].line += 64;
        if (--feed->parts[feed->part].lines <= 0) feed->part++;
    }
}

int cd_run_block(const cd_run *run, const cd_worker *worker, int64_t offset, int64_t n) {
    const char **places = worker->places;
    if (run->feed) fetch_share(run->feed);
    for (int32_t i = 0; i < run->cursor_count; i++) {
        const cd_cursor *cursor = run->cursors + i;
        places[cursor->slot] = cursor->base + offset * cursor->bytes;
    }
    for (int32_t i = 0; i < run->view_count; i++) {
        const cd_view *view = run->views + i;
        places[view->slot] = cd_view_read(view, offset, n, worker->views + i * run->view_bytes);
    }
    int status = CD_OK;
    const cd_step *const end = run->steps + run->step_count;
    for (const cd_step *step = run->steps; step < end; step++) {
        if (run->ahead > 0) prefetch(run, places, (step - run->steps) * run->ahead);
        char *to = (char *)places[step->destination];
        const char *a = places[step->a];
        int failed = CD_OK;
        uint64_t one;
        switch (step->form) {
        case CD_STEP_UNARY: step->kernel.unary(a, to, n); break;
        case CD_STEP_BINARY: failed = step->kernel.binary(a, places[step->b], to, n); break;
        case CD_STEP_SELECT:
            step->kernel.select(
                (const uint8_t *)places[step->condition], a, places[step->b], to, n);
            break;
        case CD_STEP_PAIR: step->kernel.pair(a, places[step->b], places[step->c], to, n); break;
        case CD_STEP_FILL: cd_fill(step->dtype, a, to, n); break;
        case CD_STEP_UNARY_ONE:
            step->kernel.unary(a, &one, 1);
            cd_fill(step->dtype, &one, to, n);
            break;
        default:
            failed = step->kernel.binary(a, places[step->b], &one, 1);
            cd_fill(step->dtype, &one, to, n);
        }
        if (status == CD_OK) status = failed;
    }
    for (int32_t i = 0; i < run->stream_count; i++) {
        const cd_cursor *stream = run->streams + i;
        cd_stream(stream->base + offset * stream->bytes, places[stream->slot], n * stream->bytes);
    }
    return status;
}

void cd_run_place_worker(const cd_run *run, cd_worker *worker, char *memory, char *blocks) {
    const cd_program *program = run->program;
    worker->views = memory + run->views_at;
    worker->totals = memory + run->totals_at;
    worker->blocks = blocks ? blocks : memory + run->blocks_at;
    for (int32_t i = 0; i < program->slot_count; i++) {
        const cd_slot *slot = program->slots + i;
        if (slot->kind == CD_SLOT_TEMPORARY)
            worker->places[i] = worker->blocks + slot->index * run->block_bytes;
    }
}

void cd_run_prepare_worker(const cd_run *run, const cd_worker *worker) {
    const int64_t temporaries = run->program->temporary_count;
    for (int32_t i = 0; i < run->stream_count; i++)
        worker->places[run->streams[i].slot] = worker->blocks + (temporaries + i) * run->block_bytes;
    for (int32_t i = 0; i < run->view_count; i++) {
        const cd_view *view = run->views + i;
        cd_view_prepare(
            view, cd_min(run->program->count, CD_BLOCK + view->period - 1),
            worker->views + i * run->view_bytes);
    }
}

cd_worker cd_run_begin_worker(const cd_run *run, int64_t index, char *blocks) {
    char *memory = run->first_worker + index * run->worker_bytes;
    cd_worker worker = {.places = (const char **)(memory + run->places_at)};
    cd_run_place_worker(run, &worker, memory, blocks);
    const cd_program *program = run->program;
    for (int32_t i = 0; i < program->slot_count; i++)
        if (cd_slot_is_scalar(program->slots + i))
            worker.places[i] = run->buffers[program->slots[i].index];
    cd_run_prepare_worker(run, &worker);
    return worker;
}

static cd_outcome *outcome_of(const cd_run *run, int64_t worker) {
    return (cd_outcome *)(run->first_worker + worker * run->worker_bytes);
}

static void run_worker(void *context, int64_t index) {
    const cd_run *run = context;
    cd_worker worker = {0};
    cd_drawer drawer = {
        .first = run->first_worker, .stride = run->worker_bytes, .own = index, .workers = run->workers};
    int64_t chunk;
    while ((chunk = cd_draw(&drawer)) >= 0) {
        if (!worker.places) worker = cd_run_begin_worker(run, index, NULL);
        const int status = cd_run_chunk(run, &worker, chunk);
        if (status == CD_OK) continue;
        // Every chunk of the range before this one has been taken, and other ranges have workers of their own; so
        // the first failure of all is found.
        outcome_of(run, index)->chunk = chunk;
        outcome_of(run, index)->status = status;
        break;
    }
    if (run->stream_count > 0) atomic_thread_fence(memory_order_seq_cst);
}

int cd_program_run(
    const cd_program *program, void *const *buffers, void *scratch, int threads) {
    if (program->count == 0) {
        const int64_t results = program->fold == CD_FOLD_ALL       ? 1
                                : program->fold == CD_FOLD_COLUMNS ? program->extent
                                                                   : 0;
        for (int32_t i = 0; i < program->reduction_count; i++) {
            const cd_reduction *reduction = program->reductions + i;
            cd_reduction_of_nothing(
                reduction->op, reduction->dtype, buffers[reduction->buffer], results);
        }
        return CD_OK;
    }
    cd_run run;
    cd_run_lay_out(
        &run, program, program->count < CD_SPAN ? 1 : threads, cd_program_streams(program), scratch);
    cd_run_resolve(&run, buffers);
    for (int32_t i = 0; i < run.workers; i++) {
        cd_outcome *outcome = outcome_of(&run, i);
        cd_share_out(&outcome->share, i, run.workers, run.walk.chunks);
        outcome->status = CD_OK;
    }
    if (run.workers == 1) run_worker(&run, 0);
    else cd_parallel(run.workers, run_worker, &run);
    int64_t failed = INT64_MAX;
    int status = CD_OK;
    for (int32_t i = 0; i < run.workers; i++) {
        const cd_outcome *outcome = outcome_of(&run, i);
        if (outcome->status == CD_OK || outcome->chunk >= failed) continue;
        failed = outcome->chunk;
        status = (int)outcome->status;
    }
    if (status == CD_OK) cd_run_combine(&run);
    return status;
}

// MARK: - Several

typedef struct several {
    const cd_program *const *programs;
    void *const *prepared;
    int64_t count;
    void *const *buffers;
    char *scratch;
    size_t scratch_bytes;
    int isa;
    atomic_int_least64_t next;
} several;

static void run_several(void *context, int64_t worker) {
    several *job = context;
    // Kernels are chosen by thread; all of a plan run on the same ones.
    const int isa = cd_isa();
    if (isa != job->isa) cd_set_isa(job->isa);
    for (;;) {
        const int64_t number = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (number >= job->count) break;
        char *scratch = job->scratch + (size_t)worker * job->scratch_bytes;
        if (job->prepared[number]) cd_prepared_run(job->prepared[number], job->buffers, scratch);
        else cd_program_run(job->programs[number], job->buffers, scratch, 1);
    }
    if (isa != job->isa) cd_set_isa(isa);
}

void cd_programs_run(
    const cd_program *const *programs, void *const *prepared, int64_t count, void *const *buffers, void *scratch,
    size_t scratch_bytes, int threads) {
    several job = {
        .programs = programs, .prepared = prepared, .count = count, .buffers = buffers, .scratch = scratch,
        .scratch_bytes = scratch_bytes, .isa = cd_isa()};
    atomic_init(&job.next, 0);
    cd_parallel(cd_min(threads, count), run_several, &job);
}
