#include "linalg_vectors.h"

#define CD_LEVEL 0
#include "isa_begin.h"
#include "linalg_vectors.inc.h"
#include "isa_end.h"
