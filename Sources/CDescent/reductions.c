#include "reductions.h"

#include <math.h>

const uint8_t cd_tail_mask[128] = {
    [64] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

void cd_reduction_of_nothing(int op, int dtype, void *results, int64_t count) {
    static const float f32[CD_REDUCE_COUNT] = {0, 1, -INFINITY, INFINITY};
    static const double f64[CD_REDUCE_COUNT] = {0, 1, -INFINITY, INFINITY};
    static const int32_t i32[CD_REDUCE_COUNT] = {0, 1, INT32_MIN, INT32_MAX};
    static const int64_t i64[CD_REDUCE_COUNT] = {0, 1, INT64_MIN, INT64_MAX};
    static const uint8_t bools[CD_REDUCE_COUNT] = {0, 1, 0, 1};
    const void *const values[CD_DTYPE_COUNT] = {
        f32 + op, f64 + op, i32 + op, i64 + op, bools + op};
    cd_fill(dtype, values[dtype], results, count);
}
