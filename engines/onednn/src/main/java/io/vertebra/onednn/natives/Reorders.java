package io.vertebra.onednn.natives;

import io.vertebra.graph.engine.EngineException;
import java.util.Map;

/** Reorders outside of plans: when weights come in, go out or move. Exact between tensors of one type. */
public final class Reorders {
    private Reorders() {}

    /**
     * A tensor in a block.
     *
     * @param desc its order
     * @param block its memory
     * @param offset of its first byte
     */
    public record At(Desc desc, Block block, long offset) {}

    /** A primitive that can run again and again; owned by the handles. */
    public static Primitive make(Handles handles, String name, At from, At to) {
        Recipe recipe = Recipes.reorder(from.desc(), to.desc());
        if (recipe == null) {
            throw new EngineException(EngineException.Kind.UNSUPPORTED, "onednn: no reorder for " + name);
        }
        handles.add(recipe::close);
        Memory source = new Memory(handles, from.desc());
        Memory target = new Memory(handles, to.desc());
        source.bind(from.block(), from.offset());
        target.bind(to.block(), to.offset());
        Desc working = recipe.scratchpad();
        if (working == null) {
            return new Primitive(handles, name, recipe, Map.of(Arg.SRC, source, Arg.DST, target));
        }
        Block block = Block.allocate(working.bytes(), "the working memory of a reorder");
        handles.add(block::close);
        Memory scratch = new Memory(handles, working);
        scratch.bind(block, 0);
        return new Primitive(handles, name, recipe, Map.of(Arg.SRC, source, Arg.DST, target, Arg.SCRATCHPAD, scratch));
    }

    /** Runs one once. */
    public static void once(String name, At from, At to) {
        try (Handles handles = new Handles()) {
            make(handles, name, from, to).run();
        }
    }
}
