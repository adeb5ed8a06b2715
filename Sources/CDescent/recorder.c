#include "CDescent.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

_Thread_local cd_recorder cd_recorder_of_thread;
int cd_all_threads_check;

uint64_t cd_recorder_renew(void) {
    static _Atomic uint64_t blocks = 1;
    return (atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed) << 32) + 1;
}

void cd_pause(void) { sched_yield(); }

void cd_lock_wait(cd_lock *lock) {
    enum { BUSILY = 64 };
    for (int turn = 0;; turn++) {
        if (!__atomic_load_n(&lock->taken, __ATOMIC_RELAXED) &&
            !__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE))
            return;
        if (turn >= BUSILY) sched_yield();
#if defined(__x86_64__)
        else __builtin_ia32_pause();
#endif
    }
}

static _Thread_local cd_number *numbers;
static pthread_key_t numbers_key;
static pthread_once_t numbers_once = PTHREAD_ONCE_INIT;
// Every thread stores the same function.
static void (*_Atomic release_number)(void *object);

static void end_numbers(void *table) {
    cd_number *ended = table;
    void (*release)(void *) = atomic_load_explicit(&release_number, memory_order_relaxed);
    numbers = NULL;
    for (int i = 0; i < CD_NUMBERS; i++)
        if (ended[i].object) release(ended[i].object);
    free(ended);
}

static void begin_numbers(void) { pthread_key_create(&numbers_key, end_numbers); }

cd_number *cd_numbers_of_thread(void (*release)(void *object)) {
    if (__builtin_expect(!numbers, 0)) {
        atomic_store_explicit(&release_number, release, memory_order_relaxed);
        pthread_once(&numbers_once, begin_numbers);
        numbers = calloc(CD_NUMBERS, sizeof *numbers);
        pthread_setspecific(numbers_key, numbers);
    }
    return numbers;
}

// A sanitizer follows the life of objects and must see each end.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CD_SPARES 0
#endif
#endif
#ifndef CD_SPARES
#define CD_SPARES 2048
#endif

static pthread_key_t spares_key;
static pthread_once_t spares_once = PTHREAD_ONCE_INIT;
static void (*_Atomic free_spares)(void);

static void end_spares(void *recorder) {
    cd_recorder_of_thread.spare_limit = 0;
    atomic_load_explicit(&free_spares, memory_order_relaxed)();
    // Nodes that end later, with other things of this thread, are not kept.
    cd_recorder_of_thread.spares_ended = true;
    (void)recorder;
}

static void begin_spares(void) { pthread_key_create(&spares_key, end_spares); }

void cd_spares_begin(void (*free_all)(void)) {
    if (cd_recorder_of_thread.spares_ended || CD_SPARES == 0) return;
    atomic_store_explicit(&free_spares, free_all, memory_order_relaxed);
    pthread_once(&spares_once, begin_spares);
    pthread_setspecific(spares_key, &cd_recorder_of_thread);
    cd_recorder_of_thread.spare_limit = CD_SPARES;
}
