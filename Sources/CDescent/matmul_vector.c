// Matrix products with a vector on one side: they read the matrix once, so no tile or panel pays.

#include "matmul_job.h"

/// Outputs a task computes, in whole cache lines.
static int64_t task_outputs(int64_t outputs, int64_t k, int64_t most) {
    const int64_t tasks = cd_smaller(cd_parts(outputs * k, CD_TASK_WORK), most);
    return cd_parts(cd_parts(outputs, tasks), 64) * 64;
}

/// The vector is x, the matrix b's columns or a's rows: `outputs` of them, `column_tile` in a task.
static void vector_task(void *context, int64_t task) {
    const cd_matmul_job *job = context;
    const cd_matmul *p = &job->p;
    const cd_product_kernels *kernels = job->kernels;
    const int64_t first = task % job->column_tasks * job->column_tile, bytes = job->bytes;
    const char *a, *b;
    char *c;
    cd_matmul_locate(job, task / job->column_tasks, &a, &b, &c);
    if (p->n == 1) {
        const int64_t count = cd_smaller(job->column_tile, p->m - first);
        a += first * p->a_row * bytes;
        c += first * p->c_row * bytes;
        if (p->a_column == 1 && p->b_row == 1)
            kernels->dot(count, p->k, a, p->a_row, b, c, p->c_row);
        else
            kernels->combine(count, p->m, p->k, b, p->b_row, a, p->a_column, c);
        cd_matmul_finish(job, c, count, 1);
    } else {
        const int64_t count = cd_smaller(job->column_tile, p->n - first);
        b += first * p->b_column * bytes;
        c += first * bytes;
        if (p->b_row == 1 && p->a_column == 1)
            kernels->dot(count, p->k, b, p->b_column, a, c, 1);
        else
            kernels->combine(count, p->n, p->k, a, p->a_column, b, p->b_row, c);
        cd_matmul_finish(job, c, 1, count);
    }
}

int cd_matmul_vector(cd_matmul_job *job) {
    const cd_matmul *p = &job->p;
    const int is_dot = p->a_column == 1 && p->b_row == 1;
    if (p->n == 1) {
        if (!is_dot && (p->a_row != 1 || p->c_row != 1)) return 0;
    } else if (p->m == 1) {
        if (!is_dot && p->b_column != 1) return 0;
    } else {
        return 0;
    }
    const int64_t outputs = p->n == 1 ? p->m : p->n, count = cd_matmul_batches(p);
    if (count * outputs * p->k < CD_SHARED_WORK) {
        job->column_tasks = 1;
        job->column_tile = outputs;
        for (int64_t i = 0; i < count; i++) vector_task(job, i);
    } else {
        const int64_t most = (int64_t)CD_TASKS_PER_THREAD * cd_threads();
        job->column_tile = task_outputs(outputs, p->k, cd_parts(most, count));
        job->column_tasks = cd_parts(outputs, job->column_tile);
        cd_parallel(count * job->column_tasks, vector_task, job);
    }
    return 1;
}
