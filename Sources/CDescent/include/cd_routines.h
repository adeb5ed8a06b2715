// Routines: operations that look at whole matrices, windows or sequences, so that no composition of
// elementwise operations and matrix products is as exact or as fast. Part of CDescent.h.

#ifndef CD_ROUTINES_H
#define CD_ROUTINES_H

#include <stddef.h>
#include <stdint.h>

/// What the integers of a routine mean stands beside each; inputs and the output are contiguous.
/// Factorizations give one array for each matrix, its parts below one another.
enum {
    // Linear algebra, integers: count of matrices, then sizes. All on f32 and f64; f32 is computed in f64.
    CD_CHOLESKY,    // count, n: the lower factor of (a + aᵀ) / 2
    CD_TRIANGULAR,  // count, n, columns, lower, transposed, unit: x of a x = b or aᵀ x = b
    CD_LU,          // count, n: [n + 1, n], L below the diagonal of U, then the row exchanged at each step
    CD_LU_SOLVE,    // count, n, columns, transposed: inputs a (not read), lu, b
    CD_INVERSE,     // count, n
    CD_DETERMINANT, // count, n, part (0 value, 1 sign, 2 log of the magnitude): inputs a (not read), lu
    CD_COFACTORS,   // count, n: the derivative of the determinant
    CD_QR,          // count, m, n: [m + n, k]: Q, then Rᵀ; k = min(m, n)
    CD_EIGH,        // count, n: [1 + n, n]: ascending eigenvalues of (a + aᵀ) / 2, then vectors in columns
    CD_SVD,         // count, m, n: [1 + m + n, k]: descending singular values, U, V
    CD_PINVERSE,    // count, m, n, bits of the relative cut-off as f64: [n, m]
    CD_EXPM,        // count, n

    // Windows. The layout is cd_window's, filled from the integers by `cd_window_read`.
    CD_CONVOLUTION,        // x, w: y
    CD_CONVOLUTION_INPUT,  // dy, w: what is added to x
    CD_CONVOLUTION_KERNEL, // x, dy: what is added to w
    CD_POOL_SUM,           // x: sums over windows
    CD_POOL_SPREAD,        // dy: every sum's gradient to all of its window
    CD_POOL_ARGMAX,        // x: i64, where in x the first largest element of each window lies

    CD_FFT,     // count, n, sign: of [count, n, 2], not scaled
    CD_BUCKETS, // rows, length of a sorted row (one row, or `rows`), values per row, rows of sorted, right: i64
    CD_ROUTINE_COUNT
};

enum { CD_ROUTINE_INTEGERS = 32 };

typedef struct cd_routine {
    int32_t op, dtype;  // dtype: of the inputs
    int64_t integers[CD_ROUTINE_INTEGERS];
} cd_routine;

/// Bytes of scratch memory that a run needs with up to `threads` threads, 64-byte aligned.
size_t cd_routine_scratch_bytes(const cd_routine *routine, int threads);

/// Runs the routine. The same bits whatever the number of threads. If the data is at fault `*position` is the
/// number of the first matrix that is, and the output is undefined.
int cd_routine_run(
    const cd_routine *routine, const void *const *inputs, void *output, void *scratch, int threads,
    int64_t *position);

#endif
