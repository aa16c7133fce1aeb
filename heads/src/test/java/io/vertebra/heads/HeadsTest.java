package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import io.vertebra.backbones.BackbonesModule;
import io.vertebra.graph.op.GraphException;
import io.vertebra.heads.neck.FpnNeck;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadsTest {
    private static final String[] NAMES = {
        "classifier",
        "fcn",
        "deeplabv3",
        "deeplabv3plus",
        "unet",
        "pspnet",
        "upernet",
        "lraspp",
        "ssd",
        "ssdlite",
        "faster_rcnn"
    };

    private final Heads heads = Heads.builtIn();

    @Test
    void findsHeadsByNameAndTask() {
        assertThat(heads.names()).containsExactly(NAMES);
        assertThat(heads.names("segmentation"))
                .containsExactly("deeplabv3", "deeplabv3plus", "fcn", "lraspp", "pspnet", "unet", "upernet");
        assertThat(heads.names("detection")).containsExactly("faster_rcnn", "ssd", "ssdlite");
        assertThat(heads.names("classification")).containsExactly("classifier");
        assertThat(heads.get("classifier", "classification").config()).isEqualTo(new ClassifierHead.Config(0.0));
        assertThat(heads.family("classifier").backboneScope()).isEmpty();
    }

    @Test
    void refusesAHeadOfAnotherTask() {
        assertThatThrownBy(() -> heads.get("classifier", "segmentation"))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "classifier: is a head for classification, not for segmentation; use deeplabv3 or deeplabv3plus"
                                + " or fcn or lraspp or pspnet or unet or upernet");
        assertThatThrownBy(() -> heads.get("classifier", "pose"))
                .hasMessage("classifier: is a head for classification, not for pose; there is none yet");
        Heads more = new Heads(Map.of("classifier", new ClassifierHead(), "probe", new ClassifierHead()));
        assertThat(more.names("classification")).containsExactly("classifier", "probe");
    }

    @Test
    void listsTheNamesWhenOneIsUnknown() {
        assertThatThrownBy(() -> heads.get("clasifier"))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "clasifier: is no head; there are classifier, fcn, deeplabv3, deeplabv3plus, unet, pspnet, upernet, lraspp, ssd, ssdlite, faster_rcnn");
    }

    @Test
    void findsNecksByName() {
        Necks necks = Necks.builtIn();
        assertThat(necks.names()).containsExactly("fpn");
        assertThat(necks.get("fpn").name()).isEqualTo("fpn");
        assertThat(necks.get("fpn").config())
                .isEqualTo(new FpnNeck.Config(null, 256, FpnNeck.Extra.MAX_POOL, null, false));
        assertThatThrownBy(() -> necks.get("pan"))
                .isInstanceOf(GraphException.class)
                .hasMessage("pan: is no neck; there are fpn");
    }

    @Test
    void isWiredByGuice() {
        Injector injector = Guice.createInjector(new BackbonesModule(), new HeadsModule());
        Map<String, HeadFamily<?>> bound =
                injector.getInstance(Key.get(new TypeLiteral<Map<String, HeadFamily<?>>>() {}));
        assertThat(bound).containsOnlyKeys(NAMES);
        assertThat(injector.getInstance(Heads.class).names()).isEqualTo(heads.names());
        assertThat(injector.getInstance(Necks.class).names()).containsExactly("fpn");
        assertThat(injector.getInstance(Models.class).names())
                .isEqualTo(Models.builtIn().names());
    }
}
