package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Where the tensors of a convolution lie; 0 for those that it does not have.
 *
 * @param first x or, of DATA, dy
 * @param second w or, of WEIGHTS, dy
 * @param bias F32
 * @param addend of y's form
 * @param argument of the function, which is written too
 * @param result y, dx or dw
 * @param workspace working memory
 */
record ConvolutionTensors(long first, long second, long bias, long addend, long argument, long result, long workspace) {

    /** From addresses in the order that a specification states, the working memory last. */
    static ConvolutionTensors of(ConvolutionSpec spec, long... addresses) {
        Epilogue epilogue = epilogue(spec);
        int next = 2;
        long bias = epilogue.bias() ? addresses[next++] : 0;
        long addend = epilogue.addend() ? addresses[next++] : 0;
        long argument = epilogue.keepsArgument() ? addresses[next++] : 0;
        return new ConvolutionTensors(
                addresses[0], addresses[1], bias, addend, argument, addresses[next], addresses[next + 1]);
    }

    /** How many a convolution has, the working memory not counted. */
    static int count(ConvolutionSpec spec) {
        Epilogue epilogue = epilogue(spec);
        return 3 + (epilogue.bias() ? 1 : 0) + (epilogue.addend() ? 1 : 0) + (epilogue.keepsArgument() ? 1 : 0);
    }

    private static Epilogue epilogue(ConvolutionSpec spec) {
        return spec.pass() == Pass.FORWARD ? spec.epilogue() : Epilogue.NONE;
    }

    /** The same with another bias. */
    ConvolutionTensors withBias(long other) {
        return new ConvolutionTensors(first, second, other, addend, argument, result, workspace);
    }

    /** Those that a plan of this form takes, in its order. What finishes its result finds the sums where the function's argument goes. */
    long[] ofPlan(PlanForm form) {
        long sums = argument == 0 ? result : argument;
        LongStream tensors = switch (form) {
            case WHOLE -> LongStream.of(first, second, bias, addend, argument, result);
            case SUM -> LongStream.of(first, second, bias, addend, sums);
            case BARE -> LongStream.of(first, second, sums);
            case NARROW -> LongStream.of(first, second, workspace);
        };
        return Arrays.stream(tensors.toArray()).filter(address -> address != 0).toArray();
    }
}
