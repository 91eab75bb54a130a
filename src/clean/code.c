#include "clean/code.h"

#include <stdatomic.h>

#include "base/failure.h"

struct pattern_code {
    const char *text; /* in the arena */
    size_t length;
    _Atomic(pcre2_code *) compiled; /* NULL until it is needed; owned */
};

dedup_status pattern_code_create(struct arena *arena, const char *text, size_t length, struct pattern_code **out,
                                 dedup_error *error)
{
    struct pattern_code *code = arena_alloc(arena, 1, sizeof *code);
    *out = code;
    if (!code)
        return fail_memory(error, "rules");
    atomic_init(&code->compiled, NULL);
    code->length = length;
    code->text = arena_copy(arena, text, length);
    return code->text ? DEDUP_OK : fail_memory(error, "rules");
}

void pattern_code_release(struct pattern_code *code)
{
    if (code)
        pcre2_code_free(atomic_exchange_explicit(&code->compiled, NULL, memory_order_relaxed));
}

static dedup_status compile(const struct pattern_code *code, pcre2_code **out, dedup_error *error)
{
    int problem;
    PCRE2_SIZE place;
    *out = pcre2_compile((PCRE2_SPTR)code->text, code->length, PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY,
                         &problem, &place, NULL);
    if (!*out) {
        char message[160] = "";
        if (problem == PCRE2_ERROR_HEAP_FAILED)
            return fail_memory(error, "a pattern");
        (void)pcre2_get_error_message(problem, (PCRE2_UCHAR *)message, sizeof message);
        return fail(error, DEDUP_ERROR_FORMAT, "the pattern is not valid: %s", message);
    }
    /* Without a JIT compiler on this machine matching goes on in the interpreter. */
    (void)pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE);
    return DEDUP_OK;
}

dedup_status pattern_code_get(struct pattern_code *code, const pcre2_code **out, dedup_error *error)
{
    *out = atomic_load_explicit(&code->compiled, memory_order_acquire);
    if (*out)
        return DEDUP_OK;
    pcre2_code *own, *other = NULL;
    TRY(compile(code, &own, error));
    /* Of threads that compile it at the same time the first to be done wins. */
    if (atomic_compare_exchange_strong_explicit(&code->compiled, &other, own, memory_order_acq_rel,
                                                memory_order_acquire)) {
        *out = own;
    } else {
        pcre2_code_free(own);
        *out = other;
    }
    return DEDUP_OK;
}
