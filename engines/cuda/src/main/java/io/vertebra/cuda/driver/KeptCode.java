package io.vertebra.cuda.driver;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Something that is made of code: read from what was kept of it, or else compiled and kept. */
final class KeptCode {
    private final Optional<CodeCache> cache;
    private final byte[] key;

    /**
     * Of one key.
     *
     * @param cache where code is kept, if anywhere
     * @param key of the code
     */
    KeptCode(Optional<CodeCache> cache, byte[] key) {
        this.cache = cache;
        this.key = key;
    }

    /** Under a key of all that the code hangs on. */
    static KeptCode of(Optional<CodeCache> cache, String... madeOf) {
        return new KeptCode(cache, Translation.key(List.of(madeOf)));
    }

    /**
     * Made one way or the other.
     *
     * @param reader makes it of code that was kept, or refuses
     * @param compiler makes it anew
     * @param writer gives the code of what was compiled, if that can be kept
     */
    <T> T make(Function<byte[], Optional<T>> reader, Supplier<T> compiler, Function<T, Optional<byte[]>> writer) {
        Optional<T> known = cache.flatMap(c -> c.find(key)).flatMap(reader);
        if (known.isPresent()) {
            return known.get();
        }
        T made = compiler.get();
        cache.ifPresent(c -> writer.apply(made).ifPresent(code -> c.keep(key, code)));
        return made;
    }
}
