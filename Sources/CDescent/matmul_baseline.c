#include "matmul.h"

#define CD_LEVEL 0
#include "isa_begin.h"
#include "matmul_table.inc.h"
#include "isa_end.h"
