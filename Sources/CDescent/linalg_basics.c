// What the factorizations share: norms, transposes, products.

#include "linalg.h"

double cd_largest(int64_t n, const double *x) {
    double largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const double size = fabs(x[i]);
        if (!(size <= largest)) largest = size;
        if (isnan(largest)) return largest;
    }
    return largest;
}

double cd_norm(int64_t n, const double *x, int64_t step) {
    double sum = 0, largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const double value = x[i * step];
        sum += value * value;
    }
    // Most are in the middle of the range.
    if (sum > 1e-280 && sum < 1e300) return sqrt(sum);
    for (int64_t i = 0; i < n; i++) {
        const double size = fabs(x[i * step]);
        if (!(size <= largest)) largest = size;
    }
    if (largest == 0 || !isfinite(largest)) return largest;
    int exponent;
    frexp(largest, &exponent);
    sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const double value = ldexp(x[i * step], -exponent);
        sum += value * value;
    }
    return ldexp(sqrt(sum), exponent);
}

int cd_normalize(int64_t n, double *x) {
    int exponent;
    frexp(cd_largest(n, x), &exponent);
    if (exponent != 0)
        for (int64_t i = 0; i < n; i++) x[i] = ldexp(x[i], -exponent);
    return exponent;
}

void cd_transpose(int64_t rows, int64_t columns, const double *x, double *y) {
    for (int64_t r = 0; r < rows; r += 16)
        for (int64_t c = 0; c < columns; c += 16)
            for (int64_t i = r; i < cd_least(r + 16, rows); i++)
                for (int64_t j = c; j < cd_least(c + 16, columns); j++)
                    y[j * rows + i] = x[i * columns + j];
}

void cd_symmetrize(int64_t n, const double *a, double *symmetric) {
    // Tile by tile: a column of a large matrix touches a page with every element.
    enum { TILE = 16 };
    for (int64_t top = 0; top < n; top += TILE)
        for (int64_t left = 0; left <= top; left += TILE)
            for (int64_t i = top; i < cd_least(top + TILE, n); i++)
                for (int64_t j = left; j < cd_least(left + TILE, i + 1); j++) {
                    const double x = a[i * n + j], y = a[j * n + i];
                    // Equal ones stay as they are; half of the smallest number would not come back.
                    symmetric[i * n + j] = symmetric[j * n + i] = x == y ? x : 0.5 * x + 0.5 * y;
                }
}

void cd_identity(int64_t rows, int64_t columns, double *x) {
    memset(x, 0, (size_t)(rows * columns) * 8);
    for (int64_t i = 0; i < cd_least(rows, columns); i++) x[i * columns + i] = 1;
}

void cd_product(
    int64_t m, int64_t n, int64_t k, cd_strided a, cd_strided b, double *c, int64_t c_row) {
    const cd_matmul product = {
        .dtype = CD_F64, .m = m, .n = n, .k = k, .a_row = a.row, .a_column = a.column, .b_row = b.row,
        .b_column = b.column, .c_row = c_row};
    cd_matmul_run(&product, a.at, b.at, c);
}

void cd_subtract_product(
    int64_t m, int64_t n, int64_t k, cd_strided a, cd_strided b, double *c, int64_t c_row, double *product) {
    if (m <= 0 || n <= 0 || k <= 0) return;
    cd_product(m, n, k, a, b, product, n);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) c[i * c_row + j] -= product[i * n + j];
}
