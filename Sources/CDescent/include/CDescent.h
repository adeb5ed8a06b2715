// The kernels of Descent: loops over raw buffers that the caller owns.
//
// Everything here starts with `cd_`. Nothing allocates, keeps state between calls (but for the
// thread pool and the choice of instruction set, both made once), or knows of shapes beyond what
// its arguments say. Sizes and strides count elements unless a name ends in `_bytes`.
// Row-major order throughout. The README beside this folder tells how the sources are laid out.

#ifndef CDESCENT_H
#define CDESCENT_H

#include <stddef.h>
#include <stdint.h>

#include "cd_lock.h"
#include "cd_machine.h"
#include "cd_recorder.h"
#include "cd_routines.h"
#include "cd_scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: - Types

/// Element types, in the order of `DType` in DescentCore. A bool is one byte, 0 or 1.
enum { CD_F32, CD_F64, CD_I32, CD_I64, CD_BOOL, CD_DTYPE_COUNT };

enum {
    CD_MAX_RANK = 8,
    /// Elements in a block: the unit in which fused programs work and reductions are split.
    CD_BLOCK = 1024,
    /// Elements in a task: the unit that threads share. Fixed, so that results do not depend on
    /// the number of threads.
    CD_TASK = 65536,
    /// Where sums of many elements are cut.
    CD_SPAN_ELEMENTS = CD_TASK / 4,
};

/// What a kernel answers when the data itself is at fault.
enum {
    CD_OK = 0,
    CD_DIVISION_BY_ZERO,      // integer remainder by zero
    CD_INDEX_OUT_OF_RANGE,    // gather, scatter
    CD_NEGATIVE_EXPONENT,     // integer power with a negative exponent
    CD_NOT_POSITIVE_DEFINITE, // Cholesky factor
    CD_SINGULAR,              // solving, inverting
    CD_NO_CONVERGENCE,        // eigenvalues, singular values
};

// MARK: - Instruction sets

enum { CD_ISA_BASELINE, CD_ISA_AVX2, CD_ISA_AVX512, CD_ISA_COUNT };

/// The instruction set in use: the best that the processor has, or the one that the environment
/// variable DESCENT_ISA (`baseline`, `avx2`, `avx512`) names if the processor has it.
int cd_isa(void);
/// Uses another instruction set for what this thread starts from now on (for tests); returns the one that
/// is then in use, which is the best available not above `isa`.
int cd_set_isa(int isa);
/// `baseline`, `avx2`, `avx512`.
const char *cd_isa_name(int isa);

// MARK: - Threads

/// Threads that work on a large job, the caller included: the number of processors this process
/// may use, or what the environment variable DESCENT_THREADS says.
int cd_threads(void);
void cd_set_threads(int count);

/// Runs `body(context, task)` for every task in 0..<tasks, on the pool's threads and the caller.
/// Which thread runs which task is not defined. If the pool is busy with another caller's job, or
/// has one thread, the caller runs all tasks itself. Returns when all are done.
void cd_parallel(int64_t tasks, void (*body)(void *context, int64_t task), void *context);

// MARK: - Interrupts

/// From now on, until as many calls of `cd_interrupt_end`, the first SIGINT is noted and the second one kills. A process
/// that ignores or handles the signal goes on doing so.
void cd_interrupt_begin(void);
/// Whether a SIGINT was noted since the first `cd_interrupt_begin`.
int cd_interrupt_pending(void);
void cd_interrupt_end(void);
/// What a SIGINT does.
void cd_interrupt_note(void);

// MARK: - Elementwise operations

