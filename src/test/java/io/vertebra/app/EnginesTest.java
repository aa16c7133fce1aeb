package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.reference.ReferenceEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnginesTest {
    /** An engine under another name, or one that cannot be loaded. */
    private record Provider(String name, boolean works) implements EngineProvider {
        @Override
        public Engine create() {
            if (!works) {
                throw new EngineException(EngineException.Kind.UNAVAILABLE, "needs another machine");
            }
            return new ReferenceEngine();
        }
    }

    private static Engines engines(boolean onednn, boolean dl4j) {
        return new Engines(
                List.of(new Provider("other", true), new Provider("dl4j", dl4j), new Provider("onednn", onednn)));
    }

    @Test
    void prefersTheFasterOne() {
        assertThat(engines(true, true).names()).containsExactly("auto", "onednn", "dl4j", "other");
        assertThat(engines(true, true).auto().name()).isEqualTo("onednn");
        assertThat(engines(true, true).auto().why()).startsWith("the fastest engine of this installation; ");
    }

    @Test
    void saysWhyNotTheBetterOne() {
        Engines.Choice choice = engines(false, true).auto();
        assertThat(choice.name()).isEqualTo("dl4j");
        assertThat(choice.why()).startsWith("because onednn does not work here (needs another machine); ");
    }

    @Test
    void tellsWhichWorkAndWithWhat() {
        assertThat(engines(false, true).states())
                .extracting(Engines.State::name, Engines.State::works)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("onednn", false),
                        org.assertj.core.groups.Tuple.tuple("dl4j", true),
                        org.assertj.core.groups.Tuple.tuple("other", true));
        assertThat(engines(false, true).states().get(0).version()).isEqualTo("needs another machine");
        assertThat(engines(false, true).states().get(1).precisions()).containsExactly("fp32", "fp64");
    }

    @Test
    void refusesWhatItDoesNotHave() {
        assertThatThrownBy(() -> engines(true, true).open("onedn"))
                .isInstanceOf(CommandException.class)
                .hasMessage("unknown engine onedn (nearest: onednn)");
        Engines none = new Engines(List.of(new Provider("onednn", false)));
        assertThatThrownBy(none::auto)
                .isInstanceOf(EngineException.class)
                .hasMessage("no engine works on this machine; onednn does not work here (needs another machine)");
    }

    @Test
    void findsBothEnginesOfThisProject() {
        assertThat(Engines.found().names()).containsExactly("auto", "onednn", "dl4j");
    }
}
