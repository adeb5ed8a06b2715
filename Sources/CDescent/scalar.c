#include "CDescent.h"

// A handler ends by jumping to the next one, which predicts better than a loop around a switch. Where the compiler
// cannot promise that such a call is a jump, a loop calls the handlers one after the other.
#if (defined(__x86_64__) || defined(__aarch64__)) && __has_attribute(musttail)
#define CD_SCALAR_JUMPS 1
#else
#define CD_SCALAR_JUMPS 0
#endif

#define T float
#define NAMED(name) name##_f32
#define DTYPE CD_F32
#include "scalar.inc.h"
#undef T
#undef NAMED
#undef DTYPE

#define T double
#define NAMED(name) name##_f64
#define DTYPE CD_F64
#include "scalar.inc.h"
