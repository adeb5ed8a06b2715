// The yardstick of benchmarks: loops that do nothing but what they measure, for the instruction set in use.

#ifndef CD_MACHINE_H
#define CD_MACHINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The sum of `x` and `y`: 2n numbers read. `n` is a multiple of 256, `x` and `y` are aligned to 64 bytes.
float cd_machine_read(const float *x, const float *y, int64_t n);
/// `y[i] += x[i]`: 2n numbers read, n written. `n` and alignment as above.
void cd_machine_update(const float *x, float *y, int64_t n);
/// Multiplies and adds `rounds` times in registers; sets `operations` to how many multiplications and additions of
/// single numbers that were. Returns something that depends on all of them.
float cd_machine_multiply_add(int64_t rounds, int64_t *operations);

#ifdef __cplusplus
}
#endif

#endif
