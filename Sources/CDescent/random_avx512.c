#if defined(__x86_64__)

#include "random.h"

#define CD_LEVEL 2
#include "isa_begin.h"
#include "random.inc.h"
#include "isa_end.h"

#endif
