package io.vertebra.bench;

/**
 * What is done with a network.
 *
 * @param training a whole step, or a forward pass
 * @param batch pictures
 */
record Case(boolean training, int batch) {

    /** Of {@code training:8}. */
    static Case parse(String text) {
        String[] parts = text.split(":", -1);
        boolean training = parts[0].equals("training");
        if (parts.length != 2 || !(training || parts[0].equals("inference"))) {
            throw new IllegalArgumentException(text + ": write inference:BATCH or training:BATCH");
        }
        return new Case(training, Integer.parseInt(parts[1]));
    }

    String mode() {
        return training ? "training" : "inference";
    }
}
