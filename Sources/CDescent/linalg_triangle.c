// Triangles: solving with them, and the Cholesky factor.

#include "linalg.h"

static void solve_small(
    int64_t n, int64_t columns, cd_strided a, int lower, int unit, double *x, int64_t x_row) {
    for (int64_t step = 0; step < n; step++) {
        const int64_t i = lower ? step : n - 1 - step;
        double *row = x + i * x_row;
        const int64_t first = lower ? 0 : i + 1, end = lower ? i : n;
        for (int64_t j = first; j < end; j++) {
            const double factor = a.at[i * a.row + j * a.column];
            cd_axpy(columns, -factor, x + j * x_row, row);
        }
        if (unit) continue;
        const double diagonal = a.at[i * (a.row + a.column)];
        for (int64_t c = 0; c < columns; c++) row[c] /= diagonal;
    }
}

void cd_solve_triangle(
    int64_t n, int64_t columns, cd_strided a, int lower, int unit, double *x, int64_t x_row, double *work) {
    if (n <= CD_LINALG_BLOCK) {
        solve_small(n, columns, a, lower, unit, x, x_row);
        return;
    }
    // One half, what it means for the other, the other half.
    const int64_t half = n / 2, rest = n - half;
    const cd_strided top = a, bottom = {a.at + half * (a.row + a.column), a.row, a.column};
    double *const upper_x = x, *const lower_x = x + half * x_row;
    if (lower) {
        const cd_strided corner = {a.at + half * a.row, a.row, a.column};
        cd_solve_triangle(half, columns, top, lower, unit, upper_x, x_row, work);
        cd_subtract_product(
            rest, columns, half, corner, (cd_strided){upper_x, x_row, 1}, lower_x, x_row, work);
        cd_solve_triangle(rest, columns, bottom, lower, unit, lower_x, x_row, work);
    } else {
        const cd_strided corner = {a.at + half * a.column, a.row, a.column};
        cd_solve_triangle(rest, columns, bottom, lower, unit, lower_x, x_row, work);
        cd_subtract_product(
            half, columns, rest, corner, (cd_strided){lower_x, x_row, 1}, upper_x, x_row, work);
        cd_solve_triangle(half, columns, top, lower, unit, upper_x, x_row, work);
    }
}

int cd_matrix_triangular(const cd_matrix *matrix) {
    const int64_t *i = matrix->integers, n = i[1], columns = i[2];
    const int lower = i[3] != 0, transposed = i[4] != 0, unit = i[5] != 0;
    if (!unit)
        for (int64_t d = 0; d < n; d++)
            if (matrix->a[d * (n + 1)] == 0) return CD_SINGULAR;
    memcpy(matrix->out, matrix->b, (size_t)(n * columns) * 8);
    const cd_strided a = {matrix->a, transposed ? 1 : n, transposed ? n : 1};
    cd_solve_triangle(
        n, columns, a, lower != transposed, unit, matrix->out, columns, matrix->work);
    return CD_OK;
}

int cd_matrix_cholesky(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1];
    double *const l = matrix->out;
    cd_symmetrize(n, matrix->a, l);
    for (int64_t start = 0; start < n; start += CD_LINALG_BLOCK) {
        const int64_t end = cd_least(start + CD_LINALG_BLOCK, n);
        // Bring the block of columns up to date with all before it, then factor it.
        cd_subtract_product(
            n - start, end - start, start, (cd_strided){l + start * n, n, 1}, (cd_strided){l + start * n, 1, n},
            l + start * n + start, n, matrix->work);
        for (int64_t i = start; i < end; i++) {
            double *const row = l + i * n + start;
            for (int64_t j = start; j < i; j++) {
                const double *const other = l + j * n + start;
                row[j - start] = (row[j - start] - cd_dot(j - start, row, other)) / other[j - start];
            }
            const double square = row[i - start] - cd_dot(i - start, row, row);
            if (!(square > 0 && square < INFINITY)) return CD_NOT_POSITIVE_DEFINITE;  // NaN too
            row[i - start] = sqrt(square);
        }
        // The rows below lie across in `work`, so that each step goes along all of them.
        const int64_t below = n - end, width = end - start;
        for (int64_t i = 0; i < below; i++)
            for (int64_t j = 0; j < width; j++) matrix->work[j * below + i] = l[(end + i) * n + start + j];
        solve_small(width, below, (cd_strided){l + start * (n + 1), n, 1}, 1, 0, matrix->work, below);
        for (int64_t i = 0; i < below; i++)
            for (int64_t j = 0; j < width; j++) l[(end + i) * n + start + j] = matrix->work[j * below + i];
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++) l[i * n + j] = 0;
    return CD_OK;
}
