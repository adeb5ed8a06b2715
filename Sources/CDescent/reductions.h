// Internal: the kernels that fold elements, one record for each operation and type.
//
// A fold goes through three kinds of numbers. Elements are folded in a fixed arrangement of lanes, at most
// CD_BLOCK elements at a time; what a block comes to is folded into a total; totals are merged in
// order and finished into results. A total is wider than the elements where that pays: float64 for
// the sums and products of float32, a float64 with the rounding error beside it for the sums of
// float64. The arrangement depends on the number of elements alone, never on the instruction set, so
// that every set gives the same bits.

#ifndef CDESCENT_REDUCTIONS_H
#define CDESCENT_REDUCTIONS_H

#include "kernels.h"

enum {
    CD_REDUCE_COUNT = 4,
    /// Bytes that a total takes: `count` totals are an array of values (8 bytes each at most) and,
    /// from byte 8 * count on, an array of their rounding errors.
    CD_TOTAL_BYTES = 16,
    /// Bytes that a lane takes at most.
    CD_LANE_BYTES = 8,
};

typedef struct cd_fold_kernels {
    /// `count` totals of nothing yet.
    void (*start)(void *totals, int64_t count);
    /// Folds n <= CD_BLOCK elements into one total.
    void (*block)(const void *x, int64_t n, void *total);
    /// Folds whole rows of extent <= CD_BLOCK elements into finished results.
    void (*rows)(const void *x, int64_t rows, int64_t extent, void *results);
    /// `lanes[i % width] = fold(lanes[i % width], x[i])`
    void (*lanes)(const void *x, int64_t n, int64_t width, void *lanes);
    /// `width` lanes of nothing yet.
    void (*clear)(void *lanes, int64_t width);
    /// Folds `width` lanes into `count` totals: lane i belongs to total i % count.
    void (*flush)(const void *lanes, int64_t width, int64_t count, void *totals);
    /// Folds `count` totals into as many others.
    void (*merge)(const void *others, int64_t count, void *totals);
    /// Rounds totals to results.
    void (*finish)(const void *totals, int64_t count, void *results);
} cd_fold_kernels;

typedef struct cd_reductions_table {
    const cd_fold_kernels *fold[CD_REDUCE_COUNT][CD_DTYPE_COUNT];
} cd_reductions_table;

extern const cd_fold_kernels cd_f32_prod_kernels_baseline, cd_f64_prod_kernels_baseline,
    cd_i32_prod_kernels_baseline, cd_i64_prod_kernels_baseline;

CD_ISA_TABLES(reductions)

/// 64 bytes read at k mask out all but the last k bytes of a vector.
extern const uint8_t cd_tail_mask[128];
typedef uint8_t cd_mask_vector __attribute__((ext_vector_type(64), aligned(1)));

/// The results of folding nothing: 0, 1, the lowest, the highest value.
void cd_reduction_of_nothing(int op, int dtype, void *results, int64_t count);

#endif
