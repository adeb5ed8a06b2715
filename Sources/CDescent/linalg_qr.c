// Householder reflections: the QR factorization.

#include "linalg.h"

enum { PANEL = 24 };

/// Makes x[1...] zero by a reflection 1 - tau v vᵀ with v[0] = 1, whose rest is left in x[1...]; x[0] becomes what
/// the reflection leaves. Steps of `step`.
static double reflector(int64_t n, double *x, int64_t step) {
    const double rest = n > 1 ? cd_norm(n - 1, x + step, step) : 0;
    if (rest == 0) return 0;
    const double first = x[0];
    const double both[2] = {first, rest};
    const double beta = -copysign(cd_norm(2, both, 1), first);
    const double difference = first - beta, tau = (beta - first) / beta;
    for (int64_t i = 1; i < n; i++) x[i * step] /= difference;
    x[0] = beta;
    return tau;
}

/// x[m, columns] = (1 - tau v vᵀ) x, v[0] being 1 whatever stands there.
static void apply(
    int64_t m, int64_t columns, const double *v, int64_t step, double tau, double *x, int64_t x_row,
    double *work) {
    if (tau == 0 || columns == 0) return;
    memcpy(work, x, (size_t)columns * 8);
    for (int64_t i = 1; i < m; i++) cd_axpy(columns, v[i * step], x + i * x_row, work);
    cd_axpy(columns, -tau, work, x);
    for (int64_t i = 1; i < m; i++) cd_axpy(columns, -tau * v[i * step], work, x + i * x_row);
}

void cd_reflect(int64_t m, int64_t n, double *a, double *tau, double *work) {
    const int64_t k = cd_least(m, n);
    // Reflections of a panel reach the columns beyond it a strip at a time, which stays in the cache.
    for (int64_t start = 0; start < k; start += PANEL) {
        const int64_t end = cd_least(start + PANEL, k);
        for (int64_t j = start; j < end; j++) {
            tau[j] = reflector(m - j, a + j * n + j, n);
            apply(m - j, end - j - 1, a + j * n + j, n, tau[j], a + j * n + j + 1, n, work);
        }
        for (int64_t strip = end; strip < n; strip += 64)
            for (int64_t j = start; j < end; j++)
                apply(
                    m - j, cd_least(64, n - strip), a + j * n + j, n, tau[j], a + j * n + strip, n, work);
    }
}

void cd_reflectors_q(
    int64_t m, int64_t n, const double *a, const double *tau, int64_t k, double *q, double *work) {
    cd_identity(m, k, q);
    for (int64_t j = cd_least(m, n) - 1; j >= 0; j--)
        if (j < k) apply(m - j, k - j, a + j * n + j, n, tau[j], q + j * k + j, k, work);
}

int cd_matrix_qr(const cd_matrix *matrix) {
    const int64_t m = matrix->integers[1], n = matrix->integers[2], k = cd_least(m, n);
    double *const a = matrix->work, *const tau = a + m * n, *const work = tau + k;
    memcpy(a, matrix->a, (size_t)(m * n) * 8);
    cd_reflect(m, n, a, tau, work);
    cd_reflectors_q(m, n, a, tau, k, matrix->out, work);
    double *const r = matrix->out + m * k;  // transposed
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < k; i++) r[j * k + i] = i <= j ? a[i * n + j] : 0;
    return CD_OK;
}
