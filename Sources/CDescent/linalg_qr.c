// Householder reflections: the QR factorization.

#include "linalg.h"

enum {
    /// Reflections that are applied to the columns beyond them at once, by matrix products.
    PANEL = 24,
};

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

/// Reflections start..<end as one: 1 - v t vᵀ, with v[rows, panel] and t an upper triangle.
typedef struct block {
    int64_t rows, panel;
    double *v, *t, *w, *product;
} block;

int64_t cd_reflect_work(int64_t m, int64_t n) { return m * n + m * PANEL + 2 * PANEL * PANEL + 2 * PANEL * n; }

/// Takes the reflections that stand in columns start..<end of a[m, n].
static block gather(
    int64_t m, int64_t n, const double *a, const double *tau, int64_t start, int64_t end, double *work) {
    block b = {.rows = m - start, .panel = end - start};
    b.v = work;
    b.t = b.v + m * PANEL;
    double *const gram = b.t + PANEL * PANEL;
    b.w = gram + PANEL * PANEL;
    b.product = b.w + 2 * PANEL * n;
    const int64_t k = b.panel;
    for (int64_t i = 0; i < b.rows; i++)
        for (int64_t j = 0; j < k; j++)
            b.v[i * k + j] = i < j ? 0 : i == j ? 1 : a[(start + i) * n + start + j];
    cd_product(k, k, b.rows, (cd_strided){b.v, 1, k}, (cd_strided){b.v, k, 1}, gram, k);
    memset(b.t, 0, (size_t)(k * k) * 8);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < j; i++) {
            double sum = 0;
            for (int64_t l = i; l < j; l++) sum += b.t[i * k + l] * gram[l * k + j];
            b.t[i * k + j] = -tau[start + j] * sum;
        }
        b.t[j * k + j] = tau[start + j];
    }
    return b;
}

/// x[rows, columns] = (1 - v t vᵀ) x, or with tᵀ: the reflections in the other order.
static void apply_block(const block *b, int64_t columns, int transposed, double *x, int64_t x_row) {
    const int64_t k = b->panel;
    double *const w = b->w, *const tw = w + k * columns;
    cd_product(
        k, columns, b->rows, (cd_strided){b->v, 1, k}, (cd_strided){x, x_row, 1}, w, columns);
    memset(tw, 0, (size_t)(k * columns) * 8);
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = i; j < k; j++) {
            const int64_t to = transposed ? j : i, from = transposed ? i : j;
            cd_axpy(columns, b->t[i * k + j], w + from * columns, tw + to * columns);
        }
    cd_subtract_product(
        b->rows, columns, k, (cd_strided){b->v, k, 1}, (cd_strided){tw, columns, 1}, x, x_row, b->product);
}

void cd_reflect(int64_t m, int64_t n, double *a, double *tau, double *work) {
    const int64_t k = cd_least(m, n);
    for (int64_t start = 0; start < k; start += PANEL) {
        const int64_t end = cd_least(start + PANEL, k), rest = n - end;
        for (int64_t j = start; j < end; j++) {
            tau[j] = reflector(m - j, a + j * n + j, n);
            apply(m - j, end - j - 1, a + j * n + j, n, tau[j], a + j * n + j + 1, n, work);
        }
        if (rest >= PANEL) {
            const block b = gather(m, n, a, tau, start, end, work);
            apply_block(&b, rest, 1, a + start * n + end, n);
        } else {
            for (int64_t j = start; j < end; j++)
                apply(m - j, rest, a + j * n + j, n, tau[j], a + j * n + end, n, work);
        }
    }
}

void cd_reflectors_q(
    int64_t m, int64_t n, const double *a, const double *tau, double *q, double *work) {
    const int64_t k = cd_least(m, n);
    cd_identity(m, k, q);
    for (int64_t start = (k - 1) / PANEL * PANEL; start >= 0 && k > 0; start -= PANEL) {
        const int64_t end = cd_least(start + PANEL, k), columns = k - start;
        double *const part = q + start * (k + 1);
        if (columns >= 2 * PANEL) {
            const block b = gather(m, n, a, tau, start, end, work);
            apply_block(&b, columns, 0, part, k);
        } else {
            for (int64_t j = end - 1; j >= start; j--)
                apply(m - j, k - j, a + j * n + j, n, tau[j], q + j * (k + 1), k, work);
        }
    }
}

int cd_matrix_qr(const cd_matrix *matrix) {
    const int64_t m = matrix->integers[1], n = matrix->integers[2], k = cd_least(m, n);
    double *const a = matrix->work, *const tau = a + m * n, *const work = tau + k;
    memcpy(a, matrix->a, (size_t)(m * n) * 8);
    cd_reflect(m, n, a, tau, work);
    cd_reflectors_q(m, n, a, tau, matrix->out, work);
    double *const r = matrix->out + m * k;  // transposed
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < k; i++) r[j * k + i] = i <= j ? a[i * n + j] : 0;
    return CD_OK;
}
