package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.cudnnBackendExecute;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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
                && spec.pass() == Pass.FORWARD
                && spec.epilogue().bias()
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
    public List<KernelSource> kernels() {
        return Stream.of(
                        isFinished() ? Epilogues.file(spec.out()) : null,
                        roundsBias() || plan.choice().form() == PlanForm.NARROW ? Epilogues.casts(spec.in()) : null)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether a kernel does what the plan leaves to do. */
    private boolean isFinished() {
        return plan.choice().form() == PlanForm.SUM || plan.choice().form() == PlanForm.BARE;
    }

    @Override
    public Step bind(long... addresses) {
        Addresses.check(operator, addresses, ConvolutionTensors.count(spec), workspace() > 0);
        ConvolutionTensors tensors = ConvolutionTensors.of(spec, addresses);
        ConvolutionTensors given = roundsBias() ? tensors.withBias(tensors.workspace()) : tensors;
        long[] ofPlan = given.ofPlan(plan.choice().form());
        Step before = null;
        Step after = null;
        try {
            if (roundsBias()) {
                before = device.epilogues().narrow(spec.in(), tensors.bias(), given.bias(), spec.k());
            }
            after = switch (plan.choice().form()) {
                case WHOLE -> null;
                case SUM -> finish(tensors, 0, 0);
                case BARE -> finish(tensors, tensors.bias(), tensors.addend());
                case NARROW -> {
                    long elements = result().elements();
                    yield device.epilogues().widen(spec.in(), tensors.workspace(), tensors.result(), elements);
                }
            };
            return new Execution(this, ofPlan, tensors.workspace() + shortBytes(), before, after);
        } catch (RuntimeException | Error e) {
            close(before, after); // nobody else knows them
            throw e;
        }
    }

    private Step finish(ConvolutionTensors tensors, long bias, long addend) {
        return device.epilogues()
                .finish(
                        spec.out(),
                        tensors.result(),
                        tensors.argument(),
                        bias,
                        addend,
                        spec.epilogue().function(),
                        result().elements(),
                        spec.k());
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
