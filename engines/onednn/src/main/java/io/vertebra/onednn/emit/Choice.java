package io.vertebra.onednn.emit;

import io.vertebra.graph.engine.EngineException;
import io.vertebra.onednn.natives.Recipe;
import java.util.List;
import java.util.function.Supplier;

/** Takes the first of several recipes whose code is not the slow reference. */
final class Choice {
    /** The work from which on the reference code would be felt: a second and more. */
    private static final long LARGE = 10_000_000;

    private Choice() {}

    /**
     * The first fast recipe, or, for small work, any. Suppliers may give {@code null}.
     *
     * @param operations of the call; the reference code for many of them is an error of the plan
     */
    static Recipe of(String name, String operator, long operations, List<Supplier<Recipe>> ways) {
        Recipe slow = null;
        for (Supplier<Recipe> way : ways) {
            Recipe recipe = way.get();
            if (recipe != null && !recipe.isReference()) {
                if (slow != null) {
                    slow.close();
                }
                return recipe;
            }
            if (slow == null) {
                slow = recipe;
            } else if (recipe != null) {
                recipe.close();
            }
        }
        if (slow != null && operations > LARGE) {
            slow.close();
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    "onednn: " + name + " (" + operator + ") has only reference code for these shapes, too slow for "
                            + operations + " operations; use engine dl4j");
        }
        return require(slow, name, operator);
    }

    static Recipe require(Recipe recipe, String name, String operator) {
        if (recipe == null) {
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    "onednn: " + name + " (" + operator
                            + "): status 3 (unimplemented) for these shapes; use engine dl4j");
        }
        return recipe;
    }
}
