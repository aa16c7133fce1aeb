package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.cudnnBackendExecute;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Activation;
import java.util.Arrays;

/** A convolution by a plan of cuDNN, which the device owns, and by kernels of {@code epilogue.cu} for what the plan leaves. */
final class CudnnConvolution implements Prepared {
    /** Its place among the tensors. */
    private static final int BIAS = 2;

    private final CudaDevice device;
    private final ConvolutionSpec spec;
    private final ConvolutionPlan plan;
    private final String operator;

    /** By this plan. */
    CudnnConvolution(CudaDevice device, ConvolutionSpec spec, ConvolutionPlan plan) {
        this.device = device;
        this.spec = spec;
        this.plan = plan;
        this.operator = Operators.name(spec);
    }

    @Override
    public long workspace() {
        return shortBytes() + plan.workspace();
    }

    /** Of what lies first in the working memory in the type of the maps, while its tensor is F32: a gradient or a bias. */
    private long shortBytes() {
        if (plan.choice().form() == PlanForm.NARROW) {
            return Addresses.aligned(result().bytes());
        }
        return roundsBias() ? Addresses.aligned(plan.tensors().get(BIAS).bytes()) : 0;
    }

    /** The bias of a plan that adds it in bf16. */
    private boolean roundsBias() {
        return plan.choice().form() != PlanForm.BARE
                && hasBias(spec)
                && plan.tensors().get(BIAS).type() != Type.F32;
    }

    private Tensor result() {
        return plan.tensors().get(plan.tensors().size() - 1);
    }

    @Override
    public String implementation() {
        return plan.choice().form() == PlanForm.WHOLE ? plan.name() : plan.name() + " + epilogue.cu";
    }

    @Override
    public Step bind(long... addresses) {
        Addresses.check(operator, addresses, count(spec), workspace() > 0);
        long workspace = addresses[addresses.length - 1];
        long result = addresses[addresses.length - 2];
        long[] tensors = Arrays.copyOf(addresses, plan.tensors().size());
        tensors[tensors.length - 1] = result;
        Step before = null;
        Step after = null;
        try {
            if (roundsBias()) {
                tensors[BIAS] = workspace;
                before = device.epilogues().narrow(spec.in(), addresses[BIAS], workspace, spec.k());
            }
            switch (plan.choice().form()) {
                case WHOLE -> {}
                case SUM -> after = finish(result, 0, 0);
                case BARE ->
                    after = finish(
                            result,
                            hasBias(spec) ? addresses[BIAS] : 0,
                            hasAddend(spec) ? addresses[addresses.length - 3] : 0);
                case NARROW -> {
                    tensors[tensors.length - 1] = workspace;
                    after = device.epilogues().widen(spec.in(), workspace, result, result().elements());
                }
            }
            return new Execution(this, tensors, workspace + shortBytes(), before, after);
        } catch (RuntimeException | Error e) {
            close(before, after); // nobody else knows them
            throw e;
        }
    }

    /** Of a convolution, the working memory not counted. */
    static int count(ConvolutionSpec spec) {
        return 3 + (hasBias(spec) ? 1 : 0) + (hasAddend(spec) ? 1 : 0);
    }

    private static boolean hasBias(ConvolutionSpec spec) {
        return spec.pass() == Pass.FORWARD && spec.epilogue().bias();
    }

    private static boolean hasAddend(ConvolutionSpec spec) {
        return spec.pass() == Pass.FORWARD && spec.epilogue().addend();
    }

    private Step finish(long y, long bias, long addend) {
        Activation.Function function = spec.epilogue().function();
        return device.epilogues().finish(spec.out(), y, bias, addend, function, result().elements(), spec.k());
    }

    private static void close(Step before, Step after) {
        if (before != null) {
            before.close();
        }
        if (after != null) {
            after.close();
        }
    }

    /** The plan stays with the device, for other convolutions of the same form. */
    @Override
    public void close() {}

    /** A plan with its addresses, between the kernels before and behind it. */
    private static final class Execution extends Call {
        private final CudnnConvolution convolution;
        private final PlanTensors tensors;
        private final Step before;
        private final Step after;

        Execution(CudnnConvolution convolution, long[] addresses, long workspace, Step before, Step after) {
            super(convolution.device.card());
            this.convolution = convolution;
            this.before = before;
            this.after = after;
            this.tensors = new PlanTensors(convolution.plan, addresses, workspace, convolution.operator);
        }

        @Override
        void append() {
            if (before != null) {
                before.run();
            }
            int status = cudnnBackendExecute(
                    convolution.device.cudnn().pointer(),
                    convolution.plan.descriptor().pointer(),
                    tensors.descriptor().pointer());
            Status.cudnn(status, convolution.operator, "cudnnBackendExecute");
            if (after != null) {
                after.run();
            }
        }

        @Override
        public void close() {
            tensors.close();
            CudnnConvolution.close(before, after);
        }
    }
}
