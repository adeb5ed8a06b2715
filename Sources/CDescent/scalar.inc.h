// Internal: the handlers of programs over single numbers of type T.

typedef T (*NAMED(handler))(const cd_scalar_instruction *code, T *r, T last);
static const NAMED(handler) NAMED(handlers)[CD_SCALAR_COUNT];

#if CD_SCALAR_JUMPS
#define CD_NEXT(value) \
    do { \
        const T result = (value); \
        code++; \
        __attribute__((musttail)) return NAMED(handlers)[code->op](code, r, result); \
    } while (0)
#else
#define CD_NEXT(value) return (value)
#endif

#define CD_HANDLER(name) static T NAMED(name)(const cd_scalar_instruction *code, T *r, T last)

CD_HANDLER(end) {
    (void)code, (void)r;
    return last;
}

CD_HANDLER(load) {
    (void)last;
    CD_NEXT(r[code->a]);
}

// Basic operations: where the operands are, and whether the result is kept.
#define CD_BASIC_ONE(name, left, operator, right) \
    CD_HANDLER(name##_pass) { \
        (void)last; \
        CD_NEXT((left) operator (right)); \
    } \
    CD_HANDLER(name##_keep) { \
        (void)last; \
        const T kept = (left) operator (right); \
        r[code->to] = kept; \
        CD_NEXT(kept); \
    }
#define CD_BASIC(name, operator) \
    CD_BASIC_ONE(name##_places, r[code->a], operator, r[code->b]) \
    CD_BASIC_ONE(name##_left, last, operator, r[code->b]) \
    CD_BASIC_ONE(name##_right, r[code->a], operator, last) \
    CD_BASIC_ONE(name##_last, last, operator, last)

CD_BASIC(add, +)
CD_BASIC(sub, -)
CD_BASIC(mul, *)
CD_BASIC(div, /)

// The others take operands from their places and keep the result.
#define CD_OTHER(name, value) \
    CD_HANDLER(name) { \
        (void)last; \
        const T a = r[code->a], b = r[code->b]; \
        (void)a, (void)b; \
        const T kept = (value); \
        r[code->to] = kept; \
        CD_NEXT(kept); \
    }

CD_OTHER(chain, a == 0 ? a : a * b)
CD_OTHER(eq, a == b)
CD_OTHER(ne, a != b)
CD_OTHER(lt, a < b)
CD_OTHER(le, a <= b)
CD_OTHER(gt, a > b)
CD_OTHER(ge, a >= b)
CD_OTHER(and, a != 0 && b != 0)
CD_OTHER(or, a != 0 || b != 0)

// And those with one operand; `b` may be no place at all.
#define CD_SINGLE(name, value) \
    CD_HANDLER(name) { \
        (void)last; \
        const T a = r[code->a]; \
        const T kept = (value); \
        r[code->to] = kept; \
        CD_NEXT(kept); \
    }

CD_SINGLE(not, a == 0)
CD_SINGLE(truth, a != 0)
CD_SINGLE(negate, -a)
CD_SINGLE(square, a * a)
CD_SINGLE(copy, a)
CD_SINGLE(relu, a <= 0 ? 0 : a)
CD_SINGLE(reciprocal, 1 / a)
CD_SINGLE(sqrt, __builtin_elementwise_sqrt(a))

CD_HANDLER(select) {
    const T kept = last != 0 ? r[code->a] : r[code->b];
    r[code->to] = kept;
    CD_NEXT(kept);
}

CD_HANDLER(unary) {
    (void)last;
    cd_unary(code->b, DTYPE, r + code->a, r + code->to, 1);
    CD_NEXT(r[code->to]);
}

#define CD_KERNEL(name, opcode) \
    CD_HANDLER(name) { \
        (void)last; \
        cd_binary(opcode, DTYPE, 0, r + code->a, r + code->b, r + code->to, 1); \
        CD_NEXT(r[code->to]); \
    }

CD_KERNEL(pow, CD_POW)
CD_KERNEL(min, CD_MIN)
CD_KERNEL(max, CD_MAX)
CD_KERNEL(mod, CD_MOD)
CD_KERNEL(atan2, CD_ATAN2)

#define CD_BASIC_TABLE(name) \
    NAMED(name##_places_pass), NAMED(name##_places_keep), NAMED(name##_left_pass), NAMED(name##_left_keep), \
        NAMED(name##_right_pass), NAMED(name##_right_keep), NAMED(name##_last_pass), NAMED(name##_last_keep)

static const NAMED(handler) NAMED(handlers)[CD_SCALAR_COUNT] = {
    NAMED(end), NAMED(load),
    CD_BASIC_TABLE(add), CD_BASIC_TABLE(sub), CD_BASIC_TABLE(mul), CD_BASIC_TABLE(div),
    NAMED(chain), NAMED(eq), NAMED(ne), NAMED(lt), NAMED(le), NAMED(gt), NAMED(ge), NAMED(and), NAMED(or),
    NAMED(not), NAMED(truth), NAMED(negate), NAMED(square), NAMED(copy), NAMED(relu), NAMED(reciprocal),
    NAMED(sqrt), NAMED(select), NAMED(unary), NAMED(pow), NAMED(min), NAMED(max), NAMED(mod), NAMED(atan2),
};

void NAMED(cd_scalar_run)(const cd_scalar_instruction *program, T *registers) {
#if CD_SCALAR_JUMPS
    NAMED(handlers)[program->op](program, registers, 0);
#else
    T last = 0;
    for (; program->op != CD_SCALAR_END; program++) last = NAMED(handlers)[program->op](program, registers, last);
#endif
}

#undef CD_NEXT
#undef CD_HANDLER
#undef CD_BASIC_ONE
#undef CD_BASIC
#undef CD_OTHER
#undef CD_SINGLE
#undef CD_KERNEL
#undef CD_BASIC_TABLE
