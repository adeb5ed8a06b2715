// Strided copies. Dimensions are first brought into a normal form, outermost first by the stride
// of the destination, which then is positive, and collapsed. What remains is a grid of planes: the two
// innermost dimensions, or, where the source is contiguous along another one, that dimension and the
// innermost. Threads share stripes of planes.

#include "CDescent.h"

#include <string.h>

enum {
    TILE = 32,             // sides of the tiles in which planes are transposed: two of them fit L1
    STRIPE = 16384,        // elements of a stripe, roughly
    SHARED_COPY = 131072,  // elements from which on threads share
    FAR_BYTES = 8 << 20,   // from which on planes are prefetched: the caches nearby no longer hold them
    PAGE = 4096,           // lines that lie multiples of it apart compete for the same places in L1
};

typedef struct axis {
    int64_t dim, from, to;  // strides of source and destination
} axis;

typedef struct copy {
    const char *source;
    char *destination;
    int64_t bytes;  // of an element
    int32_t outer_rank;
    axis outer[CD_MAX_RANK];
    axis row, column;  // the plane
    int far;           // whether to prefetch
    int64_t stripe_rows, stripes_per_plane, stripes, stripes_per_task;
} copy;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// MARK: - Planes

// Tiles of a plane whose source is contiguous along the rows' axis and whose destination is
// along the columns'. Four by four (two by two) elements go through registers.
typedef uint32_t four __attribute__((ext_vector_type(4), aligned(4)));
typedef uint64_t two __attribute__((ext_vector_type(2), aligned(8)));

