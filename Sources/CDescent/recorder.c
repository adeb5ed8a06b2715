#include "CDescent.h"

#include <sched.h>
#include <stdatomic.h>

_Thread_local cd_recorder cd_recorder_of_thread;

uint64_t cd_recorder_renew(void) {
    static _Atomic uint64_t blocks = 1;
    return (atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed) << 32) + 1;
}

void cd_pause(void) { sched_yield(); }
