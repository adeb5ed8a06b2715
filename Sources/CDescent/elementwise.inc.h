// Internal: all elementwise kernels of one instruction set and their table.

#include "elementwise_vector.inc.h"
#include "elementwise_basic.inc.h"
#include "math_f32.inc.h"
#include "math_f32_avx512.inc.h"
#include "math_log.inc.h"
#include "math_exp.inc.h"
#include "math_trig.inc.h"
#include "math_arctan.inc.h"
#include "math_pow.inc.h"
#include "math_hyperbolic.inc.h"
#include "math_roots.inc.h"
#include "math_gamma.inc.h"
#include "math_erf.inc.h"
#include "math_bessel.inc.h"
#include "math_integer.inc.h"
#include "elementwise_loops.inc.h"
#include "elementwise_pairs.inc.h"

// MARK: - Unary

#define CD_UNARY_BASIC(op) \
    CD_UNARY_KERNEL(op##_f32, f32, f32, cd_##op##_f32) \
    CD_UNARY_KERNEL(op##_f64, f64, f64, cd_##op##_f64)
#define CD_UNARY_NUMBER(op) \
    CD_UNARY_BASIC(op) \
    CD_UNARY_KERNEL(op##_i32, i32, i32, cd_##op##_i32) \
    CD_UNARY_KERNEL(op##_i64, i64, i64, cd_##op##_i64)
#define CD_UNARY_MATH(op) \
    CD_UNARY_LONG(op##_f32, f32, f32, cd_##op##_f32) \
    CD_UNARY_LONG(op##_f64, f64, f64, cd_##op##_f64)

// float32 through the lanes of float64
#define CD_UNARY_WIDE(op) CD_UNARY_THROUGH(op, cd_##op##_wide)
// The same where float32 has no shorter way of its own.
#define CD_UNARY_DOUBLE(op) CD_UNARY_THROUGH(op, cd_##op##_f64)
#define CD_UNARY_THROUGH(op, wide) \
    CD_INLINE f32h_v cd_##op##_f32h(f32h_v x) { \
        return __builtin_convertvector(wide(__builtin_convertvector(x, f64_v)), f32h_v); \
    } \
    CD_UNARY_LONG(op##_f32, f32h, f32h, cd_##op##_f32h) \
    CD_UNARY_LONG(op##_f64, f64, f64, cd_##op##_f64)

CD_UNARY_NUMBER(negate)
CD_UNARY_NUMBER(abs)
CD_UNARY_NUMBER(sign)
CD_UNARY_NUMBER(square)
CD_UNARY_NUMBER(relu)
CD_UNARY_BASIC(floor)
CD_UNARY_BASIC(ceil)
CD_UNARY_BASIC(round)
CD_UNARY_BASIC(sqrt)
CD_UNARY_BASIC(rsqrt)
CD_UNARY_BASIC(reciprocal)
CD_UNARY_MATH(exp)
CD_UNARY_MATH(expm1)
CD_UNARY_MATH(log)
CD_UNARY_MATH(log1p)
CD_UNARY_MATH(tanh)
CD_UNARY_MATH(sigmoid)
CD_UNARY_MATH(softplus)
CD_UNARY_MATH(erf)
CD_UNARY_WIDE(sin)
CD_UNARY_WIDE(cos)
CD_UNARY_WIDE(tan)
CD_UNARY_WIDE(atan)
CD_UNARY_DOUBLE(asin)
CD_UNARY_DOUBLE(acos)
CD_UNARY_DOUBLE(sinh)
CD_UNARY_DOUBLE(cosh)
CD_UNARY_DOUBLE(asinh)
CD_UNARY_DOUBLE(acosh)
CD_UNARY_DOUBLE(atanh)
CD_UNARY_DOUBLE(log2)
CD_UNARY_DOUBLE(log10)
CD_UNARY_DOUBLE(exp2)
CD_UNARY_DOUBLE(cbrt)
CD_UNARY_DOUBLE(lgamma)
CD_UNARY_DOUBLE(digamma)
CD_UNARY_DOUBLE(erfc)
CD_UNARY_DOUBLE(erfinv)
CD_UNARY_DOUBLE(i0)
CD_UNARY_DOUBLE(i1)
CD_UNARY_DOUBLE(i0e)
CD_UNARY_DOUBLE(i1e)
CD_UNARY_KERNEL(not_bool, u8, u8, cd_not_u8)

#define CD_SAME(x) (x)
CD_UNARY_KERNEL(copy_4, i32, i32, CD_SAME)
CD_UNARY_KERNEL(copy_8, i64, i64, CD_SAME)
CD_UNARY_KERNEL(copy_1, u8, u8, CD_SAME)

#define CD_CAST_KERNEL(name, X, Y) CD_UNARY_KERNEL(name, X, Y, cd_##X##_to_##Y)
CD_CAST_KERNEL(f32_to_f64, f32h, f64)
CD_CAST_KERNEL(f32_to_i32, f32, i32)
CD_CAST_KERNEL(f32_to_i64, f32h, i64)
CD_CAST_KERNEL(f32_to_bool, f32, u8w)
CD_CAST_KERNEL(f64_to_f32, f64, f32h)
CD_CAST_KERNEL(f64_to_i32, f64, i32h)
CD_CAST_KERNEL(f64_to_i64, f64, i64)
CD_CAST_KERNEL(f64_to_bool, f64, u8d)
CD_CAST_KERNEL(i32_to_f32, i32, f32)
CD_CAST_KERNEL(i32_to_f64, i32h, f64)
CD_CAST_KERNEL(i32_to_i64, i32h, i64)
CD_CAST_KERNEL(i32_to_bool, i32, u8w)
CD_CAST_KERNEL(i64_to_f32, i64, f32h)
CD_CAST_KERNEL(i64_to_f64, i64, f64)
CD_CAST_KERNEL(i64_to_i32, i64, i32h)
CD_CAST_KERNEL(i64_to_bool, i64, u8d)
CD_CAST_KERNEL(bool_to_f32, u8w, f32)
CD_CAST_KERNEL(bool_to_f64, u8d, f64)
CD_CAST_KERNEL(bool_to_i32, u8w, i32)
CD_CAST_KERNEL(bool_to_i64, u8d, i64)

// MARK: - Binary

#define CD_BINARY_NUMBER(op) \
    CD_BINARY_KERNEL(op##_f32, f32, f32, cd_##op##_f32) \
    CD_BINARY_KERNEL(op##_f64, f64, f64, cd_##op##_f64) \
    CD_BINARY_KERNEL(op##_i32, i32, i32, cd_##op##_i32) \
    CD_BINARY_KERNEL(op##_i64, i64, i64, cd_##op##_i64)
#define CD_BINARY_COMPARISON(op) \
    CD_BINARY_KERNEL(op##_f32, f32, u8w, cd_##op##_f32) \
    CD_BINARY_KERNEL(op##_f64, f64, u8d, cd_##op##_f64) \
    CD_BINARY_KERNEL(op##_i32, i32, u8w, cd_##op##_i32) \
    CD_BINARY_KERNEL(op##_i64, i64, u8d, cd_##op##_i64)
#define CD_BINARY_WIDE(op) \
    CD_INLINE f32h_v cd_##op##_f32h(f32h_v a, f32h_v b) { \
        return __builtin_convertvector( \
            cd_##op##_wide(__builtin_convertvector(a, f64_v), __builtin_convertvector(b, f64_v)), \
            f32h_v); \
    } \
    CD_BINARY_LONG(op##_f32, f32h, f32h, cd_##op##_f32h) \
    CD_BINARY_LONG(op##_f64, f64, f64, cd_##op##_f64)

CD_BINARY_NUMBER(add)
CD_BINARY_NUMBER(sub)
CD_BINARY_NUMBER(mul)
CD_BINARY_NUMBER(min)
CD_BINARY_NUMBER(max)
CD_BINARY_KERNEL(div_f32, f32, f32, cd_div_f32)
CD_BINARY_KERNEL(div_f64, f64, f64, cd_div_f64)
CD_BINARY_KERNEL(chain_f32, f32, f32, cd_chain_f32)
CD_BINARY_KERNEL(chain_f64, f64, f64, cd_chain_f64)
CD_BINARY_COMPARISON(eq)
CD_BINARY_COMPARISON(ne)
CD_BINARY_COMPARISON(lt)
CD_BINARY_COMPARISON(le)
CD_BINARY_COMPARISON(gt)
CD_BINARY_COMPARISON(ge)
CD_BINARY_KERNEL(eq_bool, u8, u8, cd_eq_u8)
CD_BINARY_KERNEL(ne_bool, u8, u8, cd_ne_u8)
CD_BINARY_KERNEL(and_bool, u8, u8, cd_and_u8)
CD_BINARY_KERNEL(or_bool, u8, u8, cd_or_u8)
#define cd_mod_wide cd_mod_f64
#define cd_hypot_wide cd_hypot_f64
#define cd_logaddexp_wide cd_logaddexp_f64
#define cd_zeta_wide cd_zeta_f64
CD_BINARY_WIDE(pow)
CD_BINARY_WIDE(atan2)
CD_BINARY_WIDE(mod)
CD_BINARY_WIDE(hypot)
CD_BINARY_WIDE(logaddexp)
CD_BINARY_WIDE(zeta)
CD_BINARY_SCALAR(mod_i32, i32, cd_mod_i32)
CD_BINARY_SCALAR(mod_i64, i64, cd_mod_i64)
CD_BINARY_SCALAR(pow_i32, i32, cd_pow_i32)
CD_BINARY_SCALAR(pow_i64, i64, cd_pow_i64)

CD_SELECT_KERNELS(select_4, i32, u8w)
CD_SELECT_KERNELS(select_8, i64, u8d)
CD_SELECT_KERNELS(select_1, u8, u8)

// MARK: - The table

#define CD_FLOATS(op) [CD_F32] = op##_f32, [CD_F64] = op##_f64
#define CD_NUMBERS(op) CD_FLOATS(op), [CD_I32] = op##_i32, [CD_I64] = op##_i64
#define CD_FORMS(name) {name##_vv, name##_sv, name##_vs}
#define CD_FLOAT_FORMS(op) [CD_F32] = CD_FORMS(op##_f32), [CD_F64] = CD_FORMS(op##_f64)
#define CD_NUMBER_FORMS(op) \
    CD_FLOAT_FORMS(op), [CD_I32] = CD_FORMS(op##_i32), [CD_I64] = CD_FORMS(op##_i64)
#define CD_SELECTS(name) {name##_0, name##_1, name##_2, name##_3}

const cd_elementwise_table CD_NAME(cd_elementwise) = {
    .unary = {
        [CD_NEGATE] = {CD_NUMBERS(negate)},
        [CD_ABS] = {CD_NUMBERS(abs)},
        [CD_SIGN] = {CD_NUMBERS(sign)},
        [CD_SQUARE] = {CD_NUMBERS(square)},
        [CD_RELU] = {CD_NUMBERS(relu)},
        [CD_FLOOR] = {CD_FLOATS(floor), [CD_I32] = copy_4, [CD_I64] = copy_8},
        [CD_CEIL] = {CD_FLOATS(ceil), [CD_I32] = copy_4, [CD_I64] = copy_8},
        [CD_ROUND] = {CD_FLOATS(round), [CD_I32] = copy_4, [CD_I64] = copy_8},
        [CD_EXP] = {CD_FLOATS(exp)},
        [CD_EXPM1] = {CD_FLOATS(expm1)},
        [CD_LOG] = {CD_FLOATS(log)},
        [CD_LOG1P] = {CD_FLOATS(log1p)},
        [CD_SQRT] = {CD_FLOATS(sqrt)},
        [CD_RSQRT] = {CD_FLOATS(rsqrt)},
        [CD_RECIPROCAL] = {CD_FLOATS(reciprocal)},
        [CD_SIN] = {CD_FLOATS(sin)},
        [CD_COS] = {CD_FLOATS(cos)},
        [CD_TAN] = {CD_FLOATS(tan)},
        [CD_ATAN] = {CD_FLOATS(atan)},
        [CD_TANH] = {CD_FLOATS(tanh)},
        [CD_SIGMOID] = {CD_FLOATS(sigmoid)},
        [CD_SOFTPLUS] = {CD_FLOATS(softplus)},
        [CD_ASIN] = {CD_FLOATS(asin)},
        [CD_ACOS] = {CD_FLOATS(acos)},
        [CD_SINH] = {CD_FLOATS(sinh)},
        [CD_COSH] = {CD_FLOATS(cosh)},
        [CD_ASINH] = {CD_FLOATS(asinh)},
        [CD_ACOSH] = {CD_FLOATS(acosh)},
        [CD_ATANH] = {CD_FLOATS(atanh)},
        [CD_LOG2] = {CD_FLOATS(log2)},
        [CD_LOG10] = {CD_FLOATS(log10)},
        [CD_EXP2] = {CD_FLOATS(exp2)},
        [CD_CBRT] = {CD_FLOATS(cbrt)},
        [CD_LGAMMA] = {CD_FLOATS(lgamma)},
        [CD_DIGAMMA] = {CD_FLOATS(digamma)},
        [CD_ERFC] = {CD_FLOATS(erfc)},
        [CD_ERFINV] = {CD_FLOATS(erfinv)},
        [CD_I0] = {CD_FLOATS(i0)},
        [CD_I1] = {CD_FLOATS(i1)},
        [CD_I0E] = {CD_FLOATS(i0e)},
        [CD_I1E] = {CD_FLOATS(i1e)},
        [CD_ERF] = {CD_FLOATS(erf)},
        [CD_NOT] = {[CD_BOOL] = not_bool},
        [CD_COPY] = {copy_4, copy_8, copy_4, copy_8, copy_1},
        [CD_CAST_F32] = {copy_4, f64_to_f32, i32_to_f32, i64_to_f32, bool_to_f32},
        [CD_CAST_F64] = {f32_to_f64, copy_8, i32_to_f64, i64_to_f64, bool_to_f64},
        [CD_CAST_I32] = {f32_to_i32, f64_to_i32, copy_4, i64_to_i32, bool_to_i32},
        [CD_CAST_I64] = {f32_to_i64, f64_to_i64, i32_to_i64, copy_8, bool_to_i64},
        [CD_CAST_BOOL] = {f32_to_bool, f64_to_bool, i32_to_bool, i64_to_bool, copy_1},
    },
    .binary = {
        [CD_ADD] = {CD_NUMBER_FORMS(add)},
        [CD_SUB] = {CD_NUMBER_FORMS(sub)},
        [CD_MUL] = {CD_NUMBER_FORMS(mul)},
        [CD_DIV] = {CD_FLOAT_FORMS(div)},
        [CD_POW] = {CD_NUMBER_FORMS(pow)},
        [CD_MIN] = {CD_NUMBER_FORMS(min)},
        [CD_MAX] = {CD_NUMBER_FORMS(max)},
        [CD_MOD] = {CD_NUMBER_FORMS(mod)},
        [CD_ATAN2] = {CD_FLOAT_FORMS(atan2)},
        [CD_CHAIN] = {CD_FLOAT_FORMS(chain)},
        [CD_HYPOT] = {CD_FLOAT_FORMS(hypot)},
        [CD_LOGADDEXP] = {CD_FLOAT_FORMS(logaddexp)},
        [CD_ZETA] = {CD_FLOAT_FORMS(zeta)},
        [CD_EQ] = {CD_NUMBER_FORMS(eq), [CD_BOOL] = CD_FORMS(eq_bool)},
        [CD_NE] = {CD_NUMBER_FORMS(ne), [CD_BOOL] = CD_FORMS(ne_bool)},
        [CD_LT] = {CD_NUMBER_FORMS(lt)},
        [CD_LE] = {CD_NUMBER_FORMS(le)},
        [CD_GT] = {CD_NUMBER_FORMS(gt)},
        [CD_GE] = {CD_NUMBER_FORMS(ge)},
        [CD_AND] = {[CD_BOOL] = CD_FORMS(and_bool)},
        [CD_OR] = {[CD_BOOL] = CD_FORMS(or_bool)},
    },
    .select = {
        [CD_F32] = CD_SELECTS(select_4),
        [CD_F64] = CD_SELECTS(select_8),
        [CD_I32] = CD_SELECTS(select_4),
        [CD_I64] = CD_SELECTS(select_8),
        [CD_BOOL] = CD_SELECTS(select_1),
    },
    .pairs = {[CD_F32] = CD_PAIR_ENTRIES(f32), [CD_F64] = CD_PAIR_ENTRIES(f64)},
};
