// Internal: the tables through which the drivers reach the kernels of one instruction set.
//
// Each family of kernels is one header (`elementwise.inc.h`, `reductions.inc.h`, `matmul.inc.h`) that
// knows nothing of instruction sets beyond the macros of `isa.h`; a source file per family and
// instruction set includes it and defines that family's table.

#ifndef CDESCENT_KERNELS_H
#define CDESCENT_KERNELS_H

#include "CDescent.h"

// The fields of the tables below; `scalars` selects among forms as in CDescent.h.
typedef void (*cd_unary_kernel)(const void *x, void *y, int64_t n);
typedef int (*cd_binary_kernel)(const void *a, const void *b, void *y, int64_t n);
typedef void (*cd_select_kernel)(
    const uint8_t *condition, const void *a, const void *b, void *y, int64_t n);

// Two operations in one pass: a and b, and what that gives with c.
typedef void (*cd_pair_kernel)(const void *a, const void *b, const void *c, void *y, int64_t n);
enum { CD_PAIR_ADD, CD_PAIR_SUB, CD_PAIR_MUL, CD_PAIR_FIRST_COUNT };
enum {
    CD_PAIR_THEN_ADD, CD_PAIR_THEN_SUB, CD_PAIR_THEN_SUB_FROM, CD_PAIR_THEN_MUL, CD_PAIR_THEN_DIV,
    CD_PAIR_THEN_DIV_INTO, CD_PAIR_THEN_NEGATE, CD_PAIR_THEN_SQUARE, CD_PAIR_THEN_SQRT, CD_PAIR_SECOND_COUNT
};

typedef struct cd_elementwise_table {
    cd_unary_kernel unary[CD_UNARY_COUNT][CD_DTYPE_COUNT];
    cd_binary_kernel binary[CD_BINARY_COUNT][CD_DTYPE_COUNT][3];  // vector-vector, scalar a, scalar b
    cd_select_kernel select[CD_DTYPE_COUNT][4];                   // by `scalars` & 3
    // Floats only; by which of a, b and c are scalars. A scalar a of ADD and MUL is written as b, and c counts as
    // one where nothing is read.
    cd_pair_kernel pairs[CD_F64 + 1][CD_PAIR_FIRST_COUNT][CD_PAIR_SECOND_COUNT][8];
} cd_elementwise_table;

#if defined(__x86_64__)
#define CD_ISA_TABLES(family) \
    extern const cd_##family##_table cd_##family##_baseline, cd_##family##_avx2, \
        cd_##family##_avx512; \
    static inline const cd_##family##_table *cd_##family(void) { \
        static const cd_##family##_table *const tables[CD_ISA_COUNT] = { \
            &cd_##family##_baseline, &cd_##family##_avx2, &cd_##family##_avx512}; \
        return tables[cd_isa()]; \
    }
#else
#define CD_ISA_TABLES(family) \
    extern const cd_##family##_table cd_##family##_baseline; \
    static inline const cd_##family##_table *cd_##family(void) { \
        return &cd_##family##_baseline; \
    }
#endif

CD_ISA_TABLES(elementwise)

#endif
