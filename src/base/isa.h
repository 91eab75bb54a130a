/* Which instruction set the kernels may use. Every kernel has a scalar twin with the same result. */
#ifndef DEDUP_BASE_ISA_H
#define DEDUP_BASE_ISA_H

#include <stdatomic.h>

/* Defined where kernels for x86 are compiled; they carry ISA_TARGET so that no global -m flag is needed. */
#if defined(__x86_64__) && defined(__GNUC__)
#define ISA_X86           1
#define ISA_TARGET_SSE42  __attribute__((target("sse4.2,popcnt")))
#define ISA_TARGET_AVX2   __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define ISA_TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2,popcnt")))
#define ISA_TARGET_AVX512VBMI                                                                                          \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,popcnt")))
#endif

/* For kernels in plain C that are compiled once per level: ISA_INLINE puts the one body into each version,
 * ISA_KEEP_LOOP before a short loop keeps it from being unrolled before it is vectorised. */
#if defined(__GNUC__)
#define ISA_INLINE __attribute__((always_inline))
#else
#define ISA_INLINE
#endif
#if defined(__GNUC__) && !defined(__clang__)
#define ISA_KEEP_LOOP _Pragma("GCC unroll 1")
#else
#define ISA_KEEP_LOOP
#endif

/* Each level includes those before it. */
enum isa {
    ISA_SCALAR,     /* plain C: other processors than x86-64, and for comparison */
    ISA_SSE2,       /* what every x86-64 has */
    ISA_SSE42,      /* SSE4.2, POPCNT */
    ISA_AVX2,       /* AVX2, BMI1, BMI2 */
    ISA_AVX512,     /* AVX-512 F, BW, DQ, VL */
    ISA_AVX512VBMI, /* AVX-512 VBMI, VBMI2 */
};

/* Decides isa_best and remembers it in isa_known. */
enum isa isa_decide(void);
/* A remembered fact about the machine, not state: every thread that finds it missing computes the same value. -1: not
 * decided yet. */
extern _Atomic int isa_known;

/* The best level of this CPU, but not above the environment variable DEDUP_ISA (scalar, sse2, sse42, avx2, avx512,
 * avx512vbmi; any other value is ignored). Decided at the first call and the same ever after; safe from any thread,
 * costs one load. */
static inline enum isa isa_best(void)
{
    int level = atomic_load_explicit(&isa_known, memory_order_relaxed);
    return level >= 0 ? (enum isa)level : isa_decide();
}

/* "scalar", "sse2", "sse42", "avx2", "avx512", "avx512vbmi". */
const char *isa_name(enum isa isa);

#endif
