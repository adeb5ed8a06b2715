#include "matmul.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define CD_LEVEL 2
#include "isa_begin.h"
#include "matmul_table.inc.h"
#include "isa_end.h"
#endif
