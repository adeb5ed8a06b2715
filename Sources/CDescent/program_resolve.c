#include "program.h"

// While several steps work in the nearest cache, the processor's own prefetching pauses; so each step fetches a share of
// what comes PREFETCHED_BLOCKS later into the second cache. Measured: updates and sums of 10 million values take 30 to
// 50 % less time, while programs of one step, or on data that the caches hold, lose.
enum { PREFETCHED_STEPS = 2 };

// Whether only operations of two operands and choices read the slot: these take one element for many.
static int may_be_single(const cd_program *program, int32_t slot) {
    for (int32_t i = 0; i < program->instruction_count; i++) {
        const cd_instruction *instruction = program->instructions + i;
        if (instruction->form == CD_FORM_UNARY && instruction->a == slot) return 0;
        if (instruction->form == CD_FORM_SELECT && instruction->condition == slot) return 0;
    }
    for (int32_t i = 0; i < program->reduction_count; i++)
        if (program->reductions[i].slot == slot) return 0;
    return 1;
}

// Whether no block reaches over the end of a row of that many elements.
static int blocks_end_with_rows(const cd_run *run, int64_t length) {
    if (length % CD_BLOCK == 0) return run->walk.kind != CD_WALK_COLUMNS;
    return run->walk.kind == CD_WALK_LONG_ROWS && run->walk.extent == length;
}

// Whether an output goes past the caches: not one that is read in the same block.
static int is_streamed(const cd_run *run, const cd_slot *output) {
    const cd_program *program = run->program;
    if (!run->streaming || (run->in_cache && run->in_cache[output->index])) return 0;
    for (int32_t i = 0; i < program->slot_count; i++) {
        const cd_slot *slot = program->slots + i;
        if (slot->kind == CD_SLOT_INPUT && run->buffers[slot->index] == run->buffers[output->index]) return 0;
    }
    return 1;
}

static void resolve_slots(cd_run *run) {
    const cd_program *program = run->program;
    int32_t cursors = 0, views = 0, streams = 0;
    int64_t streamed = 0;
    for (int32_t i = 0; i < program->slot_count; i++) {
        const cd_slot *slot = program->slots + i;
        run->singles[i] = cd_slot_is_scalar(slot);
        if (slot->kind == CD_SLOT_TEMPORARY || cd_slot_is_scalar(slot)) continue;
        char *base = run->buffers[slot->index];
        if (slot->kind == CD_SLOT_INPUT && slot->access == CD_ACCESS_STRIDED &&
            !cd_view_resolve(run->views + views, program, slot, base)) {
            cd_view *view = run->views + views++;
            view->slot = i;
            if (view->kind == CD_VIEW_LOOP && view->strides[0] == 0 &&
                blocks_end_with_rows(run, view->dims[0]) && may_be_single(program, i)) {
                view->kind = CD_VIEW_SINGLE;
                run->singles[i] = true;
            }
            continue;
        }
        const uint8_t bytes = (uint8_t)cd_dtype_bytes(slot->dtype);
        if (slot->kind == CD_SLOT_OUTPUT && is_streamed(run, slot)) {
            run->streams[streams++] = (cd_cursor){base, i, bytes, false};
            continue;
        }
        // An output in place is prefetched as an input.
        int seen = 0;
        for (int32_t j = 0; j < cursors; j++) seen |= run->cursors[j].base == base;
        streamed += seen ? 0 : bytes;
        run->cursors[cursors++] = (cd_cursor){base, i, bytes, !seen};
    }
    const int in_order = run->walk.kind != CD_WALK_COLUMNS || program->extent <= CD_BLOCK;
    run->ahead = streamed * program->count > CD_STREAMED_BYTES && in_order;
    const cd_reductions_table *table = program->reduction_count > 0 ? cd_reductions() : NULL;
    for (int32_t i = 0; i < program->reduction_count; i++) {
        const cd_reduction *reduction = program->reductions + i;
        const cd_slot *slot = program->slots + reduction->slot;
        if (cd_slot_is_scalar(slot)) {
            // Folded like any other input: the scalar becomes a block.
            cd_view_resolve(run->views + views, program, slot, run->buffers[slot->index]);
            run->views[views++].slot = reduction->slot;
        }
        run->folds[i] = (cd_fold){
            .kernels = table->fold[reduction->op][reduction->dtype],
            .result = run->buffers[reduction->buffer],
            .slot = reduction->slot,
            .bytes = (int32_t)cd_dtype_bytes(reduction->dtype)};
    }
    run->cursor_count = cursors;
    run->stream_count = streams;
    run->view_count = views;
}

void cd_run_move(cd_run *run, void *const *buffers) {
    const cd_program *program = run->program;
    run->buffers = buffers;
    for (int32_t i = 0; i < run->cursor_count; i++)
        run->cursors[i].base = buffers[program->slots[run->cursors[i].slot].index];
    for (int32_t i = 0; i < run->view_count; i++)
        run->views[i].base = buffers[program->slots[run->views[i].slot].index];
    for (int32_t i = 0; i < program->reduction_count; i++)
        run->folds[i].result = buffers[program->reductions[i].buffer];
}

static void resolve_step(const cd_run *run, const cd_elementwise_table *table, int32_t i, cd_step *step) {
    const cd_slot *slots = run->program->slots;
    const cd_instruction *instruction = run->program->instructions + i;
    const int dtype = instruction->dtype;
    const int a = run->singles[instruction->a];
    step->destination = instruction->destination;
    step->dtype = slots[instruction->destination].dtype;
    step->a = instruction->a;
    if (instruction->form == CD_FORM_UNARY) {
        step->form = a ? CD_STEP_UNARY_ONE : CD_STEP_UNARY;
        step->kernel.unary = table->unary[instruction->op][dtype];
        return;
    }
    const int b = run->singles[instruction->b];
    step->b = instruction->b;
    if (instruction->form == CD_FORM_BINARY) {
        step->form = a && b ? CD_STEP_BINARY_ONE : CD_STEP_BINARY;
        step->kernel.binary = table->binary[instruction->op][dtype][a && b ? 0 : a + 2 * b];
        return;
    }
    step->condition = instruction->condition;
    const cd_slot *condition = slots + instruction->condition;
    if (cd_slot_is_scalar(condition)) {
        // One side altogether.
        const int first = *(const uint8_t *)run->buffers[condition->index] != 0;
        step->a = first ? instruction->a : instruction->b;
        step->form = (first ? a : b) ? CD_STEP_FILL : CD_STEP_UNARY;
        step->kernel.unary = table->unary[CD_COPY][dtype];
        return;
    }
    step->form = CD_STEP_SELECT;
    step->kernel.select = table->select[dtype][a + 2 * b];
}

void cd_run_resolve(cd_run *run, void *const *buffers) {
    run->buffers = buffers;
    resolve_slots(run);
    const int32_t count = run->program->instruction_count;
    const cd_elementwise_table *table = count > 0 ? cd_elementwise() : NULL;
    run->step_count = 0;
    for (int32_t i = 0; i < count; i++) {
        cd_step *step = run->steps + run->step_count++;
        if (cd_run_resolve_pair(run, table, i, step)) i++;
        else resolve_step(run, table, i, step);
    }
    // A share for each step.
    if (run->step_count < PREFETCHED_STEPS) run->ahead = 0;
    if (run->ahead > 0) run->ahead = cd_round_up(cd_ceil(CD_BLOCK, run->step_count), 64);
}
