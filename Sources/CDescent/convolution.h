// Internal: patches of x, one for each position of y.

#ifndef CDESCENT_CONVOLUTION_H
#define CDESCENT_CONVOLUTION_H

#include "windows.h"

typedef struct cd_patches {
    cd_window w;
    int64_t channels;  // of a group
    int64_t depth;     // elements of a patch
} cd_patches;

/// Lays out the patches of `count` positions from `first` on: [depth, count], channels being outermost, or with channels
/// last [count, depth], channels being innermost. Outside of x there are zeros.
void cd_patches_read(
    const cd_patches *p, int dtype, const void *x, int64_t sample, int64_t group, int64_t first, int64_t count,
    void *patches);
/// The transpose: adds patches to where they were read from.
void cd_patches_add(
    const cd_patches *p, int dtype, const void *patches, int64_t sample, int64_t group, int64_t first,
    int64_t count, void *x);

#endif
