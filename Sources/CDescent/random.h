// Internal: the kernels of the random numbers.

#ifndef CDESCENT_RANDOM_H
#define CDESCENT_RANDOM_H

#include "kernels.h"

enum {
    CD_RANDOM_WORDS = 4,  // words of a Philox block
    CD_RANDOM_UNIT = 32,  // words that kernels work on at a time
};

typedef struct cd_random_table {
    /// Words of the blocks from `block` on. `n`, of all these kernels, counts words and is a multiple of
    /// CD_RANDOM_UNIT.
    void (*words)(uint64_t seed, uint64_t block, uint32_t *words, int64_t n);
    /// By kind and type: one word to a float32, two to a float64.
    void (*numbers[2][2])(const uint32_t *words, void *numbers, int64_t n);
} cd_random_kernels_table;

CD_ISA_TABLES(random_kernels)

#endif
