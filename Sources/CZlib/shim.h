#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro (it passes the header's version and the size of z_stream), and macros with arguments cannot be
// called from Swift.

// 15 is the largest window; 16 more asks for a gzip header and trailer instead of zlib's own.
enum { CZLIB_GZIP_WINDOW_BITS = 15 + 16 };

static inline int czlib_inflate_init_gzip(z_stream *_Nonnull stream) {
    return inflateInit2(stream, CZLIB_GZIP_WINDOW_BITS);
}

#endif
