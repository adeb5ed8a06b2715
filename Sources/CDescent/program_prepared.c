#include "program.h"

#include <stdatomic.h>
#include <string.h>

// More instructions than these take longer to run than to resolve, and would take much memory.
enum { PREPARED_INSTRUCTIONS = 256 };

// What stays from run to run. The table of places and the resolved parts follow in the same memory; scratch memory is of
// the run, as the caches hold it better if programs that follow each other have the same.
typedef struct prepared {
    cd_run run;
    cd_worker worker;
    char *scratch;  // for which places were found
    int32_t scalar_count;
    int32_t *scalars;  // slots
} prepared;

static int64_t lay_out(prepared *it, char *memory) {
    const int64_t slots = it->run.program->slot_count;
    int64_t at = cd_round_up(sizeof(prepared), 64);
    it->worker.places = (const char **)((uintptr_t)memory + (uintptr_t)at);
    at += cd_round_up(slots * (int64_t)sizeof(char *), 64);
    it->scalars = (int32_t *)((uintptr_t)memory + (uintptr_t)at);
    at += cd_round_up(slots * (int64_t)sizeof(int32_t), 64);
    return at + cd_run_lay_out_resolved(&it->run, (char *)((uintptr_t)memory + (uintptr_t)at));
}

size_t cd_program_prepared_bytes(const cd_program *program, int threads) {
    prepared it;
    if (program->count == 0 || program->instruction_count > PREPARED_INSTRUCTIONS) return 0;
    cd_run_measure(&it.run, program, threads, cd_program_streams(program));
    return it.run.workers > 1 ? 0 : (size_t)lay_out(&it, NULL);
}

void cd_program_prepare(const cd_program *program, void *memory) {
    prepared *it = memory;
    memset(it, 0, sizeof(prepared));
    cd_run_measure(&it->run, program, 1, cd_program_streams(program));
    lay_out(it, memory);
    cd_run_choose(&it->run);
    for (int32_t i = 0; i < program->slot_count; i++)
        if (cd_slot_is_scalar(program->slots + i)) it->scalars[it->scalar_count++] = i;
}

int cd_prepared_run(void *memory, void *const *buffers, void *scratch) {
    prepared *it = memory;
    cd_run *run = &it->run;
    if (it->scratch != scratch) {
        cd_run_lay_out_rest(run, scratch);
        cd_run_place_worker(run, &it->worker, run->first_worker, NULL);
        it->scratch = scratch;
    }
    cd_run_place(run, buffers);
    for (int32_t i = 0; i < it->scalar_count; i++)
        it->worker.places[it->scalars[i]] = buffers[run->program->slots[it->scalars[i]].index];
    cd_run_prepare_worker(run, &it->worker);
    int status = CD_OK;
    for (int64_t chunk = 0; chunk < run->walk.chunks && status == CD_OK; chunk++)
        status = cd_run_chunk(run, &it->worker, chunk);
    if (run->stream_count > 0) atomic_thread_fence(memory_order_seq_cst);
    if (status == CD_OK) cd_run_combine(run);
    return status;
}
