package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.Step;

/**
 * A step that appends one call or a few to a card's stream.
 *
 * <p>{@link #run} may come from another thread than the one before (a session's lock orders them), so the card is made current
 * each time: some nanoseconds beside the microseconds of a launch.
 */
abstract class Call implements Step {
    final Card card;

    /** On the stream of a device of this card. */
    Call(Card card) {
        this.card = card;
    }

    @Override
    public final void run() {
        card.enter();
        append();
    }

    /** Appends to the stream; the card is current. */
    abstract void append();

    @Override
    public void close() {}
}
