package io.vertebra.graph.plan;

/**
 * Bytes that one or more tensors of a plan occupy for some of its calls. Storages that are joined become one.
 */
public final class Storage {
    private long bytes;
    private Storage joined;
    private int first = Integer.MAX_VALUE;
    private int last = -1;
    private long offset = -1;

    /** Of a size. */
    public Storage(long bytes) {
        this.bytes = bytes;
    }

    /** The storage that this one has become part of; itself, if none. */
    public Storage root() {
        Storage root = this;
        while (root.joined != null) {
            root = root.joined;
        }
        return root;
    }

    /** Makes this a part of another. */
    public void join(Storage other) {
        Storage target = other.root();
        Storage own = root();
        if (own != target) {
            target.bytes = Math.max(target.bytes, own.bytes);
            target.first = Math.min(target.first, own.first);
            target.last = Math.max(target.last, own.last);
            own.joined = target;
        }
    }

    /** Notes that a call reads or writes it. */
    public void touch(int call) {
        Storage root = root();
        root.first = Math.min(root.first, call);
        root.last = Math.max(root.last, call);
    }

    /** Makes it at least this large. */
    public void grow(long least) {
        Storage root = root();
        root.bytes = Math.max(root.bytes, least);
    }

    /** Its size. */
    public long bytes() {
        return root().bytes;
    }

    /** The first call that touches it. */
    public int first() {
        return root().first;
    }

    /** The last call that touches it. */
    public int last() {
        return root().last;
    }

    /** Its place in the arena. */
    public long offset() {
        return root().offset;
    }

    /** Gives it a place. */
    public void place(long at) {
        root().offset = at;
    }
}
