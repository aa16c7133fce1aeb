package io.vertebra.datasets.decode;

import java.util.List;

/** GIF: a screen, then blocks of frames and extensions. GIF89a specification. */
final class GifStructure {

    private static final int EXTENSION = 0x21;
    private static final int FRAME = 0x2C;
    private static final int TRAILER = 0x3B;

    private GifStructure() {}

    static Inspected inspect(Source source) {
        int width = source.u16le(6);
        int height = source.u16le(8);
        Inspected.checkSize(source, height, width);
        int at = 13 + paletteBytes(source.u8(10));
        int frames = 0;
        while (source.u8(at) != TRAILER) {
            int kind = source.u8(at);
            if (kind == FRAME) {
                frames++;
                at = subBlocks(source, at + 11 + paletteBytes(source.u8(at + 9)));
            } else if (kind == EXTENSION) {
                at = subBlocks(source, at + 2);
            } else {
                throw source.broken(at, "is a damaged GIF: unknown block");
            }
        }
        if (frames == 0) {
            throw source.broken("is a GIF without a frame");
        }
        List<String> notes =
                frames == 1 ? List.of() : List.of("is an animated GIF of " + frames + " frames; the first one is used");
        return new Inspected(Inspected.Format.GIF, height, width, 1, notes, source);
    }

    private static int paletteBytes(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    /** The place after a chain of blocks that each begin with their length. */
    private static int subBlocks(Source source, int from) {
        int at = from;
        while (source.u8(at) != 0) {
            at += source.u8(at) + 1;
        }
        return at + 1;
    }
}
