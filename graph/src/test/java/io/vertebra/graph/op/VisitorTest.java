package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VisitorTest {

    /** Each operator calls the method of its own name with itself. */
    @Test
    void everyOperatorCallsItsOwnMethod() {
        Op.Visitor<?> visitor = (Op.Visitor<?>) Proxy.newProxyInstance(
                Op.class.getClassLoader(),
                new Class<?>[] {Op.Visitor.class},
                (proxy, method, arguments) -> method.getName() + " " + arguments[0]);
        for (Op op : OpSamples.all()) {
            String type = op.getClass().getSimpleName();
            String method = Character.toLowerCase(type.charAt(0)) + type.substring(1);
            assertThat(op.accept(visitor)).isEqualTo((Object) (method + " " + op));
        }
    }

    @Test
    void thereIsASampleOfEveryOperator() {
        assertThat(OpSamples.all().stream().map(Object::getClass))
                .containsAll(Arrays.asList(Op.class.getPermittedSubclasses()));
    }
}
