// What the processor can do at best.

#include "kernels.h"

#define CD_LEVEL 0
#include "isa_begin.h"
#include "machine.inc.h"
#include "isa_end.h"
#undef CD_LEVEL

#if defined(__x86_64__)
#define CD_LEVEL 1
#include "isa_begin.h"
#include "machine.inc.h"
#include "isa_end.h"
#undef CD_LEVEL

#define CD_LEVEL 2
#include "isa_begin.h"
#include "machine.inc.h"
#include "isa_end.h"
#undef CD_LEVEL

#define CHOOSE(name, ...)                                             \
    (cd_isa() == CD_ISA_AVX512 ? name##_avx512(__VA_ARGS__)           \
     : cd_isa() == CD_ISA_AVX2 ? name##_avx2(__VA_ARGS__)             \
                               : name##_baseline(__VA_ARGS__))
#else
#define CHOOSE(name, ...) name##_baseline(__VA_ARGS__)
#endif

float cd_machine_read(const float *x, const float *y, int64_t n) { return CHOOSE(read, x, y, n); }

void cd_machine_update(const float *x, float *y, int64_t n) { CHOOSE(update, x, y, n); }

float cd_machine_multiply_add(int64_t rounds, int64_t *operations) {
    return CHOOSE(multiply_add, rounds, operations);
}
