package io.vertebra.backbones.weights;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reader of files that {@code torch.save} wrote: a zip with {@code data.pkl} and one entry a storage, or (before 1.6) pickles followed by raw storages.
 *
 * <p>Pickles go through {@link Unpickler}. A storage's size must be what the pickle says, its CRC is checked before its first use.
 */
final class PyTorch implements WeightFile {

    private static final int LARGEST_PICKLE = 16 << 20;
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_PROTOCOL = 1001;

    /** Elements of a view further apart than this, on average, are read one by one: time stays within that of reading the file. */
    private static final long LONGEST_JUMP = 16;

    private final FileBytes bytes;
    private final WeightFormat format;
    private final StateDict dict;
    private final Map<String, ZipDirectory.Entry> storages;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Set<String> verified = new HashSet<>();

    /** @param storages range by storage key; entries whose CRC is negative have none */
    private PyTorch(FileBytes bytes, WeightFormat format, StateDict dict, Map<String, ZipDirectory.Entry> storages) {
        this.bytes = bytes;
        this.format = format;
        this.dict = dict;
        this.storages = storages;
        dict.tensors()
                .forEach((name, tensor) ->
                        tensors.put(name, new TensorInfo(name, tensor.storage().type(), tensor.shape())));
    }

    static PyTorch openZip(FileBytes bytes) {
        Map<String, ZipDirectory.Entry> entries = ZipDirectory.read(bytes);
        String root = root(bytes, entries);
        ZipDirectory.Entry order = entries.get(root + "byteorder");
        if (order != null
                && order.size() == 3
                && bytes.read(order.name(), order.offset(), 3).get(0) == 'b') {
            throw bytes.fault(order.name(), "big-endian files are not read");
        }
        ZipDirectory.Entry pickle = entries.get(root + "data.pkl");
        if (pickle.size() > LARGEST_PICKLE) {
            throw bytes.fault(pickle.name(), "larger than " + LARGEST_PICKLE + " bytes");
        }
        checkCrc(bytes, pickle);
        ByteBuffer data = bytes.read(pickle.name(), pickle.offset(), pickle.size());
        TorchObjects torch = new TorchObjects();
        Object value = new Unpickler(bytes, pickle.name(), data, torch).load();
        Map<String, ZipDirectory.Entry> storages = new HashMap<>();
        for (Pickle.Storage storage : torch.storages().values()) {
            String name = root + "data/" + storage.key();
            ZipDirectory.Entry entry = entries.get(name);
            if (entry == null) {
                throw bytes.fault("zip entry " + name, "missing; the pickle names it");
            }
            if (entry.size() % storage.type().bytes() != 0
                    || entry.size() / storage.type().bytes() != storage.elements()) {
                throw bytes.fault(
                        "zip entry " + name,
                        "has " + entry.size() + " bytes, the pickle says " + storage.elements() + " elements of "
                                + storage.type());
            }
            storages.put(storage.key(), entry);
        }
        return new PyTorch(bytes, WeightFormat.PYTORCH_ZIP, StateDict.of(value), storages);
    }

    /** The folder of the archive in which data.pkl lies, with its slash. */
    private static String root(FileBytes bytes, Map<String, ZipDirectory.Entry> entries) {
        List<String> found = entries.keySet().stream()
                .filter(n -> n.matches("([^/]+/)?data\\.pkl"))
                .toList();
        if (found.size() != 1) {
            throw bytes.fault(
                    "zip",
                    found.isEmpty()
                            ? "no data.pkl, so not torch's; looks like " + guess(entries)
                            : "more than one data.pkl: " + found);
        }
        return found.get(0).substring(0, found.get(0).length() - "data.pkl".length());
    }

    private static String guess(Map<String, ZipDirectory.Entry> entries) {
        if (entries.keySet().stream().anyMatch(n -> n.endsWith(".npy"))) {
            return "a NumPy archive (.npz)";
        }
        if (entries.containsKey("coefficients.bin")) {
            return "a DL4J model";
        }
        return entries.containsKey("model.weights.h5") ? "a Keras model" : "some other zip archive";
    }

