// Random numbers: a stream of 32-bit words, four from each Philox block, is turned into numbers in parts
// that fit the cache. The kernels work on whole units of words; what does not begin or end with one
// goes through a buffer.

#include "random.h"

#include <string.h>

enum {
    WORDS = 2048,  // of a part; a multiple of CD_RANDOM_UNIT
    SHARED = 32768,  // numbers from which on threads share
};

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

typedef struct random_job {
    void (*numbers)(const uint32_t *words, void *numbers, int64_t n);
    void (*words)(uint64_t seed, uint64_t block, uint32_t *words, int64_t n);
    uint64_t seed, start;
    char *destination;
    int64_t n, bytes, words_per_number;
} random_job;

// 32 bits of a word in a number of 64 bits.
static void widen(const uint32_t *words, void *numbers, int64_t n) {
    uint64_t *number = numbers;
    for (int64_t i = 0; i < n; i++) number[i] = words[i];
}

static void fill_part(void *context, int64_t task) {
    const random_job *job = context;
    uint32_t words[WORDS] __attribute__((aligned(64)));
    char buffer[WORDS * 8] __attribute__((aligned(64)));
    const int64_t per_block = CD_RANDOM_WORDS / job->words_per_number;
    const int64_t end = least((task + 1) * CD_TASK, job->n);
    for (int64_t at = task * CD_TASK; at < end;) {
        const uint64_t position = job->start + (uint64_t)at;
        const uint64_t block = position / (uint64_t)per_block;
        const int64_t skip = (int64_t)(position % (uint64_t)per_block);
        const int64_t room = WORDS / job->words_per_number - skip;
        const int64_t count = least(end - at, room);
        const int64_t used = (skip + count) * job->words_per_number;
        const int64_t whole = (used + CD_RANDOM_UNIT - 1) / CD_RANDOM_UNIT * CD_RANDOM_UNIT;
        char *to = job->destination + at * job->bytes;
        job->words(job->seed, block, words, whole);
        if (skip == 0 && whole == used) {
            job->numbers(words, to, whole);
        } else {
            job->numbers(words, buffer, whole);
            memcpy(to, buffer + skip * job->bytes, (size_t)(count * job->bytes));
        }
        at += count;
    }
}

static void fill(random_job *job) {
    const int64_t tasks = (job->n + CD_TASK - 1) / CD_TASK;
    if (job->n >= SHARED && tasks > 1) cd_parallel(tasks, fill_part, job);
    else
        for (int64_t i = 0; i < tasks; i++) fill_part(job, i);
}

void cd_random(int kind, int dtype, uint64_t seed, uint64_t start, void *destination, int64_t n) {
    const cd_random_kernels_table *table = cd_random_kernels();
    const int wide = dtype == CD_F64;
    random_job job = {
        .numbers = table->numbers[kind][wide], .words = table->words, .seed = seed, .start = start,
        .destination = destination, .n = n, .bytes = wide ? 8 : 4,
        .words_per_number = wide ? 2 : 1};
    fill(&job);
}

void cd_random_bits(uint64_t seed, uint64_t start, uint64_t *destination, int64_t n) {
    random_job job = {
        .numbers = widen, .words = cd_random_kernels()->words, .seed = seed, .start = start,
        .destination = (char *)destination, .n = n, .bytes = 8, .words_per_number = 1};
    fill(&job);
}