/// `y[i] = f(x[i])`. The types are those that make sense: the first group has every type but bool,
/// the second f32 and f64 only, NOT bool only, COPY and casts all.
enum {
    CD_NEGATE, CD_ABS, CD_SIGN, CD_SQUARE, CD_RELU,
    CD_FLOOR, CD_CEIL, CD_ROUND,  // also on integers (identity); ROUND: ties to even
    CD_EXP, CD_EXPM1, CD_LOG, CD_LOG1P, CD_SQRT, CD_RSQRT, CD_RECIPROCAL,
    CD_SIN, CD_COS, CD_TAN, CD_ATAN, CD_TANH, CD_SIGMOID, CD_SOFTPLUS,
    CD_ASIN, CD_ACOS, CD_SINH, CD_COSH, CD_ASINH, CD_ACOSH, CD_ATANH,
    CD_LOG2, CD_LOG10, CD_EXP2, CD_CBRT, CD_LGAMMA, CD_DIGAMMA,
    CD_I0, CD_I1, CD_I0E, CD_I1E,  // modified Bessel functions, and times e^-|x|
    CD_ERFC, CD_ERFINV, CD_ERF,
    CD_NOT,
    CD_COPY,
    CD_CAST_F32, CD_CAST_F64, CD_CAST_I32, CD_CAST_I64, CD_CAST_BOOL,  // from the dtype of x
    CD_UNARY_COUNT
};

/// `y[i] = f(a[i], b[i])`. Comparisons give bool. MOD is floored (sign of the divisor), on floats
/// and integers. DIV is for floats. AND and OR are for bool, EQ and NE for every type.
/// MIN and MAX give NaN if either side is NaN. Integer arithmetic wraps. CHAIN, for floats, is a * b,
/// but 0 where a is 0 whatever b is. ZETA is Hurwitz's zeta(a, b), for a > 1 and b > 0, floats too.
enum {
    CD_ADD, CD_SUB, CD_MUL, CD_DIV, CD_POW, CD_MIN, CD_MAX, CD_MOD, CD_ATAN2, CD_CHAIN,
    CD_HYPOT, CD_LOGADDEXP, CD_ZETA,
    CD_EQ, CD_NE, CD_LT, CD_LE, CD_GT, CD_GE,
    CD_AND, CD_OR,
    CD_BINARY_COUNT
};

/// One operation on `n` contiguous elements, single-threaded. `dtype` is that of the operands.
/// `scalars`: bit 0 (1) if `a` points to one element instead of n, bit 1 (2) likewise `b`,
/// bit 2 (4) likewise the condition. The output may be one of the inputs, or overlap none of them.
void cd_unary(int op, int dtype, const void *x, void *y, int64_t n);
int cd_binary(int op, int dtype, int scalars, const void *a, const void *b, void *y, int64_t n);
void cd_select(
    int dtype, int scalars, const uint8_t *condition, const void *a, const void *b, void *y,
    int64_t n);
/// `y[i] = value[0]`
void cd_fill(int dtype, const void *value, void *y, int64_t n);

// MARK: - Fused programs

/// A program walks an iteration space in row-major order, a block of at most CD_BLOCK elements at
/// a time. In every block it runs its instructions on slots: inputs (read through strides), temporaries
/// (blocks in scratch memory), outputs (written to memory, contiguous over the iteration space).
/// After the instructions, reductions fold slots into their accumulators.
enum { CD_SLOT_INPUT, CD_SLOT_TEMPORARY, CD_SLOT_OUTPUT };

/// LINEAR: contiguous over the whole iteration space, used in place. SCALAR: one element.
/// STRIDED: `strides` over the dimensions of the program; gathered into a block of scratch memory.
enum { CD_ACCESS_LINEAR, CD_ACCESS_SCALAR, CD_ACCESS_STRIDED };

typedef struct cd_slot {
    uint8_t kind, dtype, access;
    int32_t index;  // inputs and outputs: index of the buffer; temporaries: number of the block
    int64_t strides[CD_MAX_RANK];
} cd_slot;

enum { CD_FORM_UNARY, CD_FORM_BINARY, CD_FORM_SELECT };

typedef struct cd_instruction {
    uint8_t form, op, dtype;  // dtype: of the operands (SELECT: of a and b)
    uint8_t scalars;          // as in cd_binary and cd_select; such an operand is a SCALAR input
    int32_t destination;      // slots
    int32_t a, b, condition;
} cd_instruction;

/// How the iteration space folds. ALL: to one element. ROWS: the last `extent` elements (a product of
/// trailing dimensions) fold to one, giving count / extent elements. COLUMNS: every `extent`-th element
/// folds, giving `extent` elements (a product of trailing dimensions).
enum { CD_FOLD_NONE, CD_FOLD_ALL, CD_FOLD_ROWS, CD_FOLD_COLUMNS };
enum { CD_REDUCE_SUM, CD_REDUCE_PROD, CD_REDUCE_MAX, CD_REDUCE_MIN };

