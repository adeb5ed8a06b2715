// Internal: the kernels of matrix products and the table through which `matmul.c` reaches them.

#ifndef CDESCENT_MATMUL_H
#define CDESCENT_MATMUL_H

#include "kernels.h"

enum {
    /// Rows of the largest tile of any instruction set.
    CD_TILE_ROWS = 12,
    /// A tile is at most this many vectors wide.
    CD_TILE_VECTORS = 2,
    /// Depth to which products are summed in registers before they are added to the result. A panel of b of
    /// this depth is 32 KB with the widest vectors, which leaves some of the first-level cache to a.
    CD_TILE_DEPTH = 512,
    CD_PANEL_BYTES = CD_TILE_DEPTH * 128,
    /// Pieces of the next panel that are fetched with a tile, and bytes of each: two cache lines.
    CD_FETCHES = 32,
    CD_FETCHED_BYTES = 128,
};

/// A tile `rows` x `columns` of c is set, or increased if `accumulate`, by a[rows, k] · b[k, columns]; the
/// columns of b are contiguous. Sums over k are sequential in every variant, so all give the same bits.
typedef void (*cd_tile_kernel)(
    int64_t k, const void *a, int64_t a_row, int64_t a_column, const void *b, int64_t b_row, void *c,
    int64_t c_row, int64_t columns, int accumulate);

/// The same for a tile of all rows from packed rows of a, where `a_row` is 1. While it runs it fetches
/// CD_FETCHES pieces, so many bytes apart, of what will be needed next into the second-level cache; or, if it is one that
/// copies, it leaves the rows of b at `copy`, filled up to whole vectors.
typedef void (*cd_panel_kernel)(
    const void *ahead, int64_t ahead_step, void *copy, int64_t k, const void *a, int64_t a_row,
    int64_t a_column, const void *b, int64_t b_row, void *c, int64_t c_row, int64_t columns, int accumulate);

/// By the width of a tile: one vector or part of it, part of the second, two whole vectors.
enum { CD_TILE_NARROW, CD_TILE_PARTIAL, CD_TILE_FULL, CD_TILE_WIDTHS };

/// The kernels for one floating-point type. Strides count elements.
typedef struct cd_product_kernels {
    int32_t rows, lanes;
    /// tiles[rows - 1][width]: any strides of a.
    const cd_tile_kernel (*tiles)[CD_TILE_WIDTHS];
    cd_panel_kernel panel_tiles[CD_TILE_WIDTHS], copying_tiles[CD_TILE_WIDTHS];
    /// destination[depth, width] = source[i * across + d * along] for i < count, and 0 for the other columns.
    void (*pack)(
        void *destination, int64_t width, int64_t count, int64_t depth, const void *source, int64_t across,
        int64_t along);
    /// y[rows] (stride y_row) = a[rows, k] · x[k]; rows of a and x are contiguous.
    void (*dot)(
        int64_t rows, int64_t k, const void *a, int64_t a_row, const void *x, void *y, int64_t y_row);
    /// y[n] = x[k] (stride x_row) · b[k, n]; rows of b and y are contiguous. n is all of `whole` outputs, or a part.
    void (*combine)(
        int64_t n, int64_t whole, int64_t k, const void *x, int64_t x_row, const void *b, int64_t b_row, void *y);
} cd_product_kernels;

typedef struct cd_matmul_kernels_table {
    cd_product_kernels f32, f64;
} cd_matmul_kernels_table;

CD_ISA_TABLES(matmul_kernels)

/// Integer products wrap. One batch.
void cd_matmul_integers(const cd_matmul *product, const void *a, const void *b, void *c);

#endif
