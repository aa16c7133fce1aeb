package io.vertebra.backbones.weights;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The messages of an HDF5 object header that matter to a reader of weights: of a group its tables, of a dataset type, extents and place. */
final class Hdf5Object {

    private static final int DATASPACE = 0x01;
    private static final int LINK_INFO = 0x02;
    private static final int DATATYPE = 0x03;
    private static final int LAYOUT = 0x08;
    private static final int CONTINUATION = 0x10;
    private static final int SYMBOL_TABLE = 0x11;
    private static final int MOST_BLOCKS = 1000;

    private final FileBytes bytes;
    private final String place;
    private long tree = -1;
    private long heap = -1;
    private boolean isGroup;
    private DType type;
    private List<Long> extents;
    private long data = -1;
    private long size;

    private record Block(long address, long length) {}

    private Hdf5Object(FileBytes bytes, String place) {
        this.bytes = bytes;
        this.place = place;
    }

    static Hdf5Object read(FileBytes bytes, String place, long address) {
        ByteBuffer prefix = bytes.read(place, address, 16);
        if (prefix.get(0) != 1) {
            throw bytes.fault(
                    place,
                    "bad or newer HDF5 object header at " + address + ": version " + (prefix.get(0) & 0xff)
                            + ", 1 is read");
        }
        Hdf5Object object = new Hdf5Object(bytes, place);
        ArrayDeque<Block> blocks =
                new ArrayDeque<>(List.of(new Block(address + 16, Integer.toUnsignedLong(prefix.getInt(8)))));
        int left = Short.toUnsignedInt(prefix.getShort(2));
        for (int count = 0; !blocks.isEmpty(); count++) {
            if (count == MOST_BLOCKS) {
                throw bytes.fault(place, "bad HDF5 object header: it has no end");
            }
            Block block = blocks.remove();
            ByteBuffer messages = bytes.read(place, block.address(), block.length());
            while (left > 0 && messages.remaining() >= 8) {
                int kind = Short.toUnsignedInt(messages.getShort());
                int length = Short.toUnsignedInt(messages.getShort());
                messages.getInt(); // flags
                if (length > messages.remaining()) {
                    throw bytes.fault(place, "bad HDF5 object header: a message leaves it");
                }
                ByteBuffer message = messages.slice(messages.position(), length).order(messages.order());
                messages.position(messages.position() + length);
                left--;
                if (kind == CONTINUATION) {
                    object.need(message, 16);
                    blocks.add(new Block(message.getLong(0), message.getLong(8)));
                } else {
                    object.message(kind, message);
                }
            }
        }
        boolean hasData = object.extents != null && (object.data >= 0 || object.size == 0);
        if (!object.isGroup && !hasData) {
            throw bytes.fault(place, "HDF5 object without extents or data");
        }
        return object;
    }

    private void message(int kind, ByteBuffer message) {
        switch (kind) {
            case DATASPACE -> readExtents(message);
            case DATATYPE -> readType(message);
            case LAYOUT -> readLayout(message);
            case SYMBOL_TABLE -> {
                need(message, 16);
                isGroup = true;
                tree = message.getLong(0);
                heap = message.getLong(8);
            }
            case LINK_INFO -> throw fault("groups of newer HDF5 files are not read");
            default -> {
                // attributes, fill values, times: of no use here
            }
        }
    }

    private void readExtents(ByteBuffer message) {
        need(message, 4);
        int version = message.get(0);
        int rank = message.get(1) & 0xff;
        int start = version == 1 ? 8 : 4;
        if ((version != 1 && version != 2) || rank > 32) {
            throw fault("bad HDF5 dataspace: version " + version + ", rank " + rank);
        }
        need(message, start + 8 * rank);
        extents = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            extents.add(message.getLong(start + 8 * i));
        }
    }

    /** Classes 0 (integers) and 1 (IEEE floats by the size of their exponent); other types are left unknown. */
    private void readType(ByteBuffer message) {
        need(message, 8);
        int kind = message.get(0) & 0xf;
        int bits = message.get(1);
        int width = message.getInt(4);
        if (kind > 1) {
            return;
        }
        need(message, kind == 1 ? 20 : 12);
        if ((bits & 1) != 0) {
            throw fault("big-endian numbers are not read");
        }
        boolean signed = (bits & 8) != 0;
        int exponent = kind == 1 ? message.get(13) : 0;
        type = switch (width) {
            case 1 -> kind == 1 ? null : signed ? DType.I8 : DType.U8;
            case 2 ->
                kind == 1 ? (exponent == 5 ? DType.F16 : exponent == 8 ? DType.BF16 : null) : signed ? DType.I16 : null;
            case 4 -> kind == 1 ? (exponent == 8 ? DType.F32 : null) : signed ? DType.I32 : null;
            case 8 -> kind == 1 ? (exponent == 11 ? DType.F64 : null) : signed ? DType.I64 : null;
            default -> null;
        };
    }

    private void readLayout(ByteBuffer message) {
        need(message, 2);
        if (message.get(0) != 3) {
            throw fault("HDF5 data layout version " + message.get(0) + " is not read");
        }
        if (message.get(1) != 1) {
            throw fault(
                    (message.get(1) == 2 ? "chunked (perhaps compressed)" : "compact") + " HDF5 datasets are not read");
        }
        need(message, 18);
        data = message.getLong(2);
        size = message.getLong(10);
    }

    private void need(ByteBuffer message, int length) {
        if (message.limit() < length) {
            throw fault("bad HDF5 object header: a message is too short");
        }
    }

    private WeightsException fault(String reason) {
        return bytes.fault(place, reason);
    }

    boolean isGroup() {
        return isGroup;
    }

    /** Address of a group's B-tree. */
    long tree() {
        return tree;
    }

    /** Address of a group's local heap. */
    long heap() {
        return heap;
    }

    /** Element type of a dataset, null for one that is not read. */
    DType type() {
        return type;
    }

    /** Address of a dataset's elements. */
    long data() {
        return data;
    }

    /** Extents of a dataset, which must agree with its size. */
    List<Integer> shape(FileBytes file, String name) {
        String where = "dataset " + name;
        long wanted = Shapes.bytes(file, where, type, extents);
        if (wanted != size) {
            throw file.fault(
                    where,
                    "shape and size disagree: " + type + " " + extents + " takes " + wanted + " bytes, not " + size);
        }
        if (wanted > 0 && (data < 0 || data > file.size() - wanted)) {
            throw file.fault(where, "HDF5 file is truncated: its data end behind the file");
        }
        return Shapes.ints(file, where, extents);
    }
}
