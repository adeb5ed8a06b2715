// Internal: compiles what follows, up to `isa_end.h`, for one instruction set.
//
// The includer defines CD_LEVEL (0 baseline, 1 AVX2 with FMA, 2 AVX-512) and includes standard headers
// before. Functions carry the target as an attribute, so the package needs no compiler flags.
// CD_NAME(x) is x with the set's suffix; CD_VECTOR_BYTES the natural vector width; CD_HAS_FMA says
// whether a fused multiply-add is one instruction.

#if CD_LEVEL == 2
#define CD_NAME(x) x##_avx512
#define CD_VECTOR_BYTES 64
#define CD_HAS_FMA 1
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512cd,avx2,fma,bmi,bmi2,f16c"), \
                   min_vector_width(512))), \
    apply_to = function)
#elif CD_LEVEL == 1
#define CD_NAME(x) x##_avx2
#define CD_VECTOR_BYTES 32
#define CD_HAS_FMA 1
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,bmi,bmi2,f16c"))), apply_to = function)
#else
#define CD_NAME(x) x##_baseline
#define CD_VECTOR_BYTES 16
#if defined(__aarch64__)
#define CD_HAS_FMA 1
#else
#define CD_HAS_FMA 0
#endif
#endif
