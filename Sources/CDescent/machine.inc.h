// Internal: the loops of machine.c, between isa_begin.h and isa_end.h.

#define CD_LANES CD_NAME(lanes)
#define CD_LANE_COUNT (CD_VECTOR_BYTES / (int)sizeof(float))
typedef float CD_LANES __attribute__((vector_size(CD_VECTOR_BYTES)));

static float CD_NAME(total)(const CD_LANES *parts, int count) {
    float sum = 0;
    for (int i = 0; i < count; i += 1)
        for (int lane = 0; lane < CD_LANE_COUNT; lane += 1) sum += parts[i][lane];
    return sum;
}

static float CD_NAME(read)(const float *x, const float *y, int64_t n) {
    // Two streams: one alone does not keep memory busy.
    const CD_LANES *a = (const CD_LANES *)x, *b = (const CD_LANES *)y;
    CD_LANES sums[8] = {0};
    for (int64_t i = 0; i < n / CD_LANE_COUNT; i += 8)
        for (int part = 0; part < 8; part += 1) sums[part] += a[i + part] + b[i + part];
    return CD_NAME(total)(sums, 8);
}

static void CD_NAME(update)(const float *x, float *y, int64_t n) {
    const CD_LANES *from = (const CD_LANES *)x;
    CD_LANES *to = (CD_LANES *)y;
    for (int64_t i = 0; i < n / CD_LANE_COUNT; i += 8)
        for (int part = 0; part < 8; part += 1) to[i + part] += from[i + part];
}

static float CD_NAME(multiply_add)(int64_t rounds, int64_t *operations) {
#pragma STDC FP_CONTRACT ON
    // As many sums as hide the latency of four cycles on two units, and still fit into 16 registers.
    enum { PARTS = 12 };
    CD_LANES sums[PARTS];
    for (int part = 0; part < PARTS; part += 1) sums[part] = (CD_LANES){0} + (float)part;
    // Not known to the compiler, or it would do the work itself.
    volatile float factor = 0.5f, summand = 1.0f;
    const CD_LANES a = (CD_LANES){0} + factor, b = (CD_LANES){0} + summand;
    for (int64_t round = 0; round < rounds; round += 1)
        for (int part = 0; part < PARTS; part += 1) sums[part] = sums[part] * a + b;
    *operations = 2 * rounds * PARTS * CD_LANE_COUNT;
    return CD_NAME(total)(sums, PARTS);
}

#undef CD_LANES
#undef CD_LANE_COUNT
