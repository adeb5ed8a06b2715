#include "epilogue.h"

#include <sched.h>
#include <stdatomic.h>

// What stands first in a worker's memory. Tasks of a product do not know which thread runs them, so each takes a seat
// that is free; there are as many as threads.
typedef struct seat {
    atomic_bool is_taken;
    bool is_ready;
    cd_worker worker;
} seat;

_Static_assert(sizeof(seat) <= 64, "places come after 64 bytes");

static seat *seat_of(const cd_epilogue *epilogue, int64_t index) {
    return (seat *)(epilogue->run.first_worker + index * epilogue->run.worker_bytes);
}

static int64_t lay_out(cd_run *run, const cd_program *program, int threads, char *scratch) {
    // Not past the caches: the next product reads what this one leaves.
    cd_run_measure(run, program, threads, false);
    run->workers = (int32_t)cd_max(threads, 1);
    const int64_t resolved = cd_run_lay_out_resolved(run, scratch);
    return resolved + cd_run_lay_out_rest(run, (char *)((uintptr_t)scratch + (uintptr_t)resolved));
}

size_t cd_epilogue_scratch_bytes(const cd_program *program, int threads) {
    cd_run run;
    return (size_t)lay_out(&run, program, threads, NULL);
}

void cd_epilogue_begin(
    cd_epilogue *epilogue, const cd_program *program, void *const *buffers, char *scratch, int threads) {
    lay_out(&epilogue->run, program, threads, scratch);
    cd_run_resolve(&epilogue->run, buffers);
    // The parts do not follow each other.
    epilogue->run.ahead = 0;
    epilogue->seats = epilogue->run.workers;
    for (int64_t i = 0; i < epilogue->seats; i++) {
        atomic_init(&seat_of(epilogue, i)->is_taken, false);
        seat_of(epilogue, i)->is_ready = false;
    }
}

static seat *take_seat(const cd_epilogue *epilogue) {
    for (;; sched_yield()) {
        for (int64_t i = 0; i < epilogue->seats; i++) {
            seat *seat = seat_of(epilogue, i);
            if (atomic_exchange_explicit(&seat->is_taken, true, memory_order_acquire)) continue;
            if (!seat->is_ready) seat->worker = cd_run_begin_worker(&epilogue->run, i, NULL);
            seat->is_ready = true;
            return seat;
        }
    }
}

void cd_epilogue_run(
    const cd_epilogue *epilogue, int64_t first, int64_t rows, int64_t columns, int64_t stride) {
    seat *seat = take_seat(epilogue);
    if (columns == stride) {
        columns *= rows;
        rows = 1;
    }
    for (int64_t row = 0; row < rows; row++, first += stride) {
        for (int64_t at = 0; at < columns; at += CD_BLOCK)
            cd_run_block(&epilogue->run, &seat->worker, first + at, cd_min(columns - at, CD_BLOCK));
    }
    atomic_store_explicit(&seat->is_taken, false, memory_order_release);
}
