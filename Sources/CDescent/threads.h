// Internal: what the pool of threads knows besides `cd_parallel`.

#ifndef CDESCENT_THREADS_H
#define CDESCENT_THREADS_H

/// Whether work of a microsecond or two is worth sharing now: the workers are awake, or this was asked so
/// often within moments that waking them will pay.
int cd_workers_are_prompt(void);

#endif
