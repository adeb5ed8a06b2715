// Matrix products: what kind of product it is.

#include <string.h>

#include "matmul_job.h"

/// A last batch dimension in which a and c go on as their rows do, and b is the same, makes one taller
/// product. A single row goes on in any step.
static void fold_batches(cd_matmul *p) {
    for (; p->batch_rank > 0; p->batch_rank--) {
        const int last = p->batch_rank - 1;
        const int64_t count = p->batch_dims[last];
        if (count == 1) continue;
        if (p->b_batch[last] != 0) return;
        if (p->m == 1) {
            p->a_row = p->a_batch[last];
            p->c_row = p->c_batch[last];
        } else if (p->a_batch[last] != p->m * p->a_row || p->c_batch[last] != p->m * p->c_row) {
            return;
        }
        p->m *= count;
    }
}

static int is_float(const cd_matmul *p) { return p->dtype == CD_F32 || p->dtype == CD_F64; }

static inline __attribute__((always_inline)) cd_matmul_job begin(const cd_matmul *product) {
    const cd_matmul_kernels_table *table = cd_matmul_kernels();
    cd_matmul_job job = {
        .kernels = product->dtype == CD_F64 ? &table->f64 : &table->f32,
        .p = *product,
        .bytes = product->dtype == CD_F64 || product->dtype == CD_I64 ? 8 : 4,
    };
    fold_batches(&job.p);
    return job;
}

static int is_empty(const cd_matmul *p) {
    return p->m <= 0 || p->n <= 0 || cd_matmul_batches(p) <= 0;
}

static void run_integers(const cd_matmul_job *job) {
    const int64_t count = cd_matmul_batches(&job->p);
    for (int64_t i = 0; i < count; i++) {
        const char *a, *b;
        char *c;
        cd_matmul_locate(job, i, &a, &b, &c);
        cd_matmul_integers(&job->p, a, b, c);
    }
}

static void clear(const cd_matmul_job *job) {
    const int64_t count = cd_matmul_batches(&job->p);
    for (int64_t i = 0; i < count; i++) {
        const char *a, *b;
        char *c;
        cd_matmul_locate(job, i, &a, &b, &c);
        for (int64_t row = 0; row < job->p.m; row++)
            memset(c + row * job->p.c_row * job->bytes, 0, (size_t)(job->p.n * job->bytes));
    }
}

static inline __attribute__((always_inline)) void run(cd_matmul_job *job, const void *a, const void *b, void *c) {
    job->a = a;
    job->b = b;
    job->c = c;
    if (job->p.k <= 0)
        clear(job);
    else if (!is_float(&job->p))
        run_integers(job);
    else if (!cd_matmul_vector(job))
        cd_matmul_tiles(job);
}

void cd_matmul_run(const cd_matmul *product, const void *a, const void *b, void *c) {
    if (is_empty(product)) return;
    cd_matmul_job job = begin(product);
    run(&job, a, b, c);
}

void cd_matmul_run_then(
    const cd_matmul *product, const void *a, const void *b, void *c, const cd_program *program, void *const *buffers,
    void *scratch, int threads) {
    if (is_empty(product)) return;
    cd_epilogue epilogue;
    cd_epilogue_begin(&epilogue, program, buffers, scratch, threads);
    cd_matmul_job job = begin(product);
    if (product->k > 0 && is_float(product)) {
        job.epilogue = &epilogue;
        run(&job, a, b, c);
    } else {
        run(&job, a, b, c);
        cd_epilogue_run(&epilogue, 0, cd_matmul_batches(product) * product->m, product->n, product->n);
    }
}
