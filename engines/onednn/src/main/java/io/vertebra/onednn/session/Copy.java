package io.vertebra.onednn.session;

import io.vertebra.onednn.emit.Place;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Desc;

/** A weight as a primitive wants it: another order, another type, perhaps with a norm folded in. */
final class Copy implements Place {

    /** How a copy is filled from the masters. */
    interface Maker {
        /** What fills it; asked once, when the masters have their final places. */
        Runnable make(Copy copy);

        /** A number that changes whenever the copy would. */
        long version();
    }

    private final String key;
    private final Desc desc;
    private final Block block;
    private final Maker maker;
    private Runnable fill;
    private long version = -1;

    Copy(String key, Desc desc, Block block, Maker maker) {
        this.key = key;
        this.desc = desc;
        this.block = block;
        this.maker = maker;
    }

    String key() {
        return key;
    }

    /** The key without the set of weights that it begins with. */
    String label() {
        return key.substring(key.indexOf(' ') + 1);
    }

    Desc desc() {
        return desc;
    }

    @Override
    public Block block() {
        return block;
    }

    @Override
    public long offset() {
        return 0;
    }

    /** Prepares the filling. */
    void prepare() {
        if (fill == null) {
            fill = maker.make(this);
        }
    }

    /** Fills it if the masters have changed. */
    void refresh() {
        long now = maker.version();
        if (now != version) {
            fill.run();
            version = now;
        }
    }

    /** Makes the next refresh fill it. */
    void expire() {
        version = -1;
    }
}
