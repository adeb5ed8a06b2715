// Routines: which family each belongs to.

#include "routines.h"

size_t cd_routine_scratch_bytes(const cd_routine *routine, int threads) {
    if (routine->op < CD_CONVOLUTION) return cd_linalg_scratch_bytes(routine, threads);
    if (routine->op <= CD_CONVOLUTION_KERNEL) return cd_convolution_scratch_bytes(routine, threads);
    if (routine->op == CD_FFT) return cd_fft_scratch_bytes(routine, threads);
    return 0;
}

int cd_routine_run(
    const cd_routine *routine, const void *const *inputs, void *output, void *scratch, int threads,
    int64_t *position) {
    const cd_routine_call call = {routine, inputs, output, scratch, threads, position};
    if (routine->op < CD_CONVOLUTION) return cd_linalg_run(&call);
    if (routine->op <= CD_CONVOLUTION_KERNEL)
        cd_convolution_run(&call);
    else if (routine->op <= CD_POOL_ARGMAX)
        cd_pool_run(&call);
    else if (routine->op == CD_FFT)
        cd_fft_run(&call);
    else
        cd_buckets_run(&call);
    return CD_OK;
}
