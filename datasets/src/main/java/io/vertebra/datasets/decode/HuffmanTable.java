package io.vertebra.datasets.decode;

/** A Huffman code of JPEG: at most 256 symbols in canonical order, up to 16 bits each. ITU-T T.81, annex C. */
final class HuffmanTable {

    /** Codes up to this length are found with one look; nearly all are. */
    private static final int FAST = 9;

    private final byte[] symbols;
    /** By the next FAST bits: length · 256 + symbol, 0 for longer codes. */
    private final short[] fast = new short[1 << FAST];
    /** By length: one above the largest code, shifted left to 16 bits; and what leads from a code to its symbol. */
    private final int[] limit = new int[17];

    private final int[] shift = new int[17];

    /**
     * Reads 16 counts and the symbols.
     *
     * @param symbolCount the sum of the counts
     */
    HuffmanTable(Source source, int at, int symbolCount) {
        symbols = new byte[symbolCount];
        System.arraycopy(source.data(), at + 16, symbols, 0, symbolCount);
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++) {
            shift[length] = index - code;
            int count = source.u8(at + length - 1);
            if (code + count > (1 << length)) {
                throw source.broken(at, "is a damaged JPEG: a Huffman table has too many codes of " + length + " bits");
            }
            for (int i = 0; i < count; i++, code++, index++) {
                if (length <= FAST) {
                    int first = code << (FAST - length);
                    for (int k = 0; k < (1 << (FAST - length)); k++) {
                        fast[first + k] = (short) ((length << 8) | (symbols[index] & 0xFF));
                    }
                }
            }
            limit[length] = code << (16 - length);
            code <<= 1;
        }
    }

    /** Length · 256 + symbol of the code that the 16 bits begin with; 0 if there is none. */
    int find(int bits) {
        int entry = fast[bits >>> (16 - FAST)];
        if (entry != 0) {
            return entry;
        }
        for (int length = FAST + 1; length <= 16; length++) {
            if (bits < limit[length]) {
                return (length << 8) | (symbols[(bits >>> (16 - length)) + shift[length]] & 0xFF);
            }
        }
        return 0;
    }
}
