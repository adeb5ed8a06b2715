// A lock for what is held for some nanoseconds: one byte, taken and given back without a call.

#ifndef CDESCENT_LOCK_H
#define CDESCENT_LOCK_H

#include <stdint.h>

typedef struct cd_lock {
    uint8_t taken;
} cd_lock;

/// Waits for a lock that somebody else has: a moment busily, then letting others run.
void cd_lock_wait(cd_lock *_Nonnull lock);

static inline void cd_lock_take(cd_lock *_Nonnull lock) {
    if (__builtin_expect(__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE), 0)) cd_lock_wait(lock);
}

static inline void cd_lock_give(cd_lock *_Nonnull lock) { __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE); }

#endif
