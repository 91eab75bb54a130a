/* gzip (RFC 1952) by zlib, which checks the CRC and the length of every member. */
#include <stdlib.h>
#include <zlib.h>

#include "base/failure.h"
#include "corpus/codec.h"

enum { GZ_LEVEL = 6, GZ_WINDOW = 15 + 16 /* 16: gzip wrapping */, GZ_MEMORY = 8 };

static bool gz_starts(const unsigned char *bytes)
{
    return bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static void *gz_unpack_create(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (z && inflateInit2(z, GZ_WINDOW) != Z_OK) {
        free(z);
        return NULL;
    }
    return z;
}

static enum codec_result gz_unpack(void *state, struct codec_io *io)
{
    z_stream *z = state;
    unsigned in = codec_narrow(io->in_length), out = codec_narrow(io->out_length);
    z->next_in = (Bytef *)(uintptr_t)io->in;
    z->avail_in = in;
    z->next_out = io->out;
    z->avail_out = out;
    int result = inflate(z, Z_NO_FLUSH);
    io->in += in - z->avail_in;
    io->in_length -= in - z->avail_in;
    io->out += out - z->avail_out;
    io->out_length -= out - z->avail_out;
    switch (result) {
    case Z_STREAM_END: return CODEC_END;
    case Z_OK:
    case Z_BUF_ERROR: return CODEC_MORE;
    case Z_MEM_ERROR: return CODEC_TOO_LARGE;
    default: return CODEC_BROKEN;
    }
}

static void gz_unpack_free(void *state)
{
    inflateEnd(state);
    free(state);
}

static void *gz_pack_create(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (z && deflateInit2(z, GZ_LEVEL, Z_DEFLATED, GZ_WINDOW, GZ_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(z);
        return NULL;
    }
    return z;
}

static dedup_status gz_pack(void *state, const void *bytes, size_t length, bool finish, dedup_buffer *out,
                            dedup_error *error)
{
    z_stream *z = state;
    z->next_in = (Bytef *)(uintptr_t)bytes;
    z->avail_in = (unsigned)length;
    do {
        TRY(dedup_buffer_reserve(out, CODEC_PIECE, error));
        z->next_out = (Bytef *)out->data + out->length;
        z->avail_out = CODEC_PIECE;
        (void)deflate(z, finish ? Z_FINISH : Z_NO_FLUSH); /* with room and a sound state it cannot fail */
        out->length += CODEC_PIECE - z->avail_out;
    } while (z->avail_out == 0);
    return DEDUP_OK;
}

static void gz_pack_free(void *state)
{
    deflateEnd(state);
    free(state);
}

const struct codec codec_gz = {
    .name = "gzip",
    .starts = gz_starts,
    .unpack_create = gz_unpack_create,
    .unpack = gz_unpack,
    .unpack_free = gz_unpack_free,
    .pack_create = gz_pack_create,
    .pack = gz_pack,
    .pack_free = gz_pack_free,
};
