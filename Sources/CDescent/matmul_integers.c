// Integer matrix products. They index and count; plain loops that the compiler vectorizes are enough.

#include "matmul.h"

// Unsigned: products and sums wrap.
#define INTEGERS(name, type) \
    static void name(const cd_matmul *p, const type *a, const type *b, type *c) { \
        for (int64_t i = 0; i < p->m; i++, c += p->c_row) { \
            for (int64_t j = 0; j < p->n; j++) c[j] = 0; \
            for (int64_t d = 0; d < p->k; d++) { \
                const type factor = a[i * p->a_row + d * p->a_column]; \
                const type *row = b + d * p->b_row; \
                if (p->b_column == 1) { \
                    for (int64_t j = 0; j < p->n; j++) c[j] += factor * row[j]; \
                } else { \
                    for (int64_t j = 0; j < p->n; j++) c[j] += factor * row[j * p->b_column]; \
                } \
            } \
        } \
    }

INTEGERS(multiply_32, uint32_t)
INTEGERS(multiply_64, uint64_t)

void cd_matmul_integers(const cd_matmul *product, const void *a, const void *b, void *c) {
    if (product->dtype == CD_I32)
        multiply_32(product, a, b, c);
    else
        multiply_64(product, a, b, c);
}
