// The pool of threads behind `cd_parallel`.
//
// A job is published in one word, `state`; workers that are awake take a seat in it, draw tasks from a
// counter and leave. The caller draws tasks too and never waits for a worker that has not taken a seat,
// so a sleeping or starved worker delays nobody.
//
// Idle workers spin a while, since the jobs of a training follow each other within microseconds, and then sleep until
// woken: a worker that spins starts after half a microsecond, one that sleeps after tens of them, and to wake it costs
// the caller ten. After a while they offer their processor to whoever else wants it. Workers that find no work do
// not spin on because others do; and a caller wakes one sleeper at most, who wakes the next ones.

#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // sched_getaffinity
#endif

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "CDescent.h"
#include "threads.h"

enum {
    MAX_THREADS = 256,
    STACK_BYTES = 4 << 20,  // the default of some systems, 512 KB, is less than the main thread offers
    SPIN_NANOSECONDS = 1000000,
    ALONE_NANOSECONDS = 50000,  // of these; then others may have the processor
    WOKEN_BY_ONE = 2,
    PAUSES_PER_LOOK_AT_CLOCK = 64,
    QUESTIONS_THAT_WAKE = 16,
};

// `state`: number of the job << 32 | seats left << 16 | workers in a seat.
enum { SEAT_SHIFT = 16, NUMBER_SHIFT = 32 };
#define SEAT_MASK ((uint64_t)0xFFFF << SEAT_SHIFT)
#define WORKING_MASK ((uint64_t)0xFFFF)

static struct {
    _Alignas(128) _Atomic uint64_t state;
    _Alignas(128) _Atomic int64_t next;  // the first task that nobody has drawn
    _Alignas(128) atomic_bool busy;      // a caller owns the pool
    // Owned by that caller; workers in a seat read the job.
    int64_t tasks;
    void (*body)(void *, int64_t);
    void *context;
    atomic_int started;

    _Alignas(128) atomic_int sleeping;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

// MARK: - How many

static _Atomic int chosen_threads;  // 0: not yet asked
static _Atomic int known_processors;

static int clamp_threads(long count) {
    return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (int)count;
}

static int processors(void) {
    int known = atomic_load_explicit(&known_processors, memory_order_relaxed);
    if (known) return known;
    long count = sysconf(_SC_NPROCESSORS_ONLN);
#if defined(__linux__)
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
#endif
    known = clamp_threads(count);
    atomic_store_explicit(&known_processors, known, memory_order_relaxed);
    return known;
}

int cd_threads(void) {
    int threads = atomic_load_explicit(&chosen_threads, memory_order_relaxed);
    if (threads) return threads;
    threads = processors();
    const char *text = getenv("DESCENT_THREADS");
    if (text) {
        char *end;
        long asked = strtol(text, &end, 10);
        if (end != text && *end == 0 && asked >= 1) threads = clamp_threads(asked);
    }
    // Whoever called cd_set_threads meanwhile wins.
    int unset = 0;
    return atomic_compare_exchange_strong(&chosen_threads, &unset, threads) ? threads : unset;
}

void cd_set_threads(int count) {
    atomic_store_explicit(&chosen_threads, clamp_threads(count), memory_order_relaxed);
}

/// More threads than processors: who spins then takes the time of who works.
static bool oversubscribed(void) { return cd_threads() > processors(); }

// MARK: - Waiting

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");  // `yield` does nothing on most cores
#endif
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// The state once its job is another than number `seen`; it may have been slept for.
///
/// `deadline`: until when to spin; 0 for the whole time from now on.
static uint64_t await_job(uint32_t seen, int64_t *deadline, bool *slept) {
    uint64_t state;
    *slept = false;
    for (;;) {
        for (int i = 0; i < PAUSES_PER_LOOK_AT_CLOCK; i++) {
            state = atomic_load_explicit(&pool.state, memory_order_acquire);
            if (state >> NUMBER_SHIFT != seen) return state;
            pause_briefly();
        }
        if (oversubscribed()) break;
        int64_t now = nanoseconds();
        if (!*deadline) *deadline = now + SPIN_NANOSECONDS;
        if (now >= *deadline) break;
        if (now >= *deadline - SPIN_NANOSECONDS + ALONE_NANOSECONDS) sched_yield();
    }
    pthread_mutex_lock(&pool.mutex);
    // Sequentially consistent, like their counterparts in `publish`: either this thread sees the
    // new job or the caller sees this thread asleep.
    atomic_fetch_add(&pool.sleeping, 1);
    while ((state = atomic_load(&pool.state)) >> NUMBER_SHIFT == seen) {
        pthread_cond_wait(&pool.wake, &pool.mutex);
        *slept = true;
    }
    atomic_fetch_sub(&pool.sleeping, 1);
    pthread_mutex_unlock(&pool.mutex);
    return state;
}

// MARK: - Jobs

static void draw_tasks(void) {
    int64_t tasks = pool.tasks, task;
    while ((task = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed)) < tasks)
        pool.body(pool.context, task);
}

