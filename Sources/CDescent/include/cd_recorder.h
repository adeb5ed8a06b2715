// What recording keeps for each thread. It is C because Swift has no thread-local variables that a
// function can reach without a call into the runtime, and every recorded node passes here.

#ifndef CDESCENT_RECORDER_H
#define CDESCENT_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cd_recorder {
    /// The number the next node gets; nodes of one thread count upwards. Blocks of 2^32 numbers are
    /// handed out to threads, so that no two nodes of a process share one. 0: no block yet.
    uint64_t serial;
    /// The serial at which the innermost running tape began (or resumed) recording; 0: none runs.
    uint64_t recording;
    /// The serial at which recording last began or ended on this thread.
    uint64_t boundary;
    /// How many tapes of this thread watch a number written in the source.
    uint64_t literals;
    /// The first of the nodes that this thread keeps for reuse.
    void *_Nullable spares;
    /// How many these are, and how many at most; 0: none are kept, or not yet.
    uint32_t spare_count, spare_limit;
    /// Whether the thread is about to end.
    bool spares_ended;
    /// Who wants to see the plans that this thread runs; 0: nobody.
    uint64_t tracing;
    /// How often something happened that the record of a function being traced does not show: a value that depends on
    /// its arguments was computed, or a variable changed.
    uint64_t surprises;
    /// How often this thread has looked at a value, or had one computed.
    uint64_t looks;
    /// Who gives stand-ins of a formula their values, when one is looked at: an object of Swift, or NULL.
    void *_Nullable stand_ins;
    /// Who stands in for variables that are read: an object of Swift; NULL where they are read themselves.
    void *_Nullable captures;
    /// How many calls of `checkNumerics` this thread is in.
    uint64_t checking;
    /// The thread's random seed, and how many seeds it has given to those who had none.
    uint64_t seed, seeds_given;
    /// How many backward passes this thread is in.
    uint64_t passes;
} cd_recorder;

// The small and fixed size may be had without a call: that is what this model of thread-local memory is for.
#if defined(__ELF__)
#define CD_FAST_TLS __attribute__((tls_model("initial-exec")))
#else
#define CD_FAST_TLS
#endif

extern _Thread_local cd_recorder cd_recorder_of_thread CD_FAST_TLS;

/// Takes a new block of serial numbers for this thread; returns its first.
uint64_t cd_recorder_renew(void);

/// This thread's state.
static inline cd_recorder *_Nonnull cd_recorder_current(void) { return &cd_recorder_of_thread; }

/// Whether all threads check every result for NaN and infinity; touched atomically.
extern int cd_all_threads_check;

static inline int cd_all_threads_are_checked(void) {
    return __atomic_load_n(&cd_all_threads_check, __ATOMIC_RELAXED);
}

/// Whether this thread does.
static inline int cd_checks_numerics(void) {
    return cd_recorder_of_thread.checking != 0 || cd_all_threads_are_checked();
}

/// Makes all threads check, or only those that say so themselves.
static inline void cd_check_on_all_threads(int check) {
    __atomic_store_n(&cd_all_threads_check, check, __ATOMIC_RELAXED);
}

/// The next serial number of this thread.
static inline uint64_t cd_recorder_next(void) {
    uint64_t serial = cd_recorder_of_thread.serial;
    if (__builtin_expect((serial & 0xFFFFFFFFu) == 0, 0)) serial = cd_recorder_renew();
    cd_recorder_of_thread.serial = serial + 1;
    return serial;
}

/// A number that this thread has used beside tensors, and the object that stands for it.
typedef struct cd_number {
    uint64_t bits;
    void *_Nullable object;
    uint8_t dtype;
} cd_number;

enum { CD_NUMBERS = 64 };

/// This thread's table of CD_NUMBERS numbers, empty at first. When the thread ends, `release` is called for every
/// object in it.
cd_number *_Nonnull cd_numbers_of_thread(void (*_Nonnull release)(void *_Nonnull object));

/// Lets this thread keep spare nodes, if that is wanted at all. When the thread ends `free_all` is called.
void cd_spares_begin(void (*_Nonnull free_all)(void));

/// Lets other threads run for a moment.
void cd_pause(void);

/// Strong references to a Swift object, from the Swift runtime. The engine asks whether a value that
/// was not wanted is held by somebody all the same (then it is kept instead of computed again).
extern size_t swift_retainCount(void *_Nonnull object);

/// The Swift runtime's release for a reference that is not shared between threads.
extern void swift_nonatomic_release(void *_Nonnull object);

/// Whether the caller's reference is the only one; whatever other owners did is seen from then on.
static inline bool cd_is_last_owner(void *_Nonnull object) {
    const bool is_last = swift_retainCount(object) == 1;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return is_last;
}

/// Gives up the only reference to an object: nobody can compete, so no atomic operation is needed.
static inline void cd_release_last(void *_Nonnull object) { swift_nonatomic_release(object); }

#endif
