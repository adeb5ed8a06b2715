#include "random.h"

#define CD_LEVEL 0
#include "isa_begin.h"
#include "random.inc.h"
#include "isa_end.h"
