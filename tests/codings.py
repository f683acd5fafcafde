"""Content codings as the standard library's compressors offer them."""

import brotli


class BrotliCompressor:
    """Compresses piece by piece, as ``zlib.compressobj`` does."""

    def __init__(self) -> None:
        compressor = brotli.Compressor(quality=4)
        self.compress, self.flush = compressor.process, compressor.finish
