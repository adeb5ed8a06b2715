// Programs over single numbers: what a function of scalars becomes when it is compiled.
//
// A chain of thousands of operations on one number each would spend its time in calling kernels made for
// blocks. Here an operation is eight bytes of code and one jump. The result of each instruction stays in a
// processor register for the next, so a chain waits for its arithmetic and not for memory. The bits are those
// of the block kernels: elementary functions are theirs, and the rest rounds in one way only.

#ifndef CDESCENT_SCALAR_H
#define CDESCENT_SCALAR_H

#include <stdint.h>

/// `to`, `a` and `b` are places among the registers; bools are 0 and 1 in the program's type.
typedef struct cd_scalar_instruction {
    uint16_t op, to, a, b;
} cd_scalar_instruction;

/// How the four basic operations take their operands: each from its place, or as the result of the instruction before.
enum { CD_SCALAR_BOTH_PLACES, CD_SCALAR_LAST_LEFT, CD_SCALAR_LAST_RIGHT, CD_SCALAR_BOTH_LAST };

enum {
    /// The end; the first in the list so that memory full of zeros is a program.
    CD_SCALAR_END,
    /// Makes `a` the last result.
    CD_SCALAR_LOAD,
    /// One of CD_ADD, CD_SUB, CD_MUL, CD_DIV as CD_SCALAR_BASIC + 8 * opcode + 2 * operands + keep; the result goes
    /// to its place only if `keep` is 1.
    CD_SCALAR_BASIC,
    CD_SCALAR_CHAIN = CD_SCALAR_BASIC + 32,
    CD_SCALAR_EQ, CD_SCALAR_NE, CD_SCALAR_LT, CD_SCALAR_LE, CD_SCALAR_GT, CD_SCALAR_GE,
    CD_SCALAR_AND, CD_SCALAR_OR, CD_SCALAR_NOT, CD_SCALAR_TRUTH,
    CD_SCALAR_NEGATE, CD_SCALAR_SQUARE, CD_SCALAR_COPY, CD_SCALAR_RELU, CD_SCALAR_RECIPROCAL, CD_SCALAR_SQRT,
    /// `a` if the last result is not 0, else `b`.
    CD_SCALAR_SELECT,
    /// The unary kernel whose opcode is `b`.
    CD_SCALAR_UNARY,
    /// Binary kernels.
    CD_SCALAR_POW, CD_SCALAR_MIN, CD_SCALAR_MAX, CD_SCALAR_MOD, CD_SCALAR_ATAN2,
    CD_SCALAR_COUNT
};

/// Runs a program that ends with CD_SCALAR_END over registers that hold its inputs.
void cd_scalar_run_f32(const cd_scalar_instruction *_Nonnull program, float *_Nonnull registers);
void cd_scalar_run_f64(const cd_scalar_instruction *_Nonnull program, double *_Nonnull registers);

#endif
