package io.vertebra.cuda.driver;

import org.bytedeco.javacpp.Pointer;

/** A place in a card's memory, in the form that the libraries' functions take; 0 is their null. */
final class Address extends Pointer {
    /** At this address; owns nothing. */
    Address(long at) {
        address = at;
    }
}
