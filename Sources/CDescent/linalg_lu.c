// Elimination with exchanged rows: solving, inverting, determinants.

#include "linalg.h"

static void exchange(double *x, double *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        const double kept = x[i];
        x[i] = y[i];
        y[i] = kept;
    }
}

/// Columns start..<end of all rows from `start` on; rows are exchanged whole.
static void factor_panel(int64_t n, double *a, double *pivots, int64_t start, int64_t end) {
    for (int64_t j = start; j < end; j++) {
        int64_t best = j;
        double size = fabs(a[j * n + j]);
        for (int64_t i = j + 1; i < n; i++) {
            if (fabs(a[i * n + j]) > size || (isnan(a[i * n + j]) && !isnan(size))) {
                best = i;
                size = fabs(a[i * n + j]);
            }
        }
        pivots[j] = (double)best;
        if (best != j) exchange(a + j * n, a + best * n, n);
        const double pivot = a[j * n + j];
        if (pivot == 0) continue;
        for (int64_t i = j + 1; i < n; i++) {
            double *row = a + i * n;
            if (row[j] == 0) continue;
            row[j] /= pivot;
            cd_axpy(end - j - 1, -row[j], a + j * n + j + 1, row + j + 1);
        }
    }
}

void cd_lu(int64_t n, double *a, double *pivots, double *work) {
    for (int64_t start = 0; start < n; start += CD_LINALG_BLOCK) {
        const int64_t end = cd_least(start + CD_LINALG_BLOCK, n), rest = n - end;
        factor_panel(n, a, pivots, start, end);
        if (rest == 0) break;
        double *const right = a + start * n + end;
        cd_solve_triangle(
            end - start, rest, (cd_strided){a + start * (n + 1), n, 1}, 1, 1, right, n, work);
        cd_subtract_product(
            rest, rest, end - start, (cd_strided){a + end * n + start, n, 1}, (cd_strided){right, n, 1},
            a + end * (n + 1), n, work);
    }
}

int cd_lu_is_singular(int64_t n, const double *lu) {
    for (int64_t i = 0; i < n; i++)
        if (lu[i * (n + 1)] == 0) return 1;
    return 0;
}

void cd_exchange_rows(int64_t n, const double *pivots, int backward, double *x, int64_t columns) {
    for (int64_t step = 0; step < n; step++) {
        const int64_t i = backward ? n - 1 - step : step, other = (int64_t)pivots[i];
        if (other != i) exchange(x + i * columns, x + other * columns, columns);
    }
}

void cd_lu_inverse(
    int64_t n, const double *lu, const double *pivots, double *inverse, double *work) {
    cd_identity(n, n, inverse);
    cd_exchange_rows(n, pivots, 0, inverse, n);
    const cd_strided factors = {lu, n, 1};
    cd_solve_triangle(n, n, factors, 1, 1, inverse, n, work);
    cd_solve_triangle(n, n, factors, 0, 0, inverse, n, work);
}

double cd_lu_determinant(int64_t n, const double *lu, const double *pivots, int64_t *exponent) {
    double mantissa = 1;
    *exponent = 0;
    for (int64_t i = 0; i < n; i++) {
        int shift = 0, carry = 0;
        mantissa = frexp(mantissa * frexp(lu[i * (n + 1)], &shift), &carry);
        *exponent += shift + carry;
        if ((int64_t)pivots[i] != i) mantissa = -mantissa;
    }
    // Near 1, so that logarithms do not cancel.
    if (fabs(mantissa) < 0.70710678118654752) {
        mantissa *= 2;
        *exponent -= 1;
    }
    return mantissa;
}

int cd_matrix_lu(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1];
    memcpy(matrix->out, matrix->a, (size_t)(n * n) * 8);
    cd_lu(n, matrix->out, matrix->out + n * n, matrix->work);
    return CD_OK;
}

