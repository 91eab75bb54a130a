#include "base/isa.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"scalar", "sse2", "sse42", "avx2", "avx512", "avx512vbmi"};
enum { LEVEL_COUNT = sizeof names / sizeof *names };

const char *isa_name(enum isa isa)
{
    return names[isa];
}

static enum isa of_cpu(void)
{
#ifdef ISA_X86
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt"))
        return ISA_SSE2;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return ISA_SSE42;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return ISA_AVX2;
    if (!__builtin_cpu_supports("avx512vbmi") || !__builtin_cpu_supports("avx512vbmi2"))
        return ISA_AVX512;
    return ISA_AVX512VBMI;
#else
    return ISA_SCALAR;
#endif
}

static enum isa of_environment(void)
{
    const char *wish = getenv("DEDUP_ISA");
    for (int level = 0; wish && level < LEVEL_COUNT; level++) {
        if (strcmp(wish, names[level]) == 0)
            return (enum isa)level;
    }
    return ISA_AVX512VBMI;
}

_Atomic int isa_known = -1;

enum isa isa_decide(void)
{
    enum isa cpu = of_cpu(), bound = of_environment(), best = cpu < bound ? cpu : bound;
    atomic_store_explicit(&isa_known, (int)best, memory_order_relaxed);
    return best;
}
