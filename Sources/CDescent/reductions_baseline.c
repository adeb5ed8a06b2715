#include <math.h>

#include "reductions.h"

#define CD_LEVEL 0
#include "isa_begin.h"
#include "reductions.inc.h"
#include "isa_end.h"