typedef struct cd_reduction {
    uint8_t op, dtype;  // dtype: of the slot and of the result
    int32_t slot, buffer;
} cd_reduction;

typedef struct cd_program {
    int32_t rank;
    int64_t dims[CD_MAX_RANK];
    int64_t count;  // product of dims
    int32_t slot_count, instruction_count, reduction_count, temporary_count;
    const cd_slot *slots;
    const cd_instruction *instructions;
    const cd_reduction *reductions;
    uint8_t fold;  // the same for all reductions of a program
    int64_t extent;
} cd_program;

/// Bytes of scratch memory that a run needs with up to `threads` threads, 64-byte aligned.
size_t cd_program_scratch_bytes(const cd_program *program, int threads);

/// Runs the program with up to `threads` threads, for which `scratch` was measured. `buffers[i]` is what the slots and reductions with index i refer to. An output
/// buffer may be the very buffer of a LINEAR input (same pointer): then all instructions that read
/// that input in a block come before, or are, the one that writes the output.
/// The result is the same, bit for bit, whatever the number of threads and however many other
/// instructions stand in the program: sums of one iteration space and fold always add in the same order.
int cd_program_run(
    const cd_program *program, void *const *buffers, void *scratch, int threads);

/// A program that one thread runs over and over is prepared once: its memory laid out, its kernels chosen, those of the
/// instruction set that is in use then. Bytes of the memory for it, 64-byte aligned; 0 if it does not pay, or if up to
/// `threads` threads would share the work.
size_t cd_program_prepared_bytes(const cd_program *program, int threads);
void cd_program_prepare(const cd_program *program, void *memory);
/// As cd_program_run with one thread; one run at a time. The memory outlives no part of the program.
int cd_prepared_run(void *memory, void *const *buffers, void *scratch);

/// Runs programs that have nothing to do with each other, each by one thread, with up to `threads` at a time. `scratch`
/// has `scratch_bytes` for each of these threads: as much as any of the programs needs by itself. `prepared` has the
/// memory of each program that is prepared, and null for the others.
void cd_programs_run(
    const cd_program *const *programs, void *const *prepared, int64_t count, void *const *buffers, void *scratch,
    size_t scratch_bytes, int threads);

/// A buffer that is used row by row. Local: nobody else needs it, and each thread keeps `step_rows` of it, at `offset` in
/// its memory.
typedef struct cd_strip_buffer {
    int32_t buffer;
    int64_t row_bytes, offset;
} cd_strip_buffer;

/// Programs that follow each other, each over as many rows: what one of them writes in a row, the others read in that
/// row only. Threads share them strip by strip; in a strip all programs run on `step_rows`, then on the next, so that
/// what they hand on stays in the nearest cache. Results are those of `cd_program_run`, bit for bit.
typedef struct cd_strips {
    const cd_program *const *programs;  // none of them folds columns, none can fail
    int64_t count;
    // Where a program folds all, strips end where its sums are cut, and steps with a block.
    int64_t rows, strip_rows, step_rows;
    int64_t buffer_count;
    const cd_strip_buffer *locals, *inputs;
    int64_t local_count, local_bytes, input_count;
} cd_strips;

size_t cd_strips_scratch_bytes(const cd_strips *strips, int threads);
void cd_strips_run(const cd_strips *strips, void *const *buffers, void *scratch, int threads);

// MARK: - Movement

/// `destination[strides] = source[strides]` over `dims`, elements of `element_bytes` (1, 4, 8).
void cd_copy(
    int element_bytes, int rank, const int64_t *dims, const void *source,
    const int64_t *source_strides, void *destination, const int64_t *destination_strides);

/// Along the middle axis of source[outer, length, inner]: destination[outer, count, inner].
/// On CD_INDEX_OUT_OF_RANGE `*position` is the first offending index's position.
int cd_gather(
    int element_bytes, int64_t outer, int64_t length, int64_t inner, const void *source,
    int index_dtype, const void *indices, int64_t count, void *destination, int64_t *position);