    static PyTorch openLegacy(FileBytes bytes) {
        ByteBuffer data = bytes.read("pickle", 0, Math.min(bytes.size(), LARGEST_PICKLE));
        Object magic = new Unpickler(bytes, "pickle", data, new TorchObjects()).load();
        if (!MAGIC.equals(magic)) {
            throw bytes.fault("pickle", "is a Python pickle but not torch's");
        }
        if (!Long.valueOf(LEGACY_PROTOCOL).equals(new Unpickler(bytes, "protocol", data, new TorchObjects()).load())) {
            throw bytes.fault("protocol", "unknown version of torch's format");
        }
        Object system = new Unpickler(bytes, "system", data, new TorchObjects()).load();
        if (!(system instanceof Pickle.Dict info)
                || !Boolean.TRUE.equals(info.values().get("little_endian"))) {
            throw bytes.fault("system", "only little-endian files are read");
        }
        TorchObjects torch = new TorchObjects();
        Object value = new Unpickler(bytes, "pickle", data, torch).load();
        Object keys = new Unpickler(bytes, "storage keys", data, new TorchObjects()).load();
        if (!(keys instanceof Pickle.Items list)) {
            throw bytes.fault("storage keys", "are no list");
        }
        Map<String, ZipDirectory.Entry> storages =
                legacyStorages(bytes, data.position(), list.values(), torch.storages());
        return new PyTorch(bytes, WeightFormat.PYTORCH_LEGACY, StateDict.of(value), storages);
    }

    /** The storages follow in the order of their keys, each behind its number of elements as i64. */
    private static Map<String, ZipDirectory.Entry> legacyStorages(
            FileBytes bytes, long start, List<Object> keys, Map<String, Pickle.Storage> named) {
        Map<String, ZipDirectory.Entry> storages = new HashMap<>();
        long at = start;
        for (Object key : keys) {
            Pickle.Storage storage = key instanceof String text ? named.get(text) : null;
            if (storage == null) {
                throw bytes.fault("storage keys", "name a storage that the pickle does not know");
            }
            String place = "storage " + storage.key();
            long elements = bytes.read(place, at, 8).getLong();
            if (elements != storage.elements()) {
                throw bytes.fault(place, "has " + elements + " elements, the pickle says " + storage.elements());
            }
            long left = bytes.size() - at - 8;
            if (elements > left / storage.type().bytes()) {
                throw bytes.fault(
                        place,
                        "ends behind the file (" + elements + " elements of " + storage.type() + ", " + left
                                + " bytes left)");
            }
            long size = elements * storage.type().bytes();
            if (storages.put(storage.key(), new ZipDirectory.Entry(place, at + 8, size, -1)) != null) {
                throw bytes.fault(place, "listed twice");
            }
            at += 8 + size;
        }
        if (storages.size() != named.size()) {
            throw bytes.fault(
                    "storage keys", named.size() + " storages are used, " + storages.size() + " are in the file");
        }
        if (at != bytes.size()) {
            throw bytes.fault("", "goes on after its last storage by " + (bytes.size() - at) + " bytes");
        }
        return storages;
    }

    private static void checkCrc(FileBytes bytes, ZipDirectory.Entry entry) {
        if (entry.crc() >= 0 && bytes.crc(entry.name(), entry.offset(), entry.size()) != entry.crc()) {
            throw bytes.fault("zip entry " + entry.name(), "CRC differs: the file is damaged");
        }
    }

    @Override
    public Path file() {
        return bytes.file();
    }

    @Override
    public WeightFormat format() {
        return format;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(dict.scalars());
    }

    @Override
    public List<String> notes() {
        return Collections.unmodifiableList(dict.notes());
    }

    @Override
    public float[] read(String name) {
        Pickle.Tensor tensor = dict.tensors().get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(file() + " has no tensor " + name);
        }
        ZipDirectory.Entry entry = storages.get(tensor.storage().key());
        if (!verified.contains(entry.name())) {
            checkCrc(bytes, entry);
            verified.add(entry.name());
        }
        String place = "tensor " + name;
        DType type = tensor.storage().type();
        int count = (int) tensors.get(name).elements();
        if (tensor.isContiguous()) {
            return bytes.readFloats(place, entry.offset() + tensor.offset() * type.bytes(), type, count);
        }
        long start = tensor.offset();
        long span = tensor.span();
        if (span > Math.min(LONGEST_JUMP * count, Integer.MAX_VALUE - 8)) {
            Strided.Source single = at -> bytes.readFloats(place, entry.offset() + at * type.bytes(), type, 1)[0];
            return Strided.gather(single, start, tensor.shape(), tensor.strides());
        }
        float[] values = bytes.readFloats(place, entry.offset() + start * type.bytes(), type, span);
        return Strided.gather(at -> values[(int) at], 0, tensor.shape(), tensor.strides());
    }

    @Override
    public void close() {
        bytes.close();
    }
}
