// Internal: the folding kernels of one instruction set, and their table. Included between `isa_begin.h` and
// `isa_end.h`; `reductions_kernel.inc.h` has the loops.

#pragma STDC FP_CONTRACT OFF

// A NaN on either side stays: once in `a`, only another NaN replaces it. Two comparisons are several times as
// dear as one, which is a single instruction; hence blocks are checked for NaN first.
#define LARGER_OR_NAN(a, b) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define SMALLER_OR_NAN(a, b) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))
#define LARGER(a, b) (((b) > (a)) ? (b) : (a))
#define SMALLER(a, b) (((b) < (a)) ? (b) : (a))
#define SUM(a, b) ((a) + (b))
#define PRODUCT(a, b) ((a) * (b))
#define ANY(a, b) ((a) | (b))
#define ALL(a, b) ((a) & (b))

// Sums start at -0, which unlike +0 leaves every number as it is.

#define FOLD(x) CD_NAME(cd_f32_sum_##x)
#define ELEMENT float
#define LANES 16
#define TOTAL double
#define START -0.0f
#define COMBINE SUM
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f32_max_##x)
#define ELEMENT float
#define LANES 16
#define WITHIN LARGER
#define CHECKED 1
#define START -INFINITY
#define COMBINE LARGER_OR_NAN
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f32_min_##x)
#define ELEMENT float
#define LANES 16
#define WITHIN SMALLER
#define CHECKED 1
#define START INFINITY
#define COMBINE SMALLER_OR_NAN
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_sum_##x)
#define ELEMENT double
#define LANES 8
#define COMPENSATED 1
#define START -0.0
#define COMBINE SUM
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_max_##x)
#define ELEMENT double
#define LANES 8
#define WITHIN LARGER
#define CHECKED 1
#define START -INFINITY
#define COMBINE LARGER_OR_NAN
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_min_##x)
#define ELEMENT double
#define LANES 8
#define WITHIN SMALLER
#define CHECKED 1
#define START INFINITY
#define COMBINE SMALLER_OR_NAN
#include "reductions_kernel.inc.h"

// Sums of integers wrap.

#define FOLD(x) CD_NAME(cd_i32_sum_##x)
#define ELEMENT uint32_t
#define LANES 16
#define START 0
#define COMBINE SUM
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i32_max_##x)
#define ELEMENT int32_t
#define LANES 16
#define START INT32_MIN
#define COMBINE LARGER
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i32_min_##x)
#define ELEMENT int32_t
#define LANES 16
#define START INT32_MAX
#define COMBINE SMALLER
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_sum_##x)
#define ELEMENT uint64_t
#define LANES 8
#define START 0
#define COMBINE SUM
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_max_##x)
#define ELEMENT int64_t
#define LANES 8
#define START INT64_MIN
#define COMBINE LARGER
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_min_##x)
#define ELEMENT int64_t
#define LANES 8
#define START INT64_MAX
#define COMBINE SMALLER
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_bool_any_##x)
#define ELEMENT uint8_t
#define LANES 64
#define START 0
#define COMBINE ANY
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_bool_all_##x)
#define ELEMENT uint8_t
#define LANES 64
#define START 1
#define COMBINE ALL
#include "reductions_kernel.inc.h"

// Products are rare: one instruction set does for all.
#if CD_LEVEL == 0
#define FOLD(x) CD_NAME(cd_f32_prod_##x)
#define ELEMENT float
#define LANES 8
#define LANE double
#define START 1.0
#define COMBINE PRODUCT
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_prod_##x)
#define ELEMENT double
#define LANES 8
#define START 1.0
#define COMBINE PRODUCT
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i32_prod_##x)
#define ELEMENT uint32_t
#define LANES 16
#define START 1
#define COMBINE PRODUCT
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_prod_##x)
#define ELEMENT uint64_t
#define LANES 8
#define START 1
#define COMBINE PRODUCT
#include "reductions_kernel.inc.h"
#endif

// Among bools a sum is what a maximum is, and a product a minimum.
#define KERNELS(name) &CD_NAME(name##_kernels)
const cd_reductions_table CD_NAME(cd_reductions) = {{
    {KERNELS(cd_f32_sum), KERNELS(cd_f64_sum), KERNELS(cd_i32_sum), KERNELS(cd_i64_sum),
     KERNELS(cd_bool_any)},
    {&cd_f32_prod_kernels_baseline, &cd_f64_prod_kernels_baseline, &cd_i32_prod_kernels_baseline,
     &cd_i64_prod_kernels_baseline, KERNELS(cd_bool_all)},
    {KERNELS(cd_f32_max), KERNELS(cd_f64_max), KERNELS(cd_i32_max), KERNELS(cd_i64_max),
     KERNELS(cd_bool_any)},
    {KERNELS(cd_f32_min), KERNELS(cd_f64_min), KERNELS(cd_i32_min), KERNELS(cd_i64_min),
     KERNELS(cd_bool_all)},
}};

#undef LARGER_OR_NAN
#undef SMALLER_OR_NAN
#undef LARGER
#undef SMALLER
#undef SUM
#undef PRODUCT
#undef ANY
#undef ALL
#undef KERNELS
