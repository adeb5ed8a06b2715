// Convolutions as matrix products with patches of x, of which only a block is ever laid out.
//
// Channels first: y[outputs, positions] = w[outputs, k] · patches[k, positions], k being (channel, tap). Channels last:
// y[positions, outputs] = patches[positions, k] · w[k, outputs], k being (tap, channel). The gradients are the same
// product with another of the three in question.

#include <string.h>

#include "convolution.h"

enum { BLOCK_ELEMENTS = 1 << 16, MOST_PARTS = 8 };

typedef struct job {
    cd_patches p;
    const cd_routine_call *call;
    int op, dtype;
    int64_t bytes, taps, depth, positions, block, blocks, outputs_per_group, kernel_count;
    int64_t parts;
    size_t patch_bytes, product_bytes, slot;
    int64_t workers;
} job;

static job prepare(const cd_routine *routine, int threads) {
    job j = {.p = {.w = cd_window_read(routine)}, .op = routine->op, .dtype = routine->dtype};
    const cd_window *w = &j.p.w;
    j.bytes = routine->dtype == CD_F64 ? 8 : 4;
    j.taps = cd_volume(w->extent);
    j.p.channels = w->channels / w->groups;
    j.p.depth = j.depth = j.taps * j.p.channels;
    j.outputs_per_group = w->outputs / w->groups;
    j.positions = cd_volume(w->out);
    j.kernel_count = w->outputs * j.depth;
    const int64_t wanted = cd_divide_up(BLOCK_ELEMENTS / cd_most(j.depth, 1), 16) * 16;
    j.block = cd_most(cd_least(cd_most(cd_least(wanted, 4096), 32), j.positions), 1);
    j.blocks = cd_divide_up(j.positions, j.block);
    const int64_t m = j.outputs_per_group, k = j.depth;
    j.patch_bytes = cd_aligned((size_t)(k * j.block * j.bytes));
    const int64_t items = w->batch * j.blocks;
    if (j.op == CD_CONVOLUTION) {
        j.parts = items * w->groups;
    } else if (j.op == CD_CONVOLUTION_INPUT) {
        j.parts = w->batch * w->groups;
    } else {
        // Each part sums a kernel of its own. Their number follows from the shape, so results do too.
        j.parts = cd_least(items, MOST_PARTS);
        while (j.parts > 1 && j.parts * j.kernel_count * j.bytes > (int64_t)1 << 26) j.parts /= 2;
        j.product_bytes = cd_aligned((size_t)(m * k * j.bytes));
    }
    const double work = (double)items * (double)j.block * (double)k * (double)w->outputs;
    j.workers = work < 100000 ? 1 : cd_least(threads, j.parts);
    j.workers = cd_most(j.workers, 1);
    j.slot = j.patch_bytes + j.product_bytes;
    return j;
}

static size_t sums_bytes(const job *j) {
    return j->op == CD_CONVOLUTION_KERNEL ? cd_aligned((size_t)(j->parts * j->kernel_count * j->bytes)) : 0;
}

size_t cd_convolution_scratch_bytes(const cd_routine *routine, int threads) {
    const job j = prepare(routine, threads);
    return (size_t)j.workers * j.slot + sums_bytes(&j);
}

/// A matrix inside a buffer.
typedef struct place {
    char *at;
    int64_t row, column;
} place;

static void multiply(const job *j, int64_t m, int64_t n, int64_t k, place a, place b, place c) {
    const cd_matmul product = {
        .dtype = j->dtype, .m = m, .n = n, .k = k, .a_row = a.row, .a_column = a.column, .b_row = b.row,
        .b_column = b.column, .c_row = c.row};
    cd_matmul_run(&product, a.at, b.at, c.at);
}

/// The weights of a group: [outputs, k], whatever the layout.
static place weights(const job *j, const void *w, int64_t group) {
    const int64_t m = j->outputs_per_group;
    return j->p.w.last ? (place){(char *)w + group * m * j->bytes, 1, j->p.w.outputs}
                       : (place){(char *)w + group * m * j->depth * j->bytes, j->depth, 1};
}

/// Values of y for a group from a position on: [outputs, positions].
static place results(const job *j, const void *y, int64_t sample, int64_t group, int64_t position) {
    const int64_t m = j->outputs_per_group, outputs = j->p.w.outputs;
    char *const own = (char *)y + sample * outputs * j->positions * j->bytes;
    return j->p.w.last ? (place){own + (position * outputs + group * m) * j->bytes, 1, outputs}
                       : (place){own + (group * m * j->positions + position) * j->bytes, j->positions, 1};
}

/// Patches: [k, positions].
static place laid_out(const job *j, char *patches, int64_t count) {
    return j->p.w.last ? (place){patches, 1, j->depth} : (place){patches, count, 1};
}

static place flipped(place p) { return (place){p.at, p.column, p.row}; }

