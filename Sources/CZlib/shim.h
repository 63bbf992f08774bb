#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

// deflateInit2 and inflateInit2 are macros (they pass the header's version and the size of z_stream), and macros with
// arguments cannot be called from Swift.

// 15 is the largest window; 16 more asks for a gzip header and trailer instead of zlib's own.
enum { CZLIB_GZIP_WINDOW_BITS = 15 + 16 };

static inline int czlib_deflate_init_gzip(z_stream *_Nonnull stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, CZLIB_GZIP_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY);
}

static inline int czlib_inflate_init_gzip(z_stream *_Nonnull stream) {
    return inflateInit2(stream, CZLIB_GZIP_WINDOW_BITS);
}

#endif
