// Internal: the folding kernels of one instruction set, and their table. Included between `isa_begin.h` and
// `isa_end.h`; `reductions_kernel.inc.h` has the loops.

#pragma STDC FP_CONTRACT OFF

// A NaN on either side stays: once in `a`, only another NaN replaces it. Two comparisons are several times as
// dear as one, which is a single instruction; hence the check of whole blocks for NaN.
#define LARGER_FLOAT(a, b) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define SMALLER_FLOAT(a, b) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))
#define LARGER(a, b) (((b) > (a)) ? (b) : (a))
#define SMALLER(a, b) (((b) < (a)) ? (b) : (a))
#define SUM(a, b) ((a) + (b))
#define PRODUCT(a, b) ((a) * (b))
#define ANY(a, b) ((a) | (b))
#define ALL(a, b) ((a) & (b))

// Sums start at -0, which unlike +0 leaves every number as it is.

#define FOLD(x) CD_NAME(cd_f32_sum_##x)
#define ELEMENT float
#define LANE float
#define LANES 16
#define TOTAL double
#define COMPENSATED 0
#define START ((float)-0.0)
#define COMBINE SUM
#define WITHIN SUM
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f32_prod_##x)
#define ELEMENT float
#define LANE double
#define LANES 8
#define TOTAL double
#define COMPENSATED 0
#define START 1.0
#define COMBINE PRODUCT
#define WITHIN PRODUCT
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f32_max_##x)
#define ELEMENT float
#define LANE float
#define LANES 16
#define TOTAL float
#define COMPENSATED 0
#define START ((float)-INFINITY)
#define COMBINE LARGER_FLOAT
#define WITHIN LARGER
#define CHECKED 1
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f32_min_##x)
#define ELEMENT float
#define LANE float
#define LANES 16
#define TOTAL float
#define COMPENSATED 0
#define START ((float)INFINITY)
#define COMBINE SMALLER_FLOAT
#define WITHIN SMALLER
#define CHECKED 1
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_sum_##x)
#define ELEMENT double
#define LANE double
#define LANES 8
#define TOTAL double
#define COMPENSATED 1
#define START ((double)-0.0)
#define COMBINE SUM
#define WITHIN SUM
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_prod_##x)
#define ELEMENT double
#define LANE double
#define LANES 8
#define TOTAL double
#define COMPENSATED 0
#define START 1.0
#define COMBINE PRODUCT
#define WITHIN PRODUCT
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_max_##x)
#define ELEMENT double
#define LANE double
#define LANES 8
#define TOTAL double
#define COMPENSATED 0
#define START ((double)-INFINITY)
#define COMBINE LARGER_FLOAT
#define WITHIN LARGER
#define CHECKED 1
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_f64_min_##x)
#define ELEMENT double
#define LANE double
#define LANES 8
#define TOTAL double
#define COMPENSATED 0
#define START ((double)INFINITY)
#define COMBINE SMALLER_FLOAT
#define WITHIN SMALLER
#define CHECKED 1
#include "reductions_kernel.inc.h"

// Unsigned, so that sums and products wrap.

#define FOLD(x) CD_NAME(cd_i32_sum_##x)
#define ELEMENT uint32_t
#define LANE uint32_t
#define LANES 16
#define TOTAL uint32_t
#define COMPENSATED 0
#define START 0
#define COMBINE SUM
#define WITHIN SUM
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i32_prod_##x)
#define ELEMENT uint32_t
#define LANE uint32_t
#define LANES 16
#define TOTAL uint32_t
#define COMPENSATED 0
#define START 1
#define COMBINE PRODUCT
#define WITHIN PRODUCT
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i32_max_##x)
#define ELEMENT int32_t
#define LANE int32_t
#define LANES 16
#define TOTAL int32_t
#define COMPENSATED 0
#define START INT32_MIN
#define COMBINE LARGER
#define WITHIN LARGER
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i32_min_##x)
#define ELEMENT int32_t
#define LANE int32_t
#define LANES 16
#define TOTAL int32_t
#define COMPENSATED 0
#define START INT32_MAX
#define COMBINE SMALLER
#define WITHIN SMALLER
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_sum_##x)
#define ELEMENT uint64_t
#define LANE uint64_t
#define LANES 8
#define TOTAL uint64_t
#define COMPENSATED 0
#define START 0
#define COMBINE SUM
#define WITHIN SUM
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_prod_##x)
#define ELEMENT uint64_t
#define LANE uint64_t
#define LANES 8
#define TOTAL uint64_t
#define COMPENSATED 0
#define START 1
#define COMBINE PRODUCT
#define WITHIN PRODUCT
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_max_##x)
#define ELEMENT int64_t
#define LANE int64_t
#define LANES 8
#define TOTAL int64_t
#define COMPENSATED 0
#define START INT64_MIN
#define COMBINE LARGER
#define WITHIN LARGER
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_i64_min_##x)
#define ELEMENT int64_t
#define LANE int64_t
#define LANES 8
#define TOTAL int64_t
#define COMPENSATED 0
#define START INT64_MAX
#define COMBINE SMALLER
#define WITHIN SMALLER
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_bool_any_##x)
#define ELEMENT uint8_t
#define LANE uint8_t
#define LANES 64
#define TOTAL uint8_t
#define COMPENSATED 0
#define START 0
#define COMBINE ANY
#define WITHIN ANY
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define FOLD(x) CD_NAME(cd_bool_all_##x)
#define ELEMENT uint8_t
#define LANE uint8_t
#define LANES 64
#define TOTAL uint8_t
#define COMPENSATED 0
#define START 1
#define COMBINE ALL
#define WITHIN ALL
#define CHECKED 0
#include "reductions_kernel.inc.h"

#define KERNELS(name) \
    { \
        CD_NAME(name##_start), CD_NAME(name##_block), CD_NAME(name##_rows), CD_NAME(name##_lanes), \
            CD_NAME(name##_clear), CD_NAME(name##_flush), CD_NAME(name##_merge), \
            CD_NAME(name##_finish) \
    }
// Among bools a sum is what a maximum is, and a product a minimum.
#define KERNELS_OF(op, bools) \
    { \
        KERNELS(cd_f32_##op), KERNELS(cd_f64_##op), KERNELS(cd_i32_##op), KERNELS(cd_i64_##op), \
            KERNELS(cd_bool_##bools) \
    }

const cd_reductions_table CD_NAME(cd_reductions) = {
    {KERNELS_OF(sum, any), KERNELS_OF(prod, all), KERNELS_OF(max, any), KERNELS_OF(min, all)}};

#undef LARGER_FLOAT
#undef SMALLER_FLOAT
#undef LARGER
#undef SMALLER
#undef SUM
#undef PRODUCT
#undef ANY
#undef ALL
#undef KERNELS
#undef KERNELS_OF