/// Whoever was woken wakes others, if there are seats for them.
static void wake_others(uint64_t state) {
    int seats = (int)((state & SEAT_MASK) >> SEAT_SHIFT);
    for (int i = 0; i < WOKEN_BY_ONE && i < seats && atomic_load(&pool.sleeping) > i; i++)
        pthread_cond_signal(&pool.wake);
}

static void *work(void *unused) {
    uint32_t seen = 0;
    int64_t deadline = 0;
    for (;;) {
        bool slept;
        uint64_t state = await_job(seen, &deadline, &slept);
        seen = (uint32_t)(state >> NUMBER_SHIFT);
        while (state & SEAT_MASK && state >> NUMBER_SHIFT == seen) {
            uint64_t seated = state - ((uint64_t)1 << SEAT_SHIFT) + 1;
            if (atomic_compare_exchange_weak_explicit(
                    &pool.state, &state, seated, memory_order_acquire, memory_order_relaxed)) {
                if (slept) wake_others(seated);
                draw_tasks();
                deadline = 0;
                atomic_fetch_sub_explicit(&pool.state, 1, memory_order_release);
                break;
            }
        }
    }
    return unused;
}

/// Starts workers up to `count`; fewer if the system refuses. They are never joined: they own nothing,
/// and the end of the process ends them wherever they wait.
static void start_workers(int count) {
    if (pool.started >= count) return;
    // Signals are the business of the program's own threads.
    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_t thread;
    while (pool.started < count && pthread_create(&thread, &attributes, work, NULL) == 0)
        pool.started++;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
}

static void publish(int seats) {
    uint64_t number = (atomic_load_explicit(&pool.state, memory_order_relaxed) >> NUMBER_SHIFT) + 1;
    if (number > UINT32_MAX) number = 1;
    atomic_store(&pool.state, number << NUMBER_SHIFT | (uint64_t)seats << SEAT_SHIFT);
    if (seats <= pool.started - atomic_load(&pool.sleeping)) return;
    // Passing through the mutex: no worker is then between its look at the state and its sleep.
    pthread_mutex_lock(&pool.mutex);
    pthread_mutex_unlock(&pool.mutex);
    pthread_cond_signal(&pool.wake);
}

/// Takes back the seats left and waits for the workers in the others.
static void finish(void) {
    atomic_fetch_and_explicit(&pool.state, ~SEAT_MASK, memory_order_relaxed);
    int patience = oversubscribed() ? 0 : 1000;
    while (atomic_load_explicit(&pool.state, memory_order_acquire) & WORKING_MASK) {
        if (patience-- > 0)
            pause_briefly();
        else
            sched_yield();
    }
}

int cd_workers_are_prompt(void) {
    if (cd_threads() == 1 || oversubscribed() || atomic_load_explicit(&pool.busy, memory_order_relaxed)) return 0;
    if (atomic_load_explicit(&pool.started, memory_order_relaxed) > 0
        && atomic_load_explicit(&pool.sleeping, memory_order_relaxed) == 0)
        return 1;
    // To wake one takes longer than such work itself, so only a series of it is a reason to. Once awake they
    // stay so, as each job lets them spin anew.
    static _Thread_local int64_t last;
    static _Thread_local int questions;
    const int64_t now = nanoseconds();
    questions = now - last < SPIN_NANOSECONDS ? questions + 1 : 0;
    last = now;
    return questions >= QUESTIONS_THAT_WAKE;
}

void cd_parallel(int64_t tasks, void (*body)(void *context, int64_t task), void *context) {
    int threads = tasks > 1 ? cd_threads() : 1;
    // The first look keeps nested calls, which always find the pool busy, from writing to its line.
    if (threads > 1 && !atomic_load_explicit(&pool.busy, memory_order_relaxed)
        && !atomic_exchange_explicit(&pool.busy, true, memory_order_acquire)) {
        int seats = (int)(tasks < threads ? tasks : threads) - 1;
        start_workers(seats);
        pool.tasks = tasks;
        pool.body = body;
        pool.context = context;
        atomic_store_explicit(&pool.next, 0, memory_order_relaxed);
        publish(seats);
        draw_tasks();
        finish();
        atomic_store_explicit(&pool.busy, false, memory_order_release);
        return;
    }
    for (int64_t task = 0; task < tasks; task++) body(context, task);
}
