// The exponential of a matrix: Padé approximants, scaling and squaring.
//
// Higham, "The scaling and squaring method for the matrix exponential revisited" (2005): the bounds say up to which
// norm an approximant is exact to double precision.

#include "linalg.h"

static const double bounds[4] = {
    1.495585217958292e-2, 2.539398330063230e-1, 9.504178996162932e-1, 2.097847961257068};
static const double last_bound = 5.371920351148152;

static const double coefficients[5][14] = {
    {120, 60, 12, 1},
    {30240, 15120, 3360, 420, 30, 1},
    {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1},
    {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1},
    {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
     10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}};

static double norm(int64_t n, const double *a) {
    double largest = 0;
    for (int64_t j = 0; j < n; j++) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += fabs(a[i * n + j]);
        if (!(sum <= largest)) largest = sum;
        if (isnan(largest)) return largest;
    }
    return largest;
}

static void multiply(int64_t n, const double *a, const double *b, double *c) {
    cd_product(n, n, n, (cd_strided){a, n, 1}, (cd_strided){b, n, 1}, c, n);
}

static void add_diagonal(int64_t n, double value, double *a) {
    for (int64_t i = 0; i < n; i++) a[i * (n + 1)] += value;
}

int cd_matrix_expm(const cd_matrix *matrix) {
    const int64_t n = matrix->integers[1], square = n * n;
    double *const a = matrix->work, *const second = a + square, *const fourth = second + square;
    double *const sixth = fourth + square, *const odd = sixth + square, *const even = odd + square;
    double *const spare = even + square, *const pivots = spare + square;
    memcpy(a, matrix->a, (size_t)square * 8);
    const double size = norm(n, a);
    if (!isfinite(size)) {
        for (int64_t i = 0; i < square; i++) matrix->out[i] = NAN;
        return CD_OK;
    }
    int choice = 0, squarings = 0;
    while (choice < 4 && size > bounds[choice]) choice++;
    if (choice == 4 && size > last_bound) {
        frexp(size / last_bound, &squarings);
        for (int64_t i = 0; i < square; i++) a[i] = ldexp(a[i], -squarings);
    }
    const double *const c = coefficients[choice];
    const int degree = choice == 4 ? 13 : 3 + 2 * choice;
    // Even and odd part of the numerator; the odd one lacks a factor a.
    multiply(n, a, a, second);
    if (degree == 13) {
        multiply(n, second, second, fourth);
        multiply(n, second, fourth, sixth);
        for (int part = 0; part < 2; part++) {
            const double *const p = c + (part == 0);
            double *const result = part == 0 ? odd : even;
            for (int64_t i = 0; i < square; i++)
                spare[i] = p[12] * sixth[i] + p[10] * fourth[i] + p[8] * second[i];
            multiply(n, sixth, spare, result);
            for (int64_t i = 0; i < square; i++)
                result[i] += p[6] * sixth[i] + p[4] * fourth[i] + p[2] * second[i];
            add_diagonal(n, p[0], result);
        }
    } else {
        // Horner in the square.
        for (int part = 0; part < 2; part++) {
            const double *const p = c + (part == 0);
            double *const result = part == 0 ? odd : even;
            memset(result, 0, (size_t)square * 8);
            for (int power = degree - 1; power >= 0; power -= 2) {
                if (power < degree - 1) {
                    multiply(n, second, result, spare);
                    memcpy(result, spare, (size_t)square * 8);
                }
                add_diagonal(n, p[power], result);
            }
        }
    }
    multiply(n, a, odd, spare);
    for (int64_t i = 0; i < square; i++) {
        odd[i] = even[i] - spare[i];
        matrix->out[i] = even[i] + spare[i];
    }
    cd_lu(n, odd, pivots, a);
    cd_exchange_rows(n, pivots, 0, matrix->out, n);
    const cd_strided factors = {odd, n, 1};
    cd_solve_triangle(n, n, factors, 1, 1, matrix->out, n, a);
    cd_solve_triangle(n, n, factors, 0, 0, matrix->out, n, a);
    for (int i = 0; i < squarings; i++) {
        multiply(n, matrix->out, matrix->out, spare);
        memcpy(matrix->out, spare, (size_t)square * 8);
    }
    return CD_OK;
}
