#include "program.h"

#include <string.h>

#define CD_LEVEL 0
#include "isa_begin.h"
#include "stream.inc.h"
#include "isa_end.h"
#undef CD_LEVEL

#if defined(__x86_64__)
#define CD_LEVEL 1
#include "isa_begin.h"
#include "stream.inc.h"
#include "isa_end.h"
#undef CD_LEVEL

#define CD_LEVEL 2
#include "isa_begin.h"
#include "stream.inc.h"
#include "isa_end.h"
#undef CD_LEVEL
#endif

void cd_stream(char *to, const char *from, int64_t bytes) {
    const int64_t head = cd_min(-(intptr_t)to & 63, bytes), lines = (bytes - head) / 64 * 64;
    memcpy(to, from, (size_t)head);
    to += head;
    from += head;
#if defined(__x86_64__)
    // A whole line at once is better than in parts.
    if (cd_isa() == CD_ISA_AVX512) stream_lines_avx512(to, from, lines);
    else if (cd_isa() == CD_ISA_AVX2) stream_lines_avx2(to, from, lines);
    else stream_lines_baseline(to, from, lines);
#else
    stream_lines_baseline(to, from, lines);
#endif
    memcpy(to + lines, from + lines, (size_t)(bytes - head - lines));
}
