package io.vertebra.cuda.device;

import java.util.List;

/** A convolution or product for which the device has chosen its code; owns what it holds until closed. */
public interface Prepared extends Resource {

    /** Bytes of working memory that it needs. */
    long workspace();

    /** The library's name of the code. */
    String implementation();

    /** Files of kernels that its steps run too, which {@link Device#prepare} may compile before it is bound. */
    List<KernelSource> kernels();

    /**
     * With its tensors.
     *
     * @param addresses of the tensors in the order that the specification states, then that of the working memory
     */
    Step bind(long... addresses);

    @Override
    void close();
}