/// destination[outer, length, inner] (already holding what to add to) += values[outer, count, inner]
/// at the indices, in the order of the indices. Float sums of repeated indices add in that order.
int cd_scatter_add(
    int dtype, int64_t outer, int64_t length, int64_t inner, void *destination, int index_dtype,
    const void *indices, int64_t count, const void *values, int64_t *position);

/// As cd_scatter_add, but values replace (the last one stays), multiply, or compete with what is there. SET is
/// for every type, the others for all but bool.
enum { CD_SCATTER_SET, CD_SCATTER_MUL, CD_SCATTER_MIN, CD_SCATTER_MAX };
int cd_scatter(
    int op, int dtype, int64_t outer, int64_t length, int64_t inner, void *destination, int index_dtype,
    const void *indices, int64_t count, const void *values, int64_t *position);

/// Index (i64) of the largest (`largest` true) or smallest of each row of source[outer, length, inner]
/// along the middle axis: the first one; a NaN counts as the extreme.
void cd_arg_reduce(
    int dtype, int largest, int64_t outer, int64_t length, int64_t inner, const void *source,
    int64_t *destination);

// MARK: - Along an axis

/// Along the middle axis of [outer, length, inner], from its end if `reverse`:
/// SUM: y[i] = y[i - 1] + b[i]; RECURRENCE: y[i] = a[i] y[i - 1] + b[i], y[0] = b[0];
/// HIGHEST, LOWEST: the index (i64) of the extreme of b so far, the first of equals, NaN for good;
/// ORDER, ORDER_DOWN: the indices (i64) that sort b, stable; NaN counts as the largest. `reverse` has no meaning here.
/// Orders are for every type, the others for all but bool. `a` is for RECURRENCE alone.
enum {
    CD_ALONG_SUM, CD_ALONG_RECURRENCE, CD_ALONG_HIGHEST, CD_ALONG_LOWEST, CD_ALONG_ORDER, CD_ALONG_ORDER_DOWN
};
/// Bytes of scratch memory that cd_along needs; `rows` is outer * inner.
size_t cd_along_scratch_bytes(int op, int64_t rows, int64_t length, int threads);
/// The same bits whatever the number of threads.
void cd_along(
    int op, int dtype, int reverse, int64_t outer, int64_t length, int64_t inner, const void *a, const void *b,
    void *y, void *scratch, int threads);

// MARK: - Random numbers

/// Element i depends only on (seed, start + i): Philox 4x32-10. `dtype` f32 or f64.
/// UNIFORM is in [0, 1); NORMAL has mean 0 and deviation 1. Bits: 32 random bits in an i64.
enum { CD_RANDOM_UNIFORM, CD_RANDOM_NORMAL };
void cd_random(int kind, int dtype, uint64_t seed, uint64_t start, void *destination, int64_t n);
void cd_random_bits(uint64_t seed, uint64_t start, uint64_t *destination, int64_t n);

// MARK: - Matrix products

/// c[m, n] = a[m, k] · b[k, n] for every batch, any strides for a and b; c is contiguous in its
/// rows (`c_row` >= n). Batches: up to CD_MAX_RANK dimensions with strides, 0 where an operand broadcasts.
typedef struct cd_matmul {
    int32_t dtype;  // every type but bool
    int64_t m, n, k;
    int64_t a_row, a_column, b_row, b_column, c_row;
    int32_t batch_rank;
    int64_t batch_dims[CD_MAX_RANK];
    int64_t a_batch[CD_MAX_RANK], b_batch[CD_MAX_RANK], c_batch[CD_MAX_RANK];
} cd_matmul;

/// The same bits whatever the number of threads. k = 0 gives zeros.
void cd_matmul_run(const cd_matmul *product, const void *a, const void *b, void *c);

/// Runs a product and its epilogue: a program without reductions that cannot fail, over as many elements as c has, which lie
/// one after the other. It runs on each part of c as soon as the part is there; what it reads and writes of c it does
/// element by element. `scratch` was measured for as many threads.
size_t cd_epilogue_scratch_bytes(const cd_program *program, int threads);
void cd_matmul_run_then(
    const cd_matmul *product, const void *a, const void *b, void *c, const cd_program *epilogue, void *const *buffers,
    void *scratch, int threads);

#ifdef __cplusplus
}
#endif

#endif
