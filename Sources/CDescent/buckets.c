// Where values belong in sorted rows.

#include <math.h>

#include "routines.h"

// NaN belongs after all numbers.
#define SEARCH(name, type) \
    static int64_t search_##name(const type *sorted, int64_t length, type value, int right) { \
        int64_t low = 0, high = length; \
        while (low < high) { \
            const int64_t middle = low + (high - low) / 2; \
            const type x = sorted[middle]; \
            if (right ? !(x > value) && !(isnan(x) && !isnan(value)) : x < value || (isnan(value) && !isnan(x))) \
                low = middle + 1; \
            else \
                high = middle; \
        } \
        return low; \
    }

SEARCH(f32, float)
SEARCH(f64, double)

void cd_buckets_run(const cd_routine_call *call) {
    const int64_t *i = call->routine->integers;
    const int64_t rows = i[0], length = i[1], count = i[2], tables = i[3];
    const int right = i[4] != 0;
    int64_t *places = call->output;
    for (int64_t row = 0; row < rows; row++) {
        const int64_t from = tables == 1 ? 0 : row * length;
        for (int64_t v = row * count; v < (row + 1) * count; v++) {
            if (call->routine->dtype == CD_F64)
                places[v] = search_f64(
                    (const double *)call->inputs[0] + from, length, ((const double *)call->inputs[1])[v], right);
            else
                places[v] = search_f32(
                    (const float *)call->inputs[0] + from, length, ((const float *)call->inputs[1])[v], right);
        }
    }
}
