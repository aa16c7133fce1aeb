package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One piece of work of a plan, not yet bound to memory. */
sealed interface Call {

    /**
     * What a call does.
     *
     * @param name of the unit
     * @param operator its kind
     * @param pass as in {@link io.vertebra.graph.engine.Session.Timing}
     * @param macs multiply-accumulates
     */
    record Label(String name, String operator, String pass, long macs) {}

    /**
     * Where a plan is bound.
     *
     * @param device that runs it
     * @param arena address of the values
     * @param staging memory of the host for what comes in and goes out
     */
    record Binding(Device device, long arena, HostMemory staging) {
        long address(Operand operand) {
            return operand == null ? 0 : operand.address(arena);
        }
    }

    /** What it is, for profiles and messages. */
    Label label();

    /** The tensors that it reads and writes. */
    List<Operand> operands();

    /** The name of the code. */
    String implementation();

    /** The bytes of its tensors, each counted once. */
    default long bytes() {
        return bytes(operands());
    }

    private static long bytes(List<Operand> operands) {
        return operands.stream()
                .filter(Objects::nonNull)
                .distinct()
                .mapToLong(Operand::bytes)
                .sum();
    }

    /** The files of the kernels that it runs. */
    default List<KernelSource> sources() {
        return List.of();
    }

    /** With all addresses. */
    Step bind(Binding binding);

    /**
     * A kernel.
     *
     * @param arguments {@link Operand}s, which may be {@code null}, {@code Integer}s, {@code Long}s and {@code Float}s
     */
    record Launch(Label label, Kernel kernel, List<Object> arguments) implements Call {
        @Override
        public List<Operand> operands() {
            List<Operand> operands = new ArrayList<>();
            for (Object argument : arguments) {
                if (argument instanceof Operand operand) {
                    operands.add(operand);
                }
            }
            return operands;
        }

        @Override
        public String implementation() {
            return "kernel:" + kernel.function();
        }

        @Override
        public List<KernelSource> sources() {
            return List.of(kernel.source());
        }

        @Override
        public Step bind(Binding binding) {
            List<Number> numbers = new ArrayList<>();
            for (Object argument : arguments) {
                numbers.add(argument instanceof Number number ? number : binding.address((Operand) argument));
            }
            return binding.device().launch(kernel.source(), kernel.function(), kernel.grid(), numbers);
        }
    }

    /**
     * A convolution or product.
     *
     * @param operands its tensors, the last of them working memory
     */
    record Library(Label label, Prepared code, List<Operand> operands) implements Call {
        @Override
        public String implementation() {
            return code.implementation();
        }

        @Override
        public long bytes() {
            return Call.bytes(operands.subList(0, operands.size() - 1));
        }

        @Override
        public List<KernelSource> sources() {
            return code.kernels();
        }

        @Override
        public Step bind(Binding binding) {
            return code.bind(operands.stream().mapToLong(binding::address).toArray());
        }
    }

    /**
     * A tensor that comes from the host.
     *
     * @param offset in the staging memory
     */
    record Upload(Label label, long offset, Operand tensor) implements Call {
        @Override
        public List<Operand> operands() {
            return List.of(tensor);
        }

        @Override
        public String implementation() {
            return "copy";
        }

        @Override
        public Step bind(Binding binding) {
            return binding.device().upload(binding.staging(), offset, binding.address(tensor), tensor.bytes());
        }
    }

    /**
     * A tensor that goes to the host.
     *
     * @param offset in the staging memory
     */
    record Download(Label label, long offset, Operand tensor) implements Call {
        @Override
        public List<Operand> operands() {
            return List.of(tensor);
        }

        @Override
        public String implementation() {
            return "copy";
        }

        @Override
        public Step bind(Binding binding) {
            return binding.device().download(binding.address(tensor), binding.staging(), offset, tensor.bytes());
        }
    }
}
