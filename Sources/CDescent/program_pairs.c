#include "program.h"

#include <string.h>

// Where one instruction's result is for the next one alone, both are one step: the block that lies between is neither
// written nor read.

static bool reads(const cd_instruction *instruction, int32_t slot) {
    if (instruction->a == slot) return true;
    if (instruction->form != CD_FORM_UNARY && instruction->b == slot) return true;
    return instruction->form == CD_FORM_SELECT && instruction->condition == slot;
}

// Notes for each instruction whether nobody after the next one reads what it gives: in one walk from the end, as long
// programs are resolved anew at each run.
void cd_run_note_ends(cd_run *run) {
    const cd_program *program = run->program;
    bool *needed = run->needed;
    memset(needed, 0, (size_t)program->slot_count);
    for (int32_t i = 0; i < program->reduction_count; i++) needed[program->reductions[i].slot] = true;
    for (int32_t i = program->instruction_count - 1; i > 0; i--) {
        const cd_instruction *instruction = program->instructions + i;
        const int32_t before = instruction[-1].destination;
        // Steps are fewer than instructions: this one is written when the note has been read.
        run->steps[i - 1].ends = instruction->destination == before || !needed[before];
        needed[instruction->destination] = false;
        needed[instruction->a] = true;
        if (instruction->form != CD_FORM_UNARY) needed[instruction->b] = true;
        if (instruction->form == CD_FORM_SELECT) needed[instruction->condition] = true;
    }
}

// The operation that comes first, or -1.
static int first_of(const cd_instruction *instruction, const cd_slot *slots) {
    if (slots[instruction->destination].kind != CD_SLOT_TEMPORARY || instruction->dtype > CD_F64) return -1;
    if (instruction->form == CD_FORM_UNARY) return instruction->op == CD_SQUARE ? CD_PAIR_MUL : -1;
    if (instruction->form != CD_FORM_BINARY) return -1;
    switch (instruction->op) {
    case CD_ADD: return CD_PAIR_ADD;
    case CD_SUB: return CD_PAIR_SUB;
    case CD_MUL: return CD_PAIR_MUL;
    default: return -1;
    }
}

// The operation that follows on `slot`, or -1; and the slot of its other operand, or -1.
static int second_of(const cd_instruction *instruction, int32_t slot, int32_t *other) {
    *other = -1;
    if (instruction->form == CD_FORM_UNARY && instruction->a == slot) {
        switch (instruction->op) {
        case CD_NEGATE: return CD_PAIR_THEN_NEGATE;
        case CD_SQUARE: return CD_PAIR_THEN_SQUARE;
        case CD_SQRT: return CD_PAIR_THEN_SQRT;
        default: return -1;
        }
    }
    if (instruction->form != CD_FORM_BINARY || (instruction->a == slot) == (instruction->b == slot)) return -1;
    const int is_left = instruction->a == slot;
    *other = is_left ? instruction->b : instruction->a;
    switch (instruction->op) {
    case CD_ADD: return CD_PAIR_THEN_ADD;
    case CD_SUB: return is_left ? CD_PAIR_THEN_SUB : CD_PAIR_THEN_SUB_FROM;
    case CD_MUL: return CD_PAIR_THEN_MUL;
    case CD_DIV: return is_left ? CD_PAIR_THEN_DIV : CD_PAIR_THEN_DIV_INTO;
    default: return -1;
    }
}

bool cd_run_choose_pair(const cd_run *run, const cd_elementwise_table *table, int32_t index, cd_step *step) {
    const cd_program *program = run->program;
    if (index + 1 >= program->instruction_count) return false;
    const cd_instruction *instruction = program->instructions + index, *next = instruction + 1;
    if (!reads(next, instruction->destination) || next->dtype != instruction->dtype) return false;
    const int first = first_of(instruction, program->slots);
    if (first < 0) return false;
    int32_t a = instruction->a, b = instruction->form == CD_FORM_BINARY ? instruction->b : a, other;
    const int second = second_of(next, instruction->destination, &other);
    if (second < 0 || (run->singles[a] && run->singles[b])) return false;
    if (!run->steps[index].ends) return false;
    if (run->singles[a] && first != CD_PAIR_SUB) {
        const int32_t swapped = a;
        a = b;
        b = swapped;
    }
    const int scalars = run->singles[a] + 2 * run->singles[b] + 4 * (other < 0 || run->singles[other]);
    *step = (cd_step){
        .kernel.pair = table->pairs[instruction->dtype][first][second][scalars],
        .destination = next->destination, .a = a, .b = b, .c = other < 0 ? a : other,
        .form = CD_STEP_PAIR, .dtype = instruction->dtype};
    return true;
}
