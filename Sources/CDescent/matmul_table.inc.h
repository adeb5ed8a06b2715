// Internal: the kernels of matrix products of one instruction set, and their table.

#define MATMUL_TYPE float
#define MATMUL_BYTES 4
#define MATMUL_SUFFIX f32
#include "matmul.inc.h"
#undef MATMUL_TYPE
#undef MATMUL_BYTES
#undef MATMUL_SUFFIX

#define MATMUL_TYPE double
#define MATMUL_BYTES 8
#define MATMUL_SUFFIX f64
#include "matmul.inc.h"
#undef MATMUL_TYPE
#undef MATMUL_BYTES
#undef MATMUL_SUFFIX

#define KERNELS(suffix) { \
    .rows = rows_##suffix, .lanes = lanes_##suffix, .tiles = tiles_##suffix, \
    .panel_tiles = {panel_narrow_##suffix, panel_partial_##suffix, panel_full_##suffix}, \
    .copying_tiles = {copying_narrow_##suffix, copying_partial_##suffix, copying_full_##suffix}, \
    .pack = pack_##suffix, .dot = dot_##suffix, .combine = combine_##suffix}

const cd_matmul_kernels_table CD_NAME(cd_matmul_kernels) = {KERNELS(f32), KERNELS(f64)};

#undef KERNELS
