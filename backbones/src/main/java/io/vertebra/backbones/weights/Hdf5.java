package io.vertebra.backbones.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reader of the HDF5 files that Keras and Caffe write: superblock 0 or 1, groups as symbol tables, contiguous datasets of little-endian numbers.
 *
 * <p>HDF5 File Format Specification 2.0, sections II.A, III.A.1, III.B to III.D. Chunked and compressed datasets, newer superblocks and links are refused by
 * name. A dataset is called by its path without the first slash. Every node is visited once, so that no loop of a broken file is followed.
 */
final class Hdf5 implements WeightFile {

    private static final int MOST_NODES = 200_000;
    private static final int LONGEST_NAME = 1 << 16;

    private final FileBytes bytes;
    private final Map<String, Hdf5Object> datasets = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<Long> visited = new HashSet<>();

    private record Group(String path, Hdf5Object object) {}

    private Hdf5(FileBytes bytes) {
        this.bytes = bytes;
    }

    static Hdf5 open(FileBytes bytes) {
        Hdf5 file = new Hdf5(bytes);
        file.walk(file.root());
        file.datasets.forEach((name, object) -> {
            if (object.type() == null) {
                file.notes.add("dataset " + WeightsException.clean(name)
                        + " is not of numbers that are read and was passed over");
            } else {
                file.tensors.put(name, new TensorInfo(name, object.type(), object.shape(bytes, name)));
            }
        });
        if (file.tensors.isEmpty()) {
            file.notes.add("holds no tensors");
        }
        return file;
    }

    /** Checks the superblock; the address of the root group's header. */
    private long root() {
        if (bytes.size() < 96) {
            throw bytes.fault("superblock", "HDF5 file is truncated: " + bytes.size() + " bytes");
        }
        ByteBuffer block = bytes.read("superblock", 0, 96);
        int version = block.get(8);
        if (version != 0 && version != 1) {
            throw bytes.fault(
                    "superblock", "bad or newer HDF5 superblock: version " + (version & 0xff) + ", 0 or 1 is read");
        }
        if (block.get(13) != 8 || block.get(14) != 8) {
            throw bytes.fault(
                    "superblock",
                    "bad HDF5 superblock: addresses of " + block.get(13) + " and lengths of " + block.get(14)
                            + " bytes, 8 are read");
        }
        int addresses = version == 0 ? 24 : 28;
        long base = block.getLong(addresses);
        long end = block.getLong(addresses + 16);
        if (base != 0) {
            throw bytes.fault("superblock", "HDF5 files with a user block are not read");
        }
        if (end < 0 || end > bytes.size()) {
            throw bytes.fault(
                    "superblock",
                    "HDF5 file is truncated: " + bytes.size() + " of " + Long.toUnsignedString(end) + " bytes");
        }
        return bytes.read("superblock", addresses + 40, 8).getLong();
    }

    /** Visits all groups, breadth first. */
    private void walk(long root) {
        ArrayDeque<Group> groups = new ArrayDeque<>();
        groups.add(new Group("", Hdf5Object.read(bytes, "/", root)));
        while (!groups.isEmpty()) {
            Group group = groups.remove();
            if (!group.object().isGroup()) {
                throw bytes.fault("/" + group.path(), "is no HDF5 group of the kind that is read");
            }
            for (Map.Entry<String, Long> link : links(group).entrySet()) {
                String path = group.path() + link.getKey();
                Hdf5Object object = Hdf5Object.read(bytes, "/" + path, link.getValue());
                if (!object.isGroup()) {
                    datasets.put(path, object);
                } else if (visit(link.getValue(), path)) {
                    groups.add(new Group(path + "/", object));
                }
            }
        }
    }

    /** Names and header addresses of a group's members, in the order of its B-tree. */
    private Map<String, Long> links(Group group) {
        String place = "/" + group.path();
        ByteBuffer heap = node(place, group.object().heap(), "HEAP", 32);
        long size = heap.getLong(8);
        ByteBuffer names = bytes.read(place + " heap", heap.getLong(24), size);
        Map<String, Long> links = new LinkedHashMap<>();
        ArrayDeque<Long> nodes = new ArrayDeque<>(List.of(group.object().tree()));
        while (!nodes.isEmpty()) {
            long address = nodes.removeFirst();
            if (!visit(address, place)) {
                throw bytes.fault(place, "bad HDF5 B-tree: node " + address + " is linked twice");
            }
            ByteBuffer start = bytes.read(place, address, 8);
            int entries = Short.toUnsignedInt(start.getShort(6));
            if (start.getInt(0) == signature("SNOD")) {
                addSymbols(place, bytes.read(place, address + 8, 40L * entries), names, links);
            } else {
                ByteBuffer tree = node(place, address, "TREE", 24 + 8 + 16L * entries);
                if (tree.get(4) != 0) {
                    throw bytes.fault(place, "bad HDF5 B-tree: node type " + tree.get(4));
                }
                for (int i = entries - 1; i >= 0; i--) {
                    nodes.addFirst(tree.getLong(24 + 8 + 16 * i));
                }
            }
        }
        return links;
    }

    private void addSymbols(String place, ByteBuffer symbols, ByteBuffer names, Map<String, Long> links) {
        for (int at = 0; at < symbols.limit(); at += 40) {
            long nameAt = symbols.getLong(at);
            if (symbols.getInt(at + 16) == 2) {
                throw bytes.fault(place, "soft links are not read");
            }
            String name = name(place, names, nameAt);
            if (links.put(name, symbols.getLong(at + 8)) != null) {
                throw bytes.fault(place + name, "is linked twice");
            }
        }
    }

    private String name(String place, ByteBuffer names, long at) {
        if (at >= 0 && at < names.limit()) {
            int start = (int) at;
            for (int end = start; end < names.limit() && end - start < LONGEST_NAME; end++) {
                if (names.get(end) == 0 && end > start) {
                    return StandardCharsets.UTF_8
                            .decode(names.slice(start, end - start))
                            .toString();
                }
            }
        }
        throw bytes.fault(place, "bad HDF5 name at " + at);
    }

    private ByteBuffer node(String place, long address, String signature, long size) {
        ByteBuffer node = bytes.read(place, address, size);
        if (node.getInt(0) != signature(signature)) {
            throw bytes.fault(
                    place,
                    "bad HDF5 " + (signature.equals("TREE") ? "B-tree" : "heap") + ": no signature at " + address);
        }
        return node;
    }

    static int signature(String text) {
        byte[] b = text.getBytes(StandardCharsets.US_ASCII);
        return b[0] | b[1] << 8 | b[2] << 16 | b[3] << 24;
    }

    /** Whether this is the first time at an address. */
    private boolean visit(long address, String place) {
        if (visited.size() == MOST_NODES) {
            throw bytes.fault("/" + place, "more than " + MOST_NODES + " groups");
        }
        return visited.add(address);
    }

    @Override
    public Path file() {
        return bytes.file();
    }

    @Override
    public WeightFormat format() {
        return WeightFormat.HDF5;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public List<String> notes() {
        return Collections.unmodifiableList(notes);
    }

    @Override
    public float[] read(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new IllegalArgumentException(file() + " has no tensor " + name);
        }
        return bytes.readFloats("dataset " + name, datasets.get(name).data(), info.type(), info.elements());
    }

    @Override
    public void close() {
        bytes.close();
    }
}
