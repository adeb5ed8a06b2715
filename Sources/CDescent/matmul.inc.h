// Internal: the kernels of matrix products for one element type and one instruction set.
//
// The includer defines MATMUL_TYPE (float, double), MATMUL_BYTES and MATMUL_SUFFIX (f32, f64), between
// `isa_begin.h` and `isa_end.h`, and includes this file once for each type.

#define T MATMUL_TYPE
#define LANES (CD_VECTOR_BYTES / MATMUL_BYTES)
#define F_(x, suffix) x##_##suffix
#define F__(x, suffix) F_(x, suffix)
#define F(x) F__(x, MATMUL_SUFFIX)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Registers: 12 x 2 sums, 2 vectors of b and an element of a fit in 32; 6 x 2 in 16.
#if CD_LEVEL == 2 || defined(__aarch64__)
#define ROWS 12
#else
#define ROWS 6
#endif

#include "matmul_vectors.inc.h"
#include "matmul_tiles.inc.h"
#include "matmul_packing.inc.h"
#include "matmul_rows.inc.h"

// Constants for the table, which stands where the macros of this file are gone.
enum { F(rows) = ROWS, F(lanes) = LANES };

#undef T
#undef LANES
#undef F_
#undef F__
#undef F
#undef INLINE
#undef UNROLL
#undef ROWS
