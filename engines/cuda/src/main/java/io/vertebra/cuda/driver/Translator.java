package io.vertebra.cuda.driver;

/** A compiler of kernels; several threads may use it at once. */
interface Translator {

    /** Its name and version: the same code comes from the same one. */
    String version();

    /** Machine code, or PTX that ends with a zero. */
    byte[] translate(Translation translation);
}
