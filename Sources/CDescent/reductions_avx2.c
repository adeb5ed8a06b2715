#if defined(__x86_64__)

#include <math.h>

#include "reductions.h"

#define CD_LEVEL 1
#include "isa_begin.h"
#include "reductions.inc.h"
#include "isa_end.h"

#endif
