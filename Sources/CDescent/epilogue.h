// Internal: a program that follows a matrix product, on each part of the result while it is in a cache.

#ifndef CDESCENT_EPILOGUE_H
#define CDESCENT_EPILOGUE_H

#include "program.h"

typedef struct cd_epilogue {
    cd_run run;
    int64_t seats;
} cd_epilogue;

/// Makes ready for up to `threads` threads.
void cd_epilogue_begin(
    cd_epilogue *epilogue, const cd_program *program, void *const *buffers, char *scratch, int threads);
/// Runs on `rows` x `columns` elements from element `first` on, rows `stride` elements apart. Any thread may call this.
void cd_epilogue_run(
    const cd_epilogue *epilogue, int64_t first, int64_t rows, int64_t columns, int64_t stride);

#endif