static void forward(const job *j, int64_t part, char *memory) {
    const cd_window *w = &j->p.w;
    const int64_t block = part % j->blocks, group = part / j->blocks % w->groups;
    const int64_t sample = part / j->blocks / w->groups;
    const int64_t first = block * j->block, count = cd_least(j->block, j->positions - first);
    cd_patches_read(&j->p, j->dtype, j->call->inputs[0], sample, group, first, count, memory);
    const place patches = laid_out(j, memory, count), kernel = weights(j, j->call->inputs[1], group);
    const place y = results(j, j->call->output, sample, group, first);
    const int64_t m = j->outputs_per_group;
    if (w->last)
        multiply(j, count, m, j->depth, flipped(patches), flipped(kernel), flipped(y));
    else
        multiply(j, m, count, j->depth, kernel, patches, y);
}

static void backward(const job *j, int64_t part, char *memory) {
    const cd_window *w = &j->p.w;
    const int64_t group = part % w->groups, sample = part / w->groups;
    const place kernel = weights(j, j->call->inputs[1], group);
    for (int64_t first = 0; first < j->positions; first += j->block) {
        const int64_t count = cd_least(j->block, j->positions - first);
        const place y = results(j, j->call->inputs[0], sample, group, first);
        const place patches = laid_out(j, memory, count);
        const int64_t m = j->outputs_per_group;
        if (w->last)
            multiply(j, count, j->depth, m, flipped(y), kernel, flipped(patches));
        else
            multiply(j, j->depth, count, m, flipped(kernel), y, patches);
        cd_patches_add(&j->p, j->dtype, memory, sample, group, first, count, j->call->output);
    }
}

static void add(const job *j, const char *from, int64_t from_row, char *to, int64_t to_row, int64_t rows,
                int64_t columns) {
    for (int64_t r = 0; r < rows; r++) {
        if (j->dtype == CD_F64) {
            const double *x = (const double *)from + r * from_row;
            double *y = (double *)to + r * to_row;
            for (int64_t c = 0; c < columns; c++) y[c] += x[c];
        } else {
            const float *x = (const float *)from + r * from_row;
            float *y = (float *)to + r * to_row;
            for (int64_t c = 0; c < columns; c++) y[c] += x[c];
        }
    }
}

static void kernel_part(const job *j, int64_t part, char *memory, char *sums) {
    const cd_window *w = &j->p.w;
    char *const own = sums + part * j->kernel_count * j->bytes;
    memset(own, 0, (size_t)(j->kernel_count * j->bytes));
    char *const product = memory + j->patch_bytes;
    const int64_t items = w->batch * j->blocks, m = j->outputs_per_group;
    for (int64_t item = items * part / j->parts; item < items * (part + 1) / j->parts; item++) {
        const int64_t sample = item / j->blocks, first = item % j->blocks * j->block;
        const int64_t count = cd_least(j->block, j->positions - first);
        for (int64_t group = 0; group < w->groups; group++) {
            cd_patches_read(&j->p, j->dtype, j->call->inputs[0], sample, group, first, count, memory);
            const place patches = laid_out(j, memory, count);
            const place y = results(j, j->call->inputs[1], sample, group, first);
            const place target = weights(j, own, group);
            if (w->last) {
                multiply(j, j->depth, m, count, patches, flipped(y), (place){product, m, 1});
                add(j, product, m, target.at, w->outputs, j->depth, m);
            } else {
                multiply(j, m, j->depth, count, y, flipped(patches), (place){product, j->depth, 1});
                add(j, product, j->depth, target.at, j->depth, m, j->depth);
            }
        }
    }
}

static void work(void *context, int64_t worker) {
    const job *j = context;
    char *const memory = j->call->scratch + (size_t)worker * j->slot;
    char *const sums = j->call->scratch + (size_t)j->workers * j->slot;
    for (int64_t part = worker; part < j->parts; part += j->workers) {
        if (j->op == CD_CONVOLUTION)
            forward(j, part, memory);
        else if (j->op == CD_CONVOLUTION_INPUT)
            backward(j, part, memory);
        else
            kernel_part(j, part, memory, sums);
    }
}

void cd_convolution_run(const cd_routine_call *call) {
    job j = prepare(call->routine, call->threads);
    j.call = call;
    const cd_window *w = &j.p.w;
    if (j.op == CD_CONVOLUTION_INPUT)
        memset(call->output, 0, (size_t)(w->batch * w->channels * cd_volume(w->in) * j.bytes));
    if (j.workers > 1)
        cd_parallel(j.workers, work, &j);
    else
        work(&j, 0);
    if (j.op != CD_CONVOLUTION_KERNEL) return;
    memset(call->output, 0, (size_t)(j.kernel_count * j.bytes));
    const char *const sums = call->scratch + (size_t)j.workers * j.slot;
    for (int64_t part = 0; part < j.parts; part++)
        add(&j, sums + part * j.kernel_count * j.bytes, 0, call->output, 0, 1, j.kernel_count);
}
