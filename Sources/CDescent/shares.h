// Internal: work that lies in a row, shared out.
//
// Each worker has a range of its own and helps in the others' when it is through. From memory that gives a quarter more
// than to take turns: every worker walks through a stretch of its own, and pages are far apart. And what a worker's
// cache holds is what it needs again the next time.

#ifndef CDESCENT_SHARES_H
#define CDESCENT_SHARES_H

#include <stdatomic.h>
#include <stdint.h>

/// The range of one worker, in a cache line of its own.
typedef struct cd_share {
    _Atomic int64_t next;
    int64_t end;
} cd_share;

/// Range `index` of `workers` of 0..<count.
static inline void cd_share_out(cd_share *share, int64_t index, int64_t workers, int64_t count) {
    atomic_init(&share->next, count / workers * index + (index < count % workers ? index : count % workers));
    index++;
    share->end = count / workers * index + (index < count % workers ? index : count % workers);
}

/// The next of a range, or -1.
static inline int64_t cd_share_draw(cd_share *share) {
    // The first look keeps those who come last from writing to the line.
    if (atomic_load_explicit(&share->next, memory_order_relaxed) >= share->end) return -1;
    const int64_t drawn = atomic_fetch_add_explicit(&share->next, 1, memory_order_relaxed);
    return drawn < share->end ? drawn : -1;
}

/// Where a worker looks for work: in its own range first. Each range is taken in order, so when somebody has drawn a piece of
/// it, the pieces before it have been drawn too.
typedef struct cd_drawer {
    char *first;  // the share of worker 0
    int64_t stride;
    int64_t own, workers, passed;
} cd_drawer;

/// Something to do, or -1.
static inline int64_t cd_draw(cd_drawer *drawer) {
    for (; drawer->passed < drawer->workers; drawer->passed++) {
        const int64_t range = (drawer->own + drawer->passed) % drawer->workers;
        const int64_t drawn = cd_share_draw((cd_share *)(drawer->first + range * drawer->stride));
        if (drawn >= 0) return drawn;
    }
    return -1;
}

#endif
