// The elementwise kernels for the instruction set `avx512`.

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"

#define CD_LEVEL 2
#include "isa_begin.h"

#include "elementwise.inc.h"

#include "isa_end.h"

#else

typedef int cd_elementwise_avx512_is_for_x86_64;

#endif
