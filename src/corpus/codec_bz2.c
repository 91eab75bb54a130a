/* bzip2 streams by libbz2, which checks the CRC of every block and stream. */
#include <bzlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "corpus/codec.h"

enum { BZ2_LEVEL = 9 };

static bool bz2_starts(const unsigned char *bytes)
{
    return memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9';
}

static void *bz2_unpack_create(void)
{
    bz_stream *stream = calloc(1, sizeof *stream);
    if (stream && BZ2_bzDecompressInit(stream, 0, 0) != BZ_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static enum codec_result bz2_unpack(void *state, struct codec_io *io)
{
    bz_stream *stream = state;
    unsigned in = codec_narrow(io->in_length), out = codec_narrow(io->out_length);
    stream->next_in = (char *)(uintptr_t)io->in;
    stream->avail_in = in;
    stream->next_out = (char *)io->out;
    stream->avail_out = out;
    int result = BZ2_bzDecompress(stream);
    io->in += in - stream->avail_in;
    io->in_length -= in - stream->avail_in;
    io->out += out - stream->avail_out;
    io->out_length -= out - stream->avail_out;
    switch (result) {
    case BZ_STREAM_END: return CODEC_END;
    case BZ_OK: return CODEC_MORE;
    case BZ_MEM_ERROR: return CODEC_TOO_LARGE;
    default: return CODEC_BROKEN;
    }
}

static void bz2_unpack_free(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

static void *bz2_pack_create(void)
{
    bz_stream *stream = calloc(1, sizeof *stream);
    if (stream && BZ2_bzCompressInit(stream, BZ2_LEVEL, 0, 0) != BZ_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static dedup_status bz2_pack(void *state, const void *bytes, size_t length, bool finish, dedup_buffer *out,
                             dedup_error *error)
{
    bz_stream *stream = state;
    stream->next_in = (char *)(uintptr_t)bytes;
    stream->avail_in = (unsigned)length;
    for (bool more = finish || length != 0; more;) {
        TRY(dedup_buffer_reserve(out, CODEC_PIECE, error));
        stream->next_out = out->data + out->length;
        stream->avail_out = CODEC_PIECE;
        int result = BZ2_bzCompress(stream, finish ? BZ_FINISH : BZ_RUN);
        out->length += CODEC_PIECE - stream->avail_out;
        more = finish ? result == BZ_FINISH_OK : stream->avail_in != 0;
    }
    return DEDUP_OK;
}

static void bz2_pack_free(void *state)
{
    BZ2_bzCompressEnd(state);
    free(state);
}

const struct codec codec_bz2 = {
    .name = "bzip2",
    .starts = bz2_starts,
    .unpack_create = bz2_unpack_create,
    .unpack = bz2_unpack,
    .unpack_free = bz2_unpack_free,
    .pack_create = bz2_pack_create,
    .pack = bz2_pack,
    .pack_free = bz2_pack_free,
};
