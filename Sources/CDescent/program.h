// Internal: what a run of a fused program keeps in its scratch memory.
//
//   program.c          lays out the memory, runs
//   program_resolve.c  chooses kernels for instructions, finds the buffers of slots
//   program_pairs.c    makes one step of two instructions
//   program_prepared.c programs that are laid out and resolved once for many runs
//   program_view.c     strided inputs: brings a block of one into scratch memory
//   program_walk.c     which blocks there are, in which order their reductions add
//   strips.c           several programs, strip by strip of their rows
//   shares.h           which worker takes what
//   stream.c           outputs that no cache will hold
//
// The memory of a run holds what is resolved, written before the blocks start; then the totals that chunks leave; then one
// part for each worker. A worker is one task of `cd_parallel`. Chunks depend on the shape alone, and so do the places where
// reductions are cut; not who runs them.

#ifndef CDESCENT_PROGRAM_H
#define CDESCENT_PROGRAM_H

#include "reductions.h"
#include "shares.h"

static inline int64_t cd_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t cd_max(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t cd_ceil(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t cd_round_up(int64_t a, int64_t unit) { return cd_ceil(a, unit) * unit; }

int64_t cd_dtype_bytes(int dtype);
static inline int cd_slot_is_scalar(const cd_slot *slot) {
    return slot->kind == CD_SLOT_INPUT && slot->access == CD_ACCESS_SCALAR;
}

// MARK: - Strided inputs

/// LOOP: rows are copied one by one. PERIODIC: the view repeats after at most CD_BLOCK elements (a bias
/// under a batch); scratch memory is filled once, and a block is a pointer into it. SINGLE: one element all over a
/// block (the largest of a row beside the row); a block is a pointer to it.
enum { CD_VIEW_LOOP, CD_VIEW_PERIODIC, CD_VIEW_SINGLE };

typedef struct cd_view {
    const char *base;
    int32_t slot;
    uint8_t kind, bytes;
    int32_t rank;  // at least 1
    int64_t dims[CD_MAX_RANK], strides[CD_MAX_RANK];  // collapsed, innermost first
    int64_t period;
} cd_view;

/// Collapses the dimensions of an input; its base is not known yet. Answers whether the input is contiguous after all.
int cd_view_resolve(cd_view *view, const cd_program *program, const cd_slot *slot);
/// What must happen once for each worker, where `length` elements will be read.
void cd_view_prepare(const cd_view *view, int64_t length, void *scratch);
/// Elements offset..<offset + n: in scratch memory, or where they lie.
const void *cd_view_read(const cd_view *view, int64_t offset, int64_t n, void *scratch);

// MARK: - Instructions and slots

/// FILL: `a` is one element. The _ONE forms have single elements as operands all over, and spread the
/// one result. PAIR: two instructions.
enum {
    CD_STEP_UNARY, CD_STEP_BINARY, CD_STEP_SELECT, CD_STEP_FILL,
    CD_STEP_UNARY_ONE, CD_STEP_BINARY_ONE, CD_STEP_PAIR,
};

typedef struct cd_step {
    union {
        cd_unary_kernel unary;
        cd_binary_kernel binary;
        cd_select_kernel select;
        cd_pair_kernel pair;
    } kernel;
    int32_t destination, a, b;
    union {
        int32_t condition, c;
    };
    int32_t instruction;  // the number of a choice by one condition for all elements, plus one; or 0
    uint8_t form, dtype;  // dtype: of the destination
    bool ends;            // see cd_run_note_ends; while steps are chosen
} cd_step;

/// A slot whose place moves with the block.
typedef struct cd_cursor {
    char *base;
    int32_t slot;
    uint8_t bytes, ahead;  // ahead: whether to prefetch
} cd_cursor;

/// A reduction.
typedef struct cd_fold {
    const cd_fold_kernels *kernels;
    char *result;
    int32_t slot, bytes;
} cd_fold;

// MARK: - Walks

enum { CD_WALK_FLAT, CD_WALK_SHORT_ROWS, CD_WALK_LONG_ROWS, CD_WALK_COLUMNS };

/// How a program's iteration space is cut. Everything here follows from count, fold and extent.
typedef struct cd_walk {
    uint8_t kind;
    int64_t chunks;
    int64_t rows, extent;
    int64_t step;            // FLAT: elements of a chunk. Rows: rows of a chunk
    int64_t block_rows;      // SHORT_ROWS, COLUMNS: rows of a block
    int64_t spans;           // LONG_ROWS: parts of a row, where it exceeds CD_SPAN
    int64_t ranges;          // COLUMNS: parts of the rows
    int64_t range_rows;      // COLUMNS: rows of a part
    int64_t width;           // COLUMNS: lanes
    int64_t flush;           // COLUMNS: blocks from one flush of the lanes to the next
    int64_t totals_bytes;    // of one reduction in a worker
    int64_t partials;        // number of partial totals that are kept for each reduction
    int64_t partial_bytes;
} cd_walk;

enum { CD_SPAN = CD_SPAN_ELEMENTS };

void cd_walk_plan(cd_walk *walk, const cd_program *program);

// MARK: - Runs

enum { CD_FEED_PARTS = 8 };

typedef struct cd_worker {
    const char **places;  // of the slots in the current block
    char *views, *totals, *blocks;
} cd_worker;

/// Stands at the start of a worker's memory.
typedef struct cd_outcome {
    cd_share share;
    int64_t chunk;  // where the worker failed
    int64_t status;
} cd_outcome;

/// Memory that will be needed soon: each block fetches a share of it.
typedef struct cd_feed {
    struct {
        const char *line;
        int64_t lines;
    } parts[CD_FEED_PARTS];
    int32_t part, count;
    int64_t share;  // lines for each block
} cd_feed;

typedef struct cd_run {
    const cd_program *program;
    void *const *buffers;
    cd_walk walk;
    int32_t workers, step_count, view_count, cursor_count, stream_count;
    int32_t condition_count;  // choices of one condition for all elements: resolved when its value is known
    bool may_run_ahead;       // whether there is so much to do that prefetching may pay
    bool streaming;           // whether outputs may go past the caches
    const bool *in_cache;     // for each buffer: whether it stays there all the same; or NULL
    // What is resolved.
    cd_step *steps;
    cd_cursor *cursors;
    cd_cursor *streams;  // outputs that are written past the caches
    cd_view *views;
    cd_fold *folds;
    bool *singles;  // for each slot: whether its place holds one element
    bool *needed;   // for each slot, while steps are chosen
    char *partials;  // what chunks leave
    // The workers' parts: where the first one starts, and offsets in each.
    char *first_worker;
    int64_t worker_bytes, places_at, views_at, totals_at, blocks_at;
    int64_t block_bytes, view_bytes;
    int64_t ahead;  // elements that each step prefetches of a later block, or 0
    cd_feed *feed;  // or NULL
} cd_run;

/// From here on, in bytes that a program or a strip reads and writes, what was written is not in a cache any more when
/// somebody reads it.
enum { CD_STREAMED_BYTES = 32 << 20 };

/// Writes past the caches: memory need not be read first, and what they hold stays. Needs a fence before other
/// threads are told.
void cd_stream(char *to, const char *from, int64_t bytes);
/// Whether the program moves more than the caches hold.
bool cd_program_streams(const cd_program *program);

/// Lays out the memory; with `scratch` null it only measures. Returns its bytes. Blocks come last in a worker's part, at
/// `blocks_at`.
int64_t cd_run_lay_out(cd_run *run, const cd_program *program, int threads, bool streaming, char *scratch);
/// The same in parts: what follows from the program alone; the memory for what is resolved; the rest. The last two
/// return how many bytes they need.
void cd_run_measure(cd_run *run, const cd_program *program, int threads, bool streaming);
int64_t cd_run_lay_out_resolved(cd_run *run, char *memory);
int64_t cd_run_lay_out_rest(cd_run *run, char *memory);

/// Chooses kernels: all that needs no buffers.
void cd_run_choose(cd_run *run);
void cd_run_note_ends(cd_run *run);
/// Makes one step of instruction `index` and the next, if that can be done.
bool cd_run_choose_pair(const cd_run *run, const cd_elementwise_table *table, int32_t index, cd_step *step);
/// Finds buffers.
void cd_run_place(cd_run *run, void *const *buffers);
/// Both.
void cd_run_resolve(cd_run *run, void *const *buffers);
/// Takes buffers from another table, in which nothing but addresses differs.
void cd_run_move(cd_run *run, void *const *buffers);

/// What worker number `index` works with; `blocks` is where its blocks lie, or NULL for its own part.
cd_worker cd_run_begin_worker(const cd_run *run, int64_t index, char *blocks);
/// The parts of a worker's memory, but for the places.
void cd_run_place_worker(const cd_run *run, cd_worker *worker, char *memory, char *blocks);
/// What follows from the buffers: where streamed blocks are, and what blocks only point into.
void cd_run_prepare_worker(const cd_run *run, const cd_worker *worker);
/// Runs the instructions on elements offset..<offset + n.
int cd_run_block(const cd_run *run, const cd_worker *worker, int64_t offset, int64_t n);
/// Runs one chunk, reductions included.
int cd_run_chunk(const cd_run *run, const cd_worker *worker, int64_t chunk);
/// Runs elements start..<end, reductions included: whole rows; or, where one row is all there is, the next whole blocks of
/// it, from the start of a span to its end in as many calls as wanted. Not for COLUMNS.
int cd_run_elements(const cd_run *run, const cd_worker *worker, int64_t start, int64_t end);
/// Merges what the chunks left, in the order of their places.
void cd_run_combine(const cd_run *run);

#endif
