package io.vertebra.cuda.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a gradient is made of: {@code gate · first + second + share · spread}, where gate and spread have a number for each
 * channel of each picture. All but one may be {@code null}.
 *
 * <p>Kernels that take parts spare the pass that would put them together; see {@link Deferrals}.
 */
record Parts(Operand first, Operand second, Operand gate, Operand spread, float share) {

    /** A gradient that is there. */
    static Parts whole(Operand gradient) {
        return new Parts(gradient, null, null, null, 0);
    }

    static Parts sum(Operand a, Operand b) {
        return new Parts(a, b, null, null, 0);
    }

    static Parts gated(Operand map, Operand gate) {
        return new Parts(map, null, gate, null, 0);
    }

    static Parts spread(Operand numbers, float share) {
        return new Parts(null, null, null, numbers, share);
    }

    /** Those of a gradient, of which as few as may be are put together first. */
    static Parts of(Operand gradient, Lowering l) {
        Parts parts = l.deferrals().parts(gradient);
        if (!parts.isSum()) {
            return parts;
        }
        Parts a = of(parts.first, l);
        Parts b = of(parts.second, l);
        return Stream.of(
                        a.plus(b),
                        a.plus(whole(parts.second)),
                        whole(parts.first).plus(b))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(parts);
    }

    private boolean isSum() {
        return second != null && gate == null && spread == null;
    }

    /** With others, or {@code null} where that is no form of parts. */
    private Parts plus(Parts other) {
        boolean bothGated = gate != null && other.gate != null;
        boolean bothSpread = spread != null && other.spread != null;
        if (bothGated || bothSpread) {
            return null;
        }
        List<Operand> maps = new ArrayList<>();
        Parts before = other.gate != null ? other : this; // the gated map is the first one
        Parts behind = other.gate != null ? this : other;
        Stream.of(before.first, before.second, behind.first, behind.second)
                .filter(Objects::nonNull)
                .forEach(maps::add);
        if (maps.size() > 2) {
            return null;
        }
        Parts spreading = spread != null ? this : other;
        return new Parts(
                maps.isEmpty() ? null : maps.get(0),
                maps.size() < 2 ? null : maps.get(1),
                before.gate,
                spreading.spread,
                spreading.share);
    }

    /** Whether it is one map. */
    boolean areWhole() {
        return second == null && gate == null && spread == null;
    }

    /** Whether each picture has numbers of its own. */
    boolean tellPicturesApart() {
        return gate != null || spread != null;
    }
}
