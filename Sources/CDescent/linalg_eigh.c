// Eigenvalues of symmetric matrices: reflections to three diagonals, then implicit QL steps with shifts.

#include "linalg.h"

enum { MOST_STEPS = 60 };

/// a (all of it) becomes tridiagonal: `d` and, between d[i] and d[i + 1], `e[i]`. The reflection that cleared row i
/// is left in a[i][i + 1...], its factor in tau[i].
static void tridiagonalize(int64_t n, double *a, double *d, double *e, double *tau, double *work) {
    for (int64_t i = 0; i + 1 < n; i++) {
        const int64_t rest = n - i - 1;
        double *const x = a + i * n + i + 1;
        d[i] = a[i * (n + 1)];
        const double tail = rest > 1 ? cd_norm(rest - 1, x + 1, 1) : 0;
        if (tail == 0) {
            tau[i] = 0;
            e[i] = x[0];
            continue;
        }
        const double both[2] = {x[0], tail};
        const double beta = -copysign(cd_norm(2, both, 1), x[0]), difference = x[0] - beta;
        tau[i] = (beta - x[0]) / beta;
        for (int64_t j = 1; j < rest; j++) x[j] /= difference;
        x[0] = 1;
        e[i] = beta;
        // b - v wᵀ - w vᵀ with w = p - (tau / 2)(pᵀ v) v and p = tau b v.
        double *const b = a + (i + 1) * (n + 1);
        for (int64_t j = 0; j < rest; j++) work[j] = tau[i] * cd_dot(rest, b + j * n, x);
        cd_axpy(rest, -0.5 * tau[i] * cd_dot(rest, work, x), x, work);
        for (int64_t j = 0; j < rest; j++) {
            double *const row = b + j * n;
            cd_vectors->update(rest, -x[j], work, -work[j], x, row);
        }
    }
    if (n > 0) d[n - 1] = a[(n - 1) * (n + 1)];
}

/// Rows of z: the transposed product of the reflections.
static void accumulate(int64_t n, const double *a, const double *tau, double *z, double *work) {
    cd_identity(n, n, z);
    for (int64_t i = n - 2; i >= 0; i--) {
        if (tau[i] == 0) continue;
        // z has a block in its last rows and columns so far; it is worked on transposed.
        const double *const v = a + i * n + i + 1;
        const int64_t rest = n - i - 1;
        for (int64_t r = i + 1; r < n; r++) work[r] = tau[i] * cd_dot(rest, z + r * n + i + 1, v);
        for (int64_t r = i + 1; r < n; r++) cd_axpy(rest, -work[r], v, z + r * n + i + 1);
    }
}

/// One QL step on rows low...high.
static void step(int64_t n, int64_t low, int64_t high, double *d, double *e, double *z) {
    // The eigenvalue of the first two rows that is nearer to d[low].
    const double half = (d[low + 1] - d[low]) / (2 * e[low]);
    double g = d[high] - d[low] + e[low] / (half + copysign(hypot(half, 1), half));
    double s = 1, c = 1, p = 0;
    for (int64_t i = high - 1; i >= low; i--) {
        const double f = s * e[i], b = c * e[i];
        const double r = hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[high] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const double q = (d[i] - g) * s + 2 * c * b;
        p = s * q;
        d[i + 1] = g + p;
        g = c * q - b;
        cd_rotate(n, c, s, z + i * n, z + (i + 1) * n);
    }
    d[low] -= p;
    e[low] = g;
    e[high] = 0;
}

/// d becomes the eigenvalues and the rows of z the vectors. e has n numbers, the last is scratch.
static int diagonalize(int64_t n, double *d, double *e, double *z) {
    if (n > 0) e[n - 1] = 0;
    for (int64_t low = 0; low < n; low++) {
        for (int steps = 0;; steps++) {
            int64_t high = low;
            while (high + 1 < n) {
                const double beside = fabs(d[high]) + fabs(d[high + 1]);
                if (fabs(e[high]) <= 0.5 * DBL_EPSILON * beside || fabs(e[high]) < 1e-290) break;
                high++;
            }
            if (high == low) break;
            if (steps == MOST_STEPS) return CD_NO_CONVERGENCE;
            step(n, low, high, d, e, z);
        }
    }
    return CD_OK;
}

int cd_matrix_eigh(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1];
    double *const a = matrix->work, *const z = a + n * n, *const d = z + n * n;
    double *const e = d + n, *const tau = e + n, *const work = tau + n;
    double *const values = matrix->out, *const vectors = values + n;
    cd_symmetrize(n, matrix->a, a);
    const double largest = cd_largest(n * n, a);
    if (!isfinite(largest)) {
        for (int64_t i = 0; i < n * (n + 1); i++) matrix->out[i] = NAN;
        return CD_OK;
    }
    const int exponent = cd_normalize(n * n, a);
    tridiagonalize(n, a, d, e, tau, work);
    accumulate(n, a, tau, z, work);
    const int status = diagonalize(n, d, e, z);
    if (status != CD_OK) return status;
    // Ascending; positions travel in `work`.
    for (int64_t i = 0; i < n; i++) {
        int64_t place = i;
        while (place > 0 && d[(int64_t)work[place - 1]] > d[i]) {
            work[place] = work[place - 1];
            place--;
        }
        work[place] = (double)i;
    }
    for (int64_t i = 0; i < n; i++) {
        const int64_t from = (int64_t)work[i];
        values[i] = ldexp(d[from], exponent);
        for (int64_t r = 0; r < n; r++) vectors[r * n + i] = z[from * n + r];
    }
    return CD_OK;
}
