#include "program.h"

#include <string.h>

typedef float line __attribute__((ext_vector_type(16), aligned(4)));
typedef float aligned_line __attribute__((ext_vector_type(16)));

void cd_stream(char *to, const char *from, int64_t bytes) {
    const int64_t head = cd_min(-(intptr_t)to & 63, bytes);
    memcpy(to, from, (size_t)head);
    int64_t i = head;
    for (; i + 64 <= bytes; i += 64)
        __builtin_nontemporal_store((aligned_line)*(const line *)(from + i), (aligned_line *)(to + i));
    memcpy(to + i, from + i, (size_t)(bytes - i));
}
