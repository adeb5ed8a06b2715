// Internal: ends what `isa_begin.h` began.

#if CD_LEVEL > 0
#pragma clang attribute pop
#endif
#undef CD_NAME
#undef CD_VECTOR_BYTES
#undef CD_HAS_FMA
