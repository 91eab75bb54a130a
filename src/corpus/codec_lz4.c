/* lz4 frames by liblz4; skippable frames are members that hold nothing. The frames of `lz4 -l`, which have no end mark
 * and no checksum, are not taken. */
#include <lz4frame.h>
#include <stdlib.h>

#include "base/failure.h"
#include "corpus/codec.h"

struct lz4_packer {
    LZ4F_cctx *context;
    LZ4F_preferences_t preferences;
    bool begun;
};

static bool lz4_starts(const unsigned char *bytes)
{
    bool frame = bytes[0] == 0x04 && bytes[1] == 0x22 && bytes[2] == 0x4d && bytes[3] == 0x18;
    bool skippable = (bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d && bytes[3] == 0x18;
    return frame || skippable;
}

static void *lz4_unpack_create(void)
{
    LZ4F_dctx *context = NULL;
    return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static enum codec_result lz4_unpack(void *state, struct codec_io *io)
{
    size_t in = io->in_length, out = io->out_length;
    size_t result = LZ4F_decompress(state, io->out, &out, io->in, &in, NULL);
    if (LZ4F_isError(result))
        return CODEC_BROKEN;
    io->in += in;
    io->in_length -= in;
    io->out += out;
    io->out_length -= out;
    return result == 0 ? CODEC_END : CODEC_MORE;
}

static void lz4_unpack_free(void *state)
{
    (void)LZ4F_freeDecompressionContext(state);
}

static void *lz4_pack_create(void)
{
    struct lz4_packer *packer = calloc(1, sizeof *packer);
    if (packer && LZ4F_isError(LZ4F_createCompressionContext(&packer->context, LZ4F_VERSION))) {
        free(packer);
        return NULL;
    }
    if (packer) {
        packer->preferences.frameInfo.blockSizeID = LZ4F_max256KB;
        packer->preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    }
    return packer;
}

static dedup_status lz4_pack(void *state, const void *bytes, size_t length, bool finish, dedup_buffer *out,
                             dedup_error *error)
{
    struct lz4_packer *packer = state;
    size_t bound = LZ4F_HEADER_SIZE_MAX + 2 * LZ4F_compressBound(length, &packer->preferences);
    TRY(dedup_buffer_reserve(out, bound, error));
    char *next = out->data + out->length, *limit = next + bound;
    size_t wrote = 0;
    if (!packer->begun)
        wrote = LZ4F_compressBegin(packer->context, next, (size_t)(limit - next), &packer->preferences);
    packer->begun = true;
    if (!LZ4F_isError(wrote)) {
        next += wrote;
        wrote = LZ4F_compressUpdate(packer->context, next, (size_t)(limit - next), bytes, length, NULL);
    }
    if (!LZ4F_isError(wrote)) {
        next += wrote;
        wrote = finish ? LZ4F_compressEnd(packer->context, next, (size_t)(limit - next), NULL) : 0;
    }
    if (LZ4F_isError(wrote))
        return fail_memory(error, "lz4 compression");
    out->length = (size_t)(next + wrote - out->data);
    return DEDUP_OK;
}

static void lz4_pack_free(void *state)
{
    struct lz4_packer *packer = state;
    (void)LZ4F_freeCompressionContext(packer->context);
    free(packer);
}

const struct codec codec_lz4 = {
    .name = "lz4",
    .starts = lz4_starts,
    .unpack_create = lz4_unpack_create,
    .unpack = lz4_unpack,
    .unpack_free = lz4_unpack_free,
    .pack_create = lz4_pack_create,
    .pack = lz4_pack,
    .pack_free = lz4_pack_free,
};
