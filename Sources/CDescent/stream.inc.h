// Internal: the loop of stream.c, between isa_begin.h and isa_end.h.

#define CD_VECTOR CD_NAME(vector)
typedef uint8_t CD_VECTOR __attribute__((vector_size(CD_VECTOR_BYTES)));

// `to` is at the start of a line, and lines are whole.
static void CD_NAME(stream_lines)(char *to, const char *from, int64_t bytes) {
    for (int64_t i = 0; i < bytes; i += CD_VECTOR_BYTES) {
        CD_VECTOR v;
        memcpy(&v, from + i, sizeof v);
        __builtin_nontemporal_store(v, (CD_VECTOR *)(to + i));
    }
}

#undef CD_VECTOR
