// Internal: one matrix at a time, in f64 and row-major order.
//
// f32 matrices are widened, worked on and rounded once at the end: the result is as exact as f32 can hold, and
// there is one source for both types.

#ifndef CDESCENT_LINALG_H
#define CDESCENT_LINALG_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg_vectors.h"
#include "routines.h"

enum {
    /// Columns that are factored before the rest is brought up to date by a matrix product.
    CD_LINALG_BLOCK = 48,
};

/// A matrix with strides, for views of triangles and their transposes.
typedef struct cd_strided {
    const double *at;
    int64_t row, column;
} cd_strided;

/// The kernels of this thread's job: those that the caller of the routine had in use.
extern _Thread_local const cd_linalg_vectors_table *cd_vectors;

/// Σ x y
static inline double cd_dot(int64_t n, const double *x, const double *y) { return cd_vectors->dot(n, x, y); }

/// y += factor x
static inline void cd_axpy(int64_t n, double factor, const double *x, double *y) {
    if (n >= 8) {
        cd_vectors->axpy(n, factor, x, y);
        return;
    }
    for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

/// x = c x - s y and y = s x + c y
static inline void cd_rotate(int64_t n, double c, double s, double *x, double *y) {
    cd_vectors->rotate(n, c, s, x, y);
}

static inline void cd_scale(int64_t n, double factor, double *x) {
    for (int64_t i = 0; i < n; i++) x[i] *= factor;
}

/// The largest magnitude; NaN if any element is, infinity likewise.
double cd_largest(int64_t n, const double *x);
/// The Euclidean norm without overflow or underflow on the way.
double cd_norm(int64_t n, const double *x, int64_t step);
/// Scales so that the largest magnitude lies in [1/2, 1), and answers the exponent to undo it: exact but for
/// elements that are nothing beside the largest. Elements must be finite.
int cd_normalize(int64_t n, double *x);
void cd_transpose(int64_t rows, int64_t columns, const double *x, double *y);
void cd_symmetrize(int64_t n, const double *a, double *symmetric);
void cd_identity(int64_t rows, int64_t columns, double *x);

/// c[m, n] (rows `c_row` apart) = a[m, k] · b[k, n].
void cd_product(
    int64_t m, int64_t n, int64_t k, cd_strided a, cd_strided b, double *c, int64_t c_row);
/// c -= a · b, through `product`, which holds m * n numbers.
void cd_subtract_product(
    int64_t m, int64_t n, int64_t k, cd_strided a, cd_strided b, double *c, int64_t c_row, double *product);

/// x[n, columns] = a⁻¹ x for a triangle; `work` holds n * columns numbers.
void cd_solve_triangle(
    int64_t n, int64_t columns, cd_strided a, int lower, int unit, double *x, int64_t x_row, double *work);

/// Factors a[n, n] in place, `pivots[i]` being the row that was exchanged with row i; `work`: n * n numbers.
void cd_lu(int64_t n, double *a, double *pivots, double *work);
int cd_lu_is_singular(int64_t n, const double *lu);
void cd_exchange_rows(int64_t n, const double *pivots, int backward, double *x, int64_t columns);
/// a⁻¹ from its factors.
void cd_lu_inverse(
    int64_t n, const double *lu, const double *pivots, double *inverse, double *work);
/// The determinant as mantissa · 2^exponent.
double cd_lu_determinant(int64_t n, const double *lu, const double *pivots, int64_t *exponent);

/// Numbers of work space for reflections of a[m, n].
int64_t cd_reflect_work(int64_t m, int64_t n);
/// a[m, n] becomes R above the diagonal and reflectors below it, whose factors go to `tau`.
void cd_reflect(int64_t m, int64_t n, double *a, double *tau, double *work);
/// The first k = min(m, n) columns of Q as q[m, k].
void cd_reflectors_q(
    int64_t m, int64_t n, const double *a, const double *tau, double *q, double *work);

/// Numbers of work space for `cd_svd`.
int64_t cd_svd_work(int64_t m, int64_t n);
/// Singular values, u[m, k], v[n, k]. NaN or infinity in a gives NaN everywhere.
int cd_svd(
    int64_t m, int64_t n, const double *a, double *s, double *u, double *v, double *work);

/// One matrix: its inputs, its output, and work space as `measure` of the routine says.
typedef struct cd_matrix {
    const int64_t *integers;
    const double *a, *b, *c;
    double *out, *work;
} cd_matrix;

int cd_matrix_cholesky(const cd_matrix *matrix);
int cd_matrix_triangular(const cd_matrix *matrix);
int cd_matrix_lu(const cd_matrix *matrix);
int cd_matrix_lu_solve(const cd_matrix *matrix);
int cd_matrix_inverse(const cd_matrix *matrix);
int cd_matrix_determinant(const cd_matrix *matrix);
int cd_matrix_cofactors(const cd_matrix *matrix);
int cd_matrix_qr(const cd_matrix *matrix);
int cd_matrix_eigh(const cd_matrix *matrix);
int cd_matrix_svd(const cd_matrix *matrix);
int cd_matrix_pinverse(const cd_matrix *matrix);
int cd_matrix_expm(const cd_matrix *matrix);

#endif
