package io.vertebra.heads;

import io.vertebra.graph.op.GraphException;
import io.vertebra.heads.detection.FasterRcnnHead;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.heads.detection.SsdLiteHead;
import io.vertebra.heads.segmentation.DeepLabV3Head;
import io.vertebra.heads.segmentation.DeepLabV3PlusHead;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.heads.segmentation.LrAsppHead;
import io.vertebra.heads.segmentation.PspNetHead;
import io.vertebra.heads.segmentation.UnetHead;
import io.vertebra.heads.segmentation.UperNetHead;
import jakarta.inject.Inject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The heads by name. */
public final class Heads {

    /** The heads that come with Vertebra; a new one is a line here. */
    static final Map<String, HeadFamily<?>> FAMILIES = families();

    private static Map<String, HeadFamily<?>> families() {
        Map<String, HeadFamily<?>> families = new LinkedHashMap<>();
        families.put("classifier", new ClassifierHead());
        families.put("fcn", new FcnHead());
        families.put("deeplabv3", new DeepLabV3Head());
        families.put("deeplabv3plus", new DeepLabV3PlusHead());
        families.put("unet", new UnetHead());
        families.put("pspnet", new PspNetHead());
        families.put("upernet", new UperNetHead());
        families.put("lraspp", new LrAsppHead());
        families.put("ssd", new SsdHead());
        families.put("ssdlite", new SsdLiteHead());
        families.put("faster_rcnn", new FasterRcnnHead());
        return Collections.unmodifiableMap(families);
    }

    private final Map<String, HeadFamily<?>> byName;

    /** Those of a map, such as the injector's. */
    @Inject
    public Heads(Map<String, HeadFamily<?>> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Those that come with Vertebra. */
    public static Heads builtIn() {
        return new Heads(FAMILIES);
    }

    /** All names. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** The names of the heads for a task. */
    public List<String> names(String task) {
        return byName.keySet().stream()
                .filter(n -> byName.get(n).task().equals(task))
                .sorted()
                .toList();
    }

    /** The family of a name. */
    public HeadFamily<?> family(String name) {
        HeadFamily<?> family = byName.get(name);
        if (family == null) {
            throw new GraphException(name, "is no head; there are " + String.join(", ", byName.keySet()));
        }
        return family;
    }

    /** A head with its family's defaults. */
    public Head<?> get(String name) {
        return Head.of(name, family(name));
    }

    /** A head with its family's defaults for a task; one of another task is refused. */
    public Head<?> get(String name, String task) {
        Head<?> head = get(name);
        if (!head.task().equals(task)) {
            List<String> fitting = names(task);
            throw new GraphException(
                    name,
                    "is a head for " + head.task() + ", not for " + task
                            + (fitting.isEmpty() ? "; there is none yet" : "; use " + String.join(" or ", fitting)));
        }
        return head;
    }
}
