/* Zstandard frames (RFC 8878) by libzstd; skippable frames are members that hold nothing. */
#include <zstd.h>
#include <zstd_errors.h>

#include "base/failure.h"
#include "corpus/codec.h"

enum { ZST_LEVEL = 3 };

static bool zst_starts(const unsigned char *bytes)
{
    bool frame = bytes[0] == 0x28 && bytes[1] == 0xb5 && bytes[2] == 0x2f && bytes[3] == 0xfd;
    bool skippable = (bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d && bytes[3] == 0x18;
    return frame || skippable;
}

static void *zst_unpack_create(void)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (context)
        (void)ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CODEC_WINDOW_LOG);
    return context;
}

static enum codec_result zst_unpack(void *state, struct codec_io *io)
{
    ZSTD_inBuffer in = {.src = io->in, .size = io->in_length};
    ZSTD_outBuffer out = {.dst = io->out, .size = io->out_length};
    size_t result = ZSTD_decompressStream(state, &out, &in);
    io->in += in.pos;
    io->in_length -= in.pos;
    io->out += out.pos;
    io->out_length -= out.pos;
    if (!ZSTD_isError(result))
        return result == 0 ? CODEC_END : CODEC_MORE;
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
    case ZSTD_error_frameParameter_windowTooLarge: return CODEC_TOO_LARGE;
    default: return CODEC_BROKEN;
    }
}

static void zst_unpack_free(void *state)
{
    ZSTD_freeDCtx(state);
}

static void *zst_pack_create(void)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (context) {
        (void)ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, ZST_LEVEL);
        (void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    }
    return context;
}

static dedup_status zst_pack(void *state, const void *bytes, size_t length, bool finish, dedup_buffer *out,
                             dedup_error *error)
{
    ZSTD_inBuffer in = {.src = bytes, .size = length};
    for (size_t left = 1; finish ? left != 0 : in.pos < in.size;) {
        TRY(dedup_buffer_reserve(out, CODEC_PIECE, error));
        ZSTD_outBuffer piece = {.dst = out->data + out->length, .size = CODEC_PIECE};
        left = ZSTD_compressStream2(state, &piece, &in, finish ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            return fail_memory(error, "zstd compression");
        out->length += piece.pos;
    }
    return DEDUP_OK;
}

static void zst_pack_free(void *state)
{
    ZSTD_freeCCtx(state);
}

const struct codec codec_zst = {
    .name = "zstd",
    .starts = zst_starts,
    .unpack_create = zst_unpack_create,
    .unpack = zst_unpack,
    .unpack_free = zst_unpack_free,
    .pack_create = zst_pack_create,
    .pack = zst_pack,
    .pack_free = zst_pack_free,
};
