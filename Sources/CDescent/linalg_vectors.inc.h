// Loops over vectors, for one instruction set.

/// Sums in eight lanes: in the same order on every instruction set.
static double CD_NAME(dot)(int64_t n, const double *x, const double *y) {
    double lanes[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int lane = 0; lane < 8; lane++) lanes[lane] += x[i + lane] * y[i + lane];
    for (; i < n; i++) lanes[i & 7] += x[i] * y[i];
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static void CD_NAME(axpy)(int64_t n, double factor, const double *restrict x, double *restrict y) {
    for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

static void CD_NAME(rotate)(int64_t n, double c, double s, double *restrict x, double *restrict y) {
    for (int64_t i = 0; i < n; i++) {
        const double kept = x[i];
        x[i] = c * kept - s * y[i];
        y[i] = s * kept + c * y[i];
    }
}

static void CD_NAME(turn)(int64_t n, double s, double tau, double *restrict x, double *restrict y) {
    for (int64_t i = 0; i < n; i++) {
        const double kept = x[i];
        x[i] = kept - s * (y[i] + tau * kept);
        y[i] = y[i] + s * (kept - tau * y[i]);
    }
}

static void CD_NAME(update)(
    int64_t n, double p, const double *restrict x, double q, const double *restrict y, double *restrict z) {
    for (int64_t i = 0; i < n; i++) z[i] += p * x[i] + q * y[i];
}

const cd_linalg_vectors_table CD_NAME(cd_linalg_vectors) = {
    .dot = CD_NAME(dot), .axpy = CD_NAME(axpy), .rotate = CD_NAME(rotate), .turn = CD_NAME(turn),
    .update = CD_NAME(update)};