static inline void transpose_4(const uint32_t *from, int64_t pitch, uint32_t *to, int64_t to_pitch) {
    const four a = *(const four *)from, b = *(const four *)(from + pitch);
    const four c = *(const four *)(from + 2 * pitch), d = *(const four *)(from + 3 * pitch);
    const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const four ef = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const four gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(four *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(four *)(to + to_pitch) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(four *)(to + 2 * to_pitch) = __builtin_shufflevector(ef, gh, 0, 1, 4, 5);
    *(four *)(to + 3 * to_pitch) = __builtin_shufflevector(ef, gh, 2, 3, 6, 7);
}

static inline void transpose_8(const uint64_t *from, int64_t pitch, uint64_t *to, int64_t to_pitch) {
    const two a = *(const two *)from, b = *(const two *)(from + pitch);
    *(two *)to = __builtin_shufflevector(a, b, 0, 2);
    *(two *)(to + to_pitch) = __builtin_shufflevector(a, b, 1, 3);
}

// The lines of a tile. Beyond the ends of the plane that does no harm.
static inline void prefetch(const void *tile, int64_t pitch_bytes, int64_t element_bytes) {
    const char *line = tile;
    for (int64_t i = 0; i < TILE; i++, line += pitch_bytes)
        for (int64_t j = 0; j < TILE * element_bytes; j += 64) __builtin_prefetch(line + j);
}

#define DEFINE_TRANSPOSE(name, type, unit, block) \
    /* to[i * to_pitch + j] = from[j * pitch + i] */ \
    static void name( \
        const type *from, int64_t pitch, type *to, int64_t to_pitch, int64_t rows, int64_t columns, \
        int far) { \
        const int compete = pitch * (int64_t)sizeof(type) % PAGE == 0; \
        for (int64_t row = 0; row < rows; row += TILE) { \
            for (int64_t column = 0; column < columns; column += TILE) { \
                const int64_t m = least(rows - row, TILE), n = least(columns - column, TILE); \
                const type *x = from + column * pitch + row; \
                type *y = to + row * to_pitch + column; \
                if (far) { \
                    prefetch(x + TILE * pitch, pitch * (int64_t)sizeof(type), sizeof(type)); \
                    prefetch(y + TILE, to_pitch * (int64_t)sizeof(type), sizeof(type)); \
                } \
                type tile[TILE * TILE]; \
                int64_t step = pitch; \
                if (compete && m == TILE && n == TILE) { \
                    for (int64_t j = 0; j < TILE; j++) \
                        memcpy(tile + j * TILE, x + j * pitch, sizeof(type) * TILE); \
                    x = tile; \
                    step = TILE; \
                } \
                const int64_t whole_m = m / unit * unit, whole_n = n / unit * unit; \
                for (int64_t i = 0; i < whole_m; i += unit) \
                    for (int64_t j = 0; j < whole_n; j += unit) \
                        block(x + j * step + i, step, y + i * to_pitch + j, to_pitch); \
                for (int64_t i = 0; i < m; i++) \
                    for (int64_t j = i < whole_m ? whole_n : 0; j < n; j++) \
                        y[i * to_pitch + j] = x[j * step + i]; \
            } \
        } \
    }
#define ONE_BYTE(from, pitch, to, to_pitch) (void)(*(to) = *(from))
DEFINE_TRANSPOSE(transpose_plane_1, uint8_t, 1, ONE_BYTE)
DEFINE_TRANSPOSE(transpose_plane_4, uint32_t, 4, transpose_4)
DEFINE_TRANSPOSE(transpose_plane_8, uint64_t, 2, transpose_8)

#define DEFINE_PLANE(name, type, transpose) \
    static void name(const copy *job, const type *from, type *to, int64_t rows) { \
        const axis row = job->row, column = job->column; \
        const int64_t n = column.dim; \
        if (row.from == 1 && column.to == 1 && column.from != 1) { \
            transpose(from, column.from, to, row.to, rows, n, job->far); \
            return; \
        } \
        for (int64_t i = 0; i < rows; i++, from += row.from, to += row.to) { \
            if (column.to != 1) \
                for (int64_t j = 0; j < n; j++) to[j * column.to] = from[j * column.from]; \
            else if (column.from == 0) { \
                const type value = *from; \
                if (value == 0) memset(to, 0, (size_t)n * sizeof(type)); \
                else for (int64_t j = 0; j < n; j++) to[j] = value; \
            } \
            else if (column.from == -1) \
                for (int64_t j = 0; j < n; j++) to[j] = from[-j]; \
            else if (column.from != 1) \
                for (int64_t j = 0; j < n; j++) to[j] = from[j * column.from]; \
            else if (n * (int64_t)sizeof(type) >= 64) \
                memcpy(to, from, (size_t)n * sizeof(type)); \
            else \
                for (int64_t j = 0; j < n; j++) to[j] = from[j]; \
        } \
    }
DEFINE_PLANE(copy_plane_1, uint8_t, transpose_plane_1)
DEFINE_PLANE(copy_plane_4, uint32_t, transpose_plane_4)
DEFINE_PLANE(copy_plane_8, uint64_t, transpose_plane_8)

// MARK: - Stripes

static void copy_stripes(void *context, int64_t task) {
    const copy *job = context;
    int64_t stripe = task * job->stripes_per_task;
    const int64_t end = least(stripe + job->stripes_per_task, job->stripes);
    for (int64_t place, part; stripe < end; stripe++) {
        place = stripe / job->stripes_per_plane;
        part = stripe - place * job->stripes_per_plane;
        int64_t from = 0, to = 0;
        for (int32_t i = job->outer_rank - 1; i >= 0; i--) {
            const axis *axis = job->outer + i;
            const int64_t next = place / axis->dim, index = place - next * axis->dim;
            from += index * axis->from;
            to += index * axis->to;
            place = next;
        }
        const int64_t first = part * job->stripe_rows;
        const int64_t rows = least(job->row.dim - first, job->stripe_rows);
        const void *x = job->source + (from + first * job->row.from) * job->bytes;
        void *y = job->destination + (to + first * job->row.to) * job->bytes;
        switch (job->bytes) {
        case 1: copy_plane_1(job, x, y, rows); break;
        case 4: copy_plane_4(job, x, y, rows); break;
        default: copy_plane_8(job, x, y, rows); break;
        }
    }
}

// Fills `axes`, outermost first; answers their number. Moves the pointers to the new origin.
static int32_t normalize(
    copy *job, axis *axes, int rank, const int64_t *dims, const int64_t *from, const int64_t *to) {
    int32_t kept = 0;
    for (int i = 0; i < rank; i++) {
        if (dims[i] == 1) continue;
        axis next = {dims[i], from[i], to[i]};
        if (next.to < 0) {
            job->source += (next.dim - 1) * next.from * job->bytes;
            job->destination += (next.dim - 1) * next.to * job->bytes;
            next.from = -next.from;
            next.to = -next.to;
        }
        int32_t at = kept++;
        for (; at > 0 && axes[at - 1].to < next.to; at--) axes[at] = axes[at - 1];
        axes[at] = next;
    }
    int32_t count = 0;
    for (int32_t i = 0; i < kept; i++) {
        axis *last = axes + count - 1;
        if (count > 0 && last->from == axes[i].dim * axes[i].from &&
            last->to == axes[i].dim * axes[i].to) {
            *last = (axis){last->dim * axes[i].dim, axes[i].from, axes[i].to};
        } else {
            axes[count++] = axes[i];
        }
    }
    return count;
}

void cd_copy(
    int element_bytes, int rank, const int64_t *dims, const void *source,
    const int64_t *source_strides, void *destination, const int64_t *destination_strides) {
    int64_t count = 1;
    for (int i = 0; i < rank; i++) count *= dims[i];
    if (count == 0) return;
    copy job = {.source = source, .destination = destination, .bytes = element_bytes};
    axis axes[CD_MAX_RANK];
    int32_t left = normalize(&job, axes, rank, dims, source_strides, destination_strides);
    job.row = job.column = (axis){1, 0, 1};
    if (left > 0) job.column = axes[--left];
    if (left > 0) {
        // The row axis: along which the source is contiguous if the columns are not, or else the next.
        int32_t row = left - 1;
        for (int32_t i = 0; i < left && job.column.from != 1 && job.column.to == 1; i++)
            if (axes[i].from == 1) row = i;
        job.row = axes[row];
        for (left--; row < left; row++) axes[row] = axes[row + 1];
    } else if (job.column.dim > STRIPE) {
        // A single long row: fold it, so that stripes can share it. What does not divide comes last.
        const int64_t rows = job.column.dim / STRIPE, whole = rows * STRIPE;
        const axis column = job.column;
        if (whole < column.dim) {
            const int64_t rest = column.dim - whole;
            cd_copy(
                element_bytes, 1, &rest, job.source + whole * column.from * element_bytes,
                &column.from, job.destination + whole * column.to * element_bytes, &column.to);
        }
        job.row = (axis){rows, column.from * STRIPE, column.to * STRIPE};
        job.column.dim = STRIPE;
        count = whole;
    }
    job.outer_rank = left;
    memcpy(job.outer, axes, sizeof(axis) * (size_t)left);
    job.far = count * element_bytes >= FAR_BYTES;
    const int64_t rows = STRIPE / job.column.dim / TILE * TILE;
    const int64_t fewest = job.row.from == 1 ? TILE : 1;
    job.stripe_rows = rows > fewest ? rows : fewest;
    job.stripes_per_plane = (job.row.dim + job.stripe_rows - 1) / job.stripe_rows;
    const int64_t planes = count / (job.row.dim * job.column.dim);
    job.stripes = planes * job.stripes_per_plane;
    if (count < SHARED_COPY || job.stripes == 1) {
        job.stripes_per_task = job.stripes;
        copy_stripes(&job, 0);
        return;
    }
    const int64_t tasks = least(job.stripes, 64);
    job.stripes_per_task = (job.stripes + tasks - 1) / tasks;
    cd_parallel((job.stripes + job.stripes_per_task - 1) / job.stripes_per_task, copy_stripes, &job);
}
