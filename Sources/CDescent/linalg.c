// Linear algebra: from stacks of f32 or f64 matrices to one f64 matrix at a time.

#include "linalg.h"

typedef struct sizes {
    int64_t inputs[3];  // elements of one matrix of each input; 0: not read
    int64_t output, work;
    int (*run)(const cd_matrix *);
    double cost;  // multiply-adds, roughly
} sizes;

static sizes measure(const cd_routine *routine) {
    const int64_t *i = routine->integers;
    const int64_t m = i[1], n = routine->op == CD_QR || routine->op == CD_SVD || routine->op == CD_PINVERSE
        ? i[2] : i[1];
    const int64_t k = cd_least(m, n), square = n * n;
    const double cube = (double)m * (double)n * (double)k;
    switch (routine->op) {
    case CD_CHOLESKY:
        return (sizes){{square}, square, n * CD_LINALG_BLOCK, cd_matrix_cholesky, cube / 3};
    case CD_TRIANGULAR:
        return (sizes){{square, n * i[2]}, n * i[2], n * i[2], cd_matrix_triangular,
                       (double)square * (double)i[2]};
    case CD_LU:
        return (sizes){{square}, square + n, square, cd_matrix_lu, cube};
    case CD_LU_SOLVE:
        return (sizes){{0, square + n, n * i[2]}, n * i[2], n * i[2], cd_matrix_lu_solve,
                       2 * (double)square * (double)i[2]};
    case CD_INVERSE:
        return (sizes){{square}, square, 2 * square + n, cd_matrix_inverse, 3 * cube};
    case CD_DETERMINANT:
        return (sizes){{0, square + n}, 1, 0, cd_matrix_determinant, (double)square};
    case CD_COFACTORS:
        return (sizes){{square}, square, 4 * square + 2 * n + cd_svd_work(n, n), cd_matrix_cofactors, 4 * cube};
    case CD_QR:
        return (sizes){{m * n}, (m + n) * k, m * n + k + cd_reflect_work(m, n), cd_matrix_qr, 4 * cube};
    case CD_EIGH:
        return (sizes){{square}, square + n, 2 * square + 4 * n, cd_matrix_eigh, 9 * cube};
    case CD_SVD:
        return (sizes){{m * n}, (1 + m + n) * k, cd_svd_work(m, n), cd_matrix_svd, 50 * cube};
    case CD_PINVERSE:
        return (sizes){{m * n}, m * n, (1 + m + n) * k + cd_svd_work(m, n), cd_matrix_pinverse, 50 * cube};
    default:
        return (sizes){{square}, square, 7 * square + n, cd_matrix_expm, 20 * cube};
    }
}

/// f64 inputs are read, and outputs written, where they are.
static size_t slot_bytes(const cd_routine *routine, const sizes *s) {
    size_t bytes = cd_aligned((size_t)s->work * 8);
    if (routine->dtype == CD_F64) return bytes;
    for (int i = 0; i < 3; i++) bytes += cd_aligned((size_t)s->inputs[i] * 8);
    return bytes + cd_aligned((size_t)s->output * 8);
}

/// Workers that take turns through the stack; a worker has memory of its own.
static int64_t workers(const cd_routine *routine, const sizes *s, int threads) {
    const int64_t count = routine->integers[0];
    // Large matrices are shared out by the matrix product inside.
    if (s->cost * (double)count < 50000 || s->cost > 4e6) return cd_least(count, 1);
    return cd_least(count, threads);
}

size_t cd_linalg_scratch_bytes(const cd_routine *routine, int threads) {
    const sizes s = measure(routine);
    const int64_t slots = cd_most(workers(routine, &s, threads), 1);
    return (size_t)slots * (slot_bytes(routine, &s) + 64);
}

_Thread_local const cd_linalg_vectors_table *cd_vectors;

typedef struct job {
    const cd_routine_call *call;
    const cd_linalg_vectors_table *vectors;
    sizes s;
    int64_t workers;
    size_t slot;
} job;

static double *take(char **memory, int64_t count) {
    double *taken = (double *)*memory;
    *memory += cd_aligned((size_t)count * 8);
    return taken;
}

static void work(void *context, int64_t worker) {
    const job *job = context;
    const cd_routine_call *call = job->call;
    const cd_routine *routine = call->routine;
    const int is_wide = routine->dtype == CD_F64;
    cd_vectors = job->vectors;
    char *const slot = call->scratch + (size_t)worker * job->slot;
    // The first bytes of a slot tell what went wrong.
    int64_t *const failure = (int64_t *)slot;
    failure[0] = CD_OK;
    for (int64_t number = worker; number < routine->integers[0]; number += job->workers) {
        char *memory = slot + 64;
        cd_matrix matrix = {.integers = routine->integers};
        const double *inputs[3] = {0};
        for (int i = 0; i < 3; i++) {
            const int64_t count = job->s.inputs[i];
            if (count == 0) {
                inputs[i] = (const double *)memory;  // nothing, but somewhere
            } else if (is_wide) {
                inputs[i] = (const double *)call->inputs[i] + number * count;
            } else {
                const float *from = (const float *)call->inputs[i] + number * count;
                double *to = take(&memory, count);
                for (int64_t e = 0; e < count; e++) to[e] = from[e];
                inputs[i] = to;
            }
        }
        matrix.a = inputs[0];
        matrix.b = inputs[1];
        matrix.c = inputs[2];
        const int64_t count = job->s.output;
        matrix.out = is_wide ? (double *)call->output + number * count : take(&memory, count);
        matrix.work = take(&memory, job->s.work);
        const int status = job->s.run(&matrix);
        if (status != CD_OK) {
            failure[0] = status;
            failure[1] = number;
            return;
        }
        if (!is_wide) {
            float *to = (float *)call->output + number * count;
            for (int64_t e = 0; e < count; e++) to[e] = (float)matrix.out[e];
        }
    }
}

int cd_linalg_run(const cd_routine_call *call) {
    job job = {.call = call, .vectors = cd_linalg_vectors(), .s = measure(call->routine)};
    job.workers = workers(call->routine, &job.s, call->threads);
    job.slot = slot_bytes(call->routine, &job.s) + 64;
    if (job.workers > 1)
        cd_parallel(job.workers, work, &job);
    else if (job.workers == 1)
        work(&job, 0);
    int status = CD_OK;
    int64_t first = INT64_MAX;
    for (int64_t worker = 0; worker < job.workers; worker++) {
        const int64_t *failure = (const int64_t *)(call->scratch + (size_t)worker * job.slot);
        if (failure[0] != CD_OK && failure[1] < first) {
            status = (int)failure[0];
            first = failure[1];
        }
    }
    if (status != CD_OK) *call->position = first;
    return status;
}
