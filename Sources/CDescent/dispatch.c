// The choice of instruction set, and the single operations that go through its table.

#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static const char *const names[CD_ISA_COUNT] = {"baseline", "avx2", "avx512"};

static int best_available(void) {
#if defined(__x86_64__)
    // These ask the operating system too whether it saves the registers.
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return CD_ISA_BASELINE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512cd"))
        return CD_ISA_AVX2;
    return CD_ISA_AVX512;
#else
    return CD_ISA_BASELINE;
#endif
}

static int of_process = CD_ISA_BASELINE;
// Of this thread, plus one; 0: that of the process. Drivers choose kernels on the caller's thread and hand
// them to those that help, so a job has one instruction set.
static _Thread_local int of_thread;

static int at_most(int isa) {
    const int best = best_available();
    return isa < 0 ? 0 : (isa < best ? isa : best);
}

int cd_set_isa(int isa) {
    const int chosen = at_most(isa);
    of_thread = chosen + 1;
    return chosen;
}

// Before main, so that cd_isa is one load.
__attribute__((constructor)) static void choose(void) {
    const char *wanted = getenv("DESCENT_ISA");
    int isa = CD_ISA_COUNT - 1;
    for (int i = 0; wanted != NULL && i < CD_ISA_COUNT; i += 1)
        if (strcmp(wanted, names[i]) == 0) isa = i;
    of_process = at_most(isa);
}

int cd_isa(void) { return of_thread > 0 ? of_thread - 1 : of_process; }

const char *cd_isa_name(int isa) {
    return isa >= 0 && isa < CD_ISA_COUNT ? names[isa] : "unknown";
}

static size_t element_bytes(int dtype) {
    static const size_t bytes[CD_DTYPE_COUNT] = {4, 8, 4, 8, 1};
    return bytes[dtype];
}

static int gives_bool(int op) { return op >= CD_EQ && op <= CD_OR; }

void cd_unary(int op, int dtype, const void *x, void *y, int64_t n) {
    cd_elementwise()->unary[op][dtype](x, y, n);
}

int cd_binary(int op, int dtype, int scalars, const void *a, const void *b, void *y, int64_t n) {
    const cd_binary_kernel *forms = cd_elementwise()->binary[op][dtype];
    if ((scalars & 3) != 3) return forms[scalars & 3](a, b, y, n);
    if (n <= 0) return CD_OK;
    uint64_t value;
    const int status = forms[0](a, b, &value, 1);
    cd_fill(gives_bool(op) ? CD_BOOL : dtype, &value, y, n);
    return status;
}

void cd_select(
    int dtype, int scalars, const uint8_t *condition, const void *a, const void *b, void *y,
    int64_t n) {
    if (!(scalars & 4)) {
        cd_elementwise()->select[dtype][scalars & 3](condition, a, b, y, n);
        return;
    }
    if (n <= 0) return;
    const int first = condition[0] != 0;
    if (scalars & (first ? 1 : 2))
        cd_fill(dtype, first ? a : b, y, n);
    else if ((first ? a : b) != y)
        cd_unary(CD_COPY, dtype, first ? a : b, y, n);
}

void cd_fill(int dtype, const void *value, void *y, int64_t n) {
    if (n <= 0) return;
    switch (element_bytes(dtype)) {
    case 1:
        memset(y, *(const uint8_t *)value, (size_t)n);
        break;
    case 4: {
        const uint32_t bits = *(const uint32_t *)value;
        uint32_t *to = y;
        for (int64_t i = 0; i < n; i += 1) to[i] = bits;
        break;
    }
    default: {
        const uint64_t bits = *(const uint64_t *)value;
        uint64_t *to = y;
        for (int64_t i = 0; i < n; i += 1) to[i] = bits;
        break;
    }
    }
}
