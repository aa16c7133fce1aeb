package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.GraphException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackbonesTest {

    @Test
    void holdsTheModelsThatMustBeThere() throws IOException {
        String wanted = Files.readString(Shared.path("checks/first_models.txt"));
        assertThat(Backbones.builtIn().names())
                .containsAll(Arrays.asList(wanted.trim().split("\\s+", -1)));
    }

    @Test
    void bindsTheSameMapInGuice() {
        Injector injector = Guice.createInjector(new BackbonesModule());
        Map<String, BackboneFamily<?>> bound =
                injector.getInstance(Key.get(new TypeLiteral<Map<String, BackboneFamily<?>>>() {}));
        assertThat(bound.keySet()).containsExactlyElementsOf(Backbones.builtIn().names());
        assertThat(injector.getInstance(Backbones.class).names())
                .isEqualTo(Backbones.builtIn().names());
        assertThat(injector.getInstance(Backbones.class).family("resnet50")).isInstanceOf(ResNet.class);
        assertThat(injector.getInstance(Zoo.class).entry("resnet50")).isPresent();
    }

    @Test
    void listsTheNamesWhenOneIsUnknown() {
        assertThatThrownBy(() -> Backbones.builtIn().get("resnet51"))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("resnet51: is no backbone; there are lenet5, alexnet, ")
                .hasMessageContaining(", vgg19_bn");
    }

    @Test
    void takesOptions() {
        ResNet.Config config = new ResNet.Config(16, Norm.FROZEN, null, 0.1, true, null, 4);
        assertThat(Backbones.builtIn().get("resnet18", config).config()).isEqualTo(config);
        assertThatThrownBy(() -> Backbones.builtIn().get("resnet18", new SqueezeNet.Config(null, null, null)))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void everyFamilyRefusesVariantsOfOthers() {
        for (BackboneFamily<?> family : Backbones.FAMILIES) {
            assertThatThrownBy(() -> build(family, "none"))
                    .isInstanceOf(GraphException.class)
                    .hasMessage("none: is no variant of this family; it has " + String.join(", ", family.variants()));
        }
    }

    private static <C extends Record & BackboneConfig> void build(BackboneFamily<C> family, String variant) {
        GraphBuilder g = new GraphBuilder();
        Node input = g.image(family.defaults().inChannels(), 32, 32);
        family.build(variant, family.defaults(), input, g);
    }

    @Test
    void aTableKeepsItsOrderAndRefusesTwins() {
        Variants<Integer> table = Variants.of("b", 1).and("a", 2);
        assertThat(table.names()).containsExactly("b", "a");
        assertThat(table.get("a")).isEqualTo(2);
        assertThatThrownBy(() -> table.and("b", 3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPyramidDescendsToCoarserLevels() {
        GraphBuilder g = new GraphBuilder();
        Node fine = g.image(3, 32, 32);
        Node coarse = g.conv("a", fine, Conv.of(3, 8).stride(2));
        Pyramid pyramid = new Pyramid(List.of(fine, coarse, coarse));
        assertThat(pyramid.last()).isSameAs(coarse);
        assertThat(pyramid.channels()).containsExactly(3, 8, 8);
        assertThat(pyramid.reductions()).containsExactly(1, 2, 2);
        assertThatThrownBy(() -> new Pyramid(List.of(coarse, fine)))
                .hasMessage("pyramid: level 1 has reduction 1, the one before it 2");
        assertThatThrownBy(() -> new Pyramid(List.of())).hasMessage("pyramid: needs a level");
    }
}