int cd_matrix_lu_solve(const cd_matrix *matrix) {
    const int64_t *i = matrix->integers, n = i[1], columns = i[2];
    const double *const lu = matrix->b, *const pivots = lu + n * n;
    double *const x = matrix->out;
    if (cd_lu_is_singular(n, lu)) return CD_SINGULAR;
    memcpy(x, matrix->c, (size_t)(n * columns) * 8);
    if (i[3]) {
        const cd_strided factors = {lu, 1, n};
        cd_solve_triangle(n, columns, factors, 1, 0, x, columns, matrix->work);
        cd_solve_triangle(n, columns, factors, 0, 1, x, columns, matrix->work);
        cd_exchange_rows(n, pivots, 1, x, columns);
    } else {
        const cd_strided factors = {lu, n, 1};
        cd_exchange_rows(n, pivots, 0, x, columns);
        cd_solve_triangle(n, columns, factors, 1, 1, x, columns, matrix->work);
        cd_solve_triangle(n, columns, factors, 0, 0, x, columns, matrix->work);
    }
    return CD_OK;
}

int cd_matrix_inverse(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1];
    double *const lu = matrix->work, *const pivots = lu + n * n, *const work = pivots + n;
    memcpy(lu, matrix->a, (size_t)(n * n) * 8);
    cd_lu(n, lu, pivots, work);
    if (cd_lu_is_singular(n, lu)) return CD_SINGULAR;
    cd_lu_inverse(n, lu, pivots, matrix->out, work);
    return CD_OK;
}

int cd_matrix_determinant(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1], part = matrix->integers[2];
    int64_t exponent;
    const double mantissa = cd_lu_determinant(n, matrix->b, matrix->b + n * n, &exponent);
    if (part == 0)
        *matrix->out = ldexp(mantissa, (int)cd_most(cd_least(exponent, 1 << 20), -(1 << 20)));
    else if (part == 1)
        *matrix->out = mantissa > 0 ? 1 : mantissa < 0 ? -1 : mantissa;
    else
        *matrix->out = log(fabs(mantissa)) + (double)exponent * 0.69314718055994530942;
    return CD_OK;
}

/// For determinants of any matrix: those of all minors, with signs. Of a matrix far from singular they are
/// det(a) · a⁻ᵀ, else they come from singular values, where no division is needed.
int cd_matrix_cofactors(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1], square = n * n;
    double *const lu = matrix->work, *const u = lu + square, *const v = u + square, *const spare = v + square;
    double *const pivots = spare + square, *const s = pivots + n, *const work = s + n;
    memcpy(lu, matrix->a, (size_t)square * 8);
    const double largest = cd_largest(square, lu);
    if (!isfinite(largest)) {
        for (int64_t e = 0; e < square; e++) matrix->out[e] = NAN;
        return CD_OK;
    }
    const int64_t scale = largest > 0 ? cd_normalize(square, lu) : 0;
    const int64_t back = cd_most(cd_least(scale * (n - 1), 1 << 20), -(1 << 20));
    memcpy(spare, lu, (size_t)square * 8);
    cd_lu(n, lu, pivots, u);
    double smallest = INFINITY;
    for (int64_t i = 0; i < n; i++) smallest = fmin(smallest, fabs(lu[i * (n + 1)]));
    int64_t exponent;
    if (smallest > 1e-6) {
        const double mantissa = cd_lu_determinant(n, lu, pivots, &exponent);
        cd_lu_inverse(n, lu, pivots, u, v);
        cd_transpose(n, n, u, matrix->out);
        for (int64_t e = 0; e < square; e++)
            matrix->out[e] = ldexp(matrix->out[e] * mantissa, (int)(exponent + back));
        return CD_OK;
    }
    const int status = cd_svd(n, n, spare, s, u, v, work);
    if (status != CD_OK) return status;
    double sign = 1;
    for (int side = 0; side < 2; side++) {
        memcpy(lu, side ? v : u, (size_t)square * 8);
        cd_lu(n, lu, pivots, spare);
        sign *= copysign(1, cd_lu_determinant(n, lu, pivots, &exponent));
    }
    // Products of all but one.
    double before = sign;
    for (int64_t i = 0; i < n; i++) {
        pivots[i] = before;
        before *= s[i];
    }
    double after = 1;
    for (int64_t i = n - 1; i >= 0; i--) {
        pivots[i] *= after;
        after *= s[i];
    }
    for (int64_t row = 0; row < n; row++)
        for (int64_t i = 0; i < n; i++) u[row * n + i] *= pivots[i];
    cd_product(n, n, n, (cd_strided){u, n, 1}, (cd_strided){v, 1, n}, matrix->out, n);
    for (int64_t e = 0; e < square; e++) matrix->out[e] = ldexp(matrix->out[e], (int)back);
    return CD_OK;
}
