// Internal: integer remainders and powers, one element at a time: no vector unit divides integers.

#define CD_INTEGER_MATH(T, U, W) \
    CD_INLINE T cd_mod_##W(T a, T b, int *status) { \
        if (b == 0) { \
            *status = CD_DIVISION_BY_ZERO; \
            return 0; \
        } \
        if (b == -1) return 0; /* the smallest number by -1 traps */ \
        const T remainder = a % b; \
        return remainder != 0 && (remainder ^ b) < 0 ? remainder + b : remainder; \
    } \
    CD_INLINE T cd_pow_##W(T base, T exponent, int *status) { \
        if (exponent < 0) { \
            if (base == 1) return 1; \
            if (base == -1) return exponent & 1 ? -1 : 1; \
            *status = CD_NEGATIVE_EXPONENT; \
            return 0; \
        } \
        U square = (U)base, power = 1; \
        for (U left = (U)exponent; left != 0; left >>= 1) { \
            if (left & 1) power *= square; \
            square *= square; \
        } \
        return (T)power; \
    }

CD_INTEGER_MATH(int32_t, uint32_t, i32)
CD_INTEGER_MATH(int64_t, uint64_t, i64)
