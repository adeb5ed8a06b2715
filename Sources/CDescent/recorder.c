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

static _Thread_local cd_number *numbers;
static pthread_key_t numbers_key;
static pthread_once_t numbers_once = PTHREAD_ONCE_INIT;
static void (*release_number)(void *object);

static void end_numbers(void *table) {
    cd_number *ended = table;
    numbers = NULL;
    for (int i = 0; i < CD_NUMBERS; i++)
        if (ended[i].object) release_number(ended[i].object);
    free(ended);
}

static void begin_numbers(void) { pthread_key_create(&numbers_key, end_numbers); }

cd_number *cd_numbers_of_thread(void (*release)(void *object)) {
    if (__builtin_expect(!numbers, 0)) {
        release_number = release;
        pthread_once(&numbers_once, begin_numbers);
        numbers = calloc(CD_NUMBERS, sizeof *numbers);
        pthread_setspecific(numbers_key, numbers);
    }
    return numbers;
}
