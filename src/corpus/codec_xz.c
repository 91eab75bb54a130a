/* xz streams by liblzma, which checks every block and the index. */
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "corpus/codec.h"

enum { XZ_LEVEL = 6 };

static bool xz_starts(const unsigned char *bytes)
{
    return memcmp(bytes,
                  "\xfd"
                  "7zXZ",
                  CODEC_MAGIC) == 0;
}

static void *xz_unpack_create(void)
{
    lzma_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return NULL;
    *stream = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_stream_decoder(stream, CODEC_MEMORY, 0) != LZMA_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static enum codec_result xz_unpack(void *state, struct codec_io *io)
{
    lzma_stream *stream = state;
    stream->next_in = io->in;
    stream->avail_in = io->in_length;
    stream->next_out = io->out;
    stream->avail_out = io->out_length;
    lzma_ret result = lzma_code(stream, LZMA_RUN);
    *io = (struct codec_io){stream->next_in, stream->avail_in, stream->next_out, stream->avail_out};
    switch (result) {
    case LZMA_STREAM_END: return CODEC_END;
    case LZMA_OK:
    case LZMA_BUF_ERROR: return CODEC_MORE;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return CODEC_TOO_LARGE;
    default: return CODEC_BROKEN;
    }
}

static void xz_free(void *state)
{
    lzma_end(state);
    free(state);
}

static void *xz_pack_create(void)
{
    lzma_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return NULL;
    *stream = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_easy_encoder(stream, XZ_LEVEL, LZMA_CHECK_CRC64) != LZMA_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static dedup_status xz_pack(void *state, const void *bytes, size_t length, bool finish, dedup_buffer *out,
                            dedup_error *error)
{
    lzma_stream *stream = state;
    stream->next_in = bytes;
    stream->avail_in = length;
    for (bool more = true; more;) {
        TRY(dedup_buffer_reserve(out, CODEC_PIECE, error));
        stream->next_out = (uint8_t *)out->data + out->length;
        stream->avail_out = CODEC_PIECE;
        lzma_ret result = lzma_code(stream, finish ? LZMA_FINISH : LZMA_RUN);
        if (result != LZMA_OK && result != LZMA_STREAM_END && result != LZMA_BUF_ERROR)
            return fail_memory(error, "xz compression");
        out->length += CODEC_PIECE - stream->avail_out;
        more = finish ? result != LZMA_STREAM_END : stream->avail_in != 0;
    }
    return DEDUP_OK;
}

const struct codec codec_xz = {
    .name = "xz",
    .starts = xz_starts,
    .unpack_create = xz_unpack_create,
    .unpack = xz_unpack,
    .unpack_free = xz_free,
    .pack_create = xz_pack_create,
    .pack = xz_pack,
    .pack_free = xz_free,
};
