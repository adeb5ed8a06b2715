// Singular values: one-sided Jacobi rotations on the rows of R, after a QR factorization.
//
// Jacobi rotations find small singular values to high relative accuracy where other methods find them only to
// within rounding of the largest.

#include "linalg.h"

enum { MOST_SWEEPS = 60 };

static void exchange(int64_t n, double *x, double *y) {
    for (int64_t i = 0; i < n; i++) {
        const double kept = x[i];
        x[i] = y[i];
        y[i] = kept;
    }
}

/// Rotates rows of w[k, n] until they are orthogonal, and those of j[k, k] alike.
static int orthogonalize(int64_t k, int64_t n, double *w, double *j, double *squares) {
    const double tolerance = DBL_EPSILON * (4 + sqrt((double)n));
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
        int rotations = 0;
        for (int64_t i = 0; i < k; i++) {
            squares[i] = cd_dot(n, w + i * n, w + i * n);
            // Nothing beside the largest, which is about 1; its square would lose its digits.
            if (squares[i] < 1e-280 && squares[i] >= 0) {
                memset(w + i * n, 0, (size_t)n * 8);
                squares[i] = 0;
            }
        }
        for (int64_t p = 0; p + 1 < k; p++) {
            for (int64_t q = p + 1; q < k; q++) {
                double *const x = w + p * n, *const y = w + q * n;
                if (squares[p] < squares[q]) {
                    exchange(n, x, y);
                    exchange(k, j + p * k, j + q * k);
                    const double kept = squares[p];
                    squares[p] = squares[q];
                    squares[q] = kept;
                }
                if (squares[q] == 0) continue;
                const double product = cd_dot(n, x, y);
                if (fabs(product) <= tolerance * sqrt(squares[p]) * sqrt(squares[q])) continue;
                rotations++;
                const double zeta = (squares[q] - squares[p]) / (2 * product);
                const double t = copysign(1, zeta) / (fabs(zeta) + hypot(zeta, 1));
                const double c = 1 / sqrt(1 + t * t), s = c * t, tau = s / (1 + c);
                cd_vectors->turn(n, s, tau, x, y);
                cd_vectors->turn(k, s, tau, j + p * k, j + q * k);
                squares[p] -= t * product;
                // The difference may cancel, and then says little.
                squares[q] = cd_dot(n, y, y);
            }
        }
        if (rotations == 0) return CD_OK;
    }
    return CD_NO_CONVERGENCE;
}

/// Rows `done`... of x[k, n] become unit vectors orthogonal to all rows before.
static void complete(int64_t k, int64_t n, int64_t done, double *x) {
    for (int64_t row = done; row < k; row++) {
        // The axis that the rows before cover least.
        int64_t axis = 0;
        double least = INFINITY;
        for (int64_t c = 0; c < n; c++) {
            double covered = 0;
            for (int64_t r = 0; r < row; r++) covered += x[r * n + c] * x[r * n + c];
            if (covered < least) {
                least = covered;
                axis = c;
            }
        }
        double *const own = x + row * n;
        memset(own, 0, (size_t)n * 8);
        own[axis] = 1;
        for (int pass = 0; pass < 2; pass++)
            for (int64_t r = 0; r < row; r++) cd_axpy(n, -cd_dot(n, own, x + r * n), x + r * n, own);
        cd_scale(n, 1 / cd_norm(n, own, 1), own);
    }
}

// A copy and Q (2 m k), rows and J (2 k k), tau, squares, and what reflections need.
int64_t cd_svd_work(int64_t m, int64_t n) {
    const int64_t longer = cd_most(m, n), k = cd_least(m, n);
    return 2 * longer * k + 2 * k * k + 2 * k + cd_reflect_work(longer, k);
}

/// The same for m >= n, where a is overwritten.
static int tall(
    int64_t m, int64_t n, double *a, double *s, double *u, double *v, double *work) {
    double *const q = work, *const w = q + m * n, *const j = w + n * n, *const tau = j + n * n;
    double *const squares = tau + n, *const space = squares + n;
    const int exponent = cd_normalize(m * n, a);
    cd_reflect(m, n, a, tau, space);
    cd_reflectors_q(m, n, a, tau, q, space);
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < n; c++) w[r * n + c] = c < r ? 0 : a[r * n + c];
    cd_identity(n, n, j);
    const int status = orthogonalize(n, n, w, j, squares);
    if (status != CD_OK) return status;
    // In descending order: what rotations leave is nearly so.
    int64_t done = 0;
    for (int64_t i = 0; i < n; i++) {
        s[i] = cd_norm(n, w + i * n, 1);
        done += s[i] > 0;
        for (int64_t r = i; r > 0 && s[r - 1] < s[r]; r--) {
            exchange(1, s + r - 1, s + r);
            exchange(n, w + (r - 1) * n, w + r * n);
            exchange(n, j + (r - 1) * n, j + r * n);
        }
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t c = 0; i < done && c < n; c++) w[i * n + c] /= s[i];
        s[i] = ldexp(s[i], exponent);
    }
    complete(n, n, done, w);
    cd_transpose(n, n, w, v);
    cd_product(m, n, n, (cd_strided){q, n, 1}, (cd_strided){j, 1, n}, u, n);
    return CD_OK;
}

int cd_svd(
    int64_t m, int64_t n, const double *a, double *s, double *u, double *v, double *work) {
    const int64_t k = cd_least(m, n);
    if (!isfinite(cd_largest(m * n, a))) {
        for (int64_t i = 0; i < k; i++) s[i] = NAN;
        for (int64_t i = 0; i < m * k; i++) u[i] = NAN;
        for (int64_t i = 0; i < n * k; i++) v[i] = NAN;
        return CD_OK;
    }
    double *const copy = work, *const rest = work + m * n;
    if (m < n) {
        cd_transpose(m, n, a, copy);
        return tall(n, m, copy, s, v, u, rest);
    }
    memcpy(copy, a, (size_t)(m * n) * 8);
    return tall(m, n, copy, s, u, v, rest);
}

int cd_matrix_svd(const cd_matrix *matrix) {
    const int64_t m = matrix->integers[1], n = matrix->integers[2], k = cd_least(m, n);
    double *const s = matrix->out, *const u = s + k, *const v = u + m * k;
    return cd_svd(m, n, matrix->a, s, u, v, matrix->work);
}

int cd_matrix_pinverse(const cd_matrix *matrix) {
    const int64_t m = matrix->integers[1], n = matrix->integers[2], k = cd_least(m, n);
    double cutoff;
    memcpy(&cutoff, &matrix->integers[3], 8);
    double *const s = matrix->work, *const u = s + k, *const v = u + m * k, *const work = v + n * k;
    const int status = cd_svd(m, n, matrix->a, s, u, v, work);
    if (status != CD_OK) return status;
    const double least = k > 0 ? cutoff * s[0] : 0;
    for (int64_t i = 0; i < k; i++) s[i] = s[i] > least || isnan(s[i]) ? 1 / s[i] : 0;
    for (int64_t r = 0; r < n; r++)
        for (int64_t i = 0; i < k; i++) v[r * k + i] *= s[i];
    cd_product(n, m, k, (cd_strided){v, k, 1}, (cd_strided){u, 1, k}, matrix->out, m);
    return CD_OK;
}
