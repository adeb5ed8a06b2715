// Internal: loops over vectors of f64, compiled for each instruction set.

#ifndef CDESCENT_LINALG_VECTORS_H
#define CDESCENT_LINALG_VECTORS_H

#include "kernels.h"

typedef struct cd_linalg_vectors_table {
    double (*dot)(int64_t n, const double *x, const double *y);
    void (*axpy)(int64_t n, double factor, const double *x, double *y);
    /// x = c x - s y and y = s x + c y
    void (*rotate)(int64_t n, double c, double s, double *x, double *y);
    /// The same for c > 0 and tau = s / (1 + c), as what a small rotation adds: the rounding of c, which is nearly 1,
    /// would make thousands of rotations stretch.
    void (*turn)(int64_t n, double s, double tau, double *x, double *y);
    /// z += p x + q y
    void (*update)(int64_t n, double p, const double *x, double q, const double *y, double *z);
} cd_linalg_vectors_table;

CD_ISA_TABLES(linalg_vectors)

#endif
