// The elementwise kernels for the instruction set `baseline`.

#include <math.h>
#include <string.h>

#include "kernels.h"

#define CD_LEVEL 0
#include "isa_begin.h"

#include "elementwise.inc.h"

#include "isa_end.h"
