#include "linalg_vectors.h"

#if defined(__x86_64__)
#define CD_LEVEL 2
#include "isa_begin.h"
#include "linalg_vectors.inc.h"
#include "isa_end.h"
#endif
