package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.HostCopies;
import io.vertebra.cuda.emit.Target;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** A card that plans are compiled for and that runs nothing: whatever else it is asked for is an error. */
final class DescribedDevice {
    /** What libraries are said to run. */
    static final String CODE = "library";

    /** Of an H200. */
    private static final int PROCESSORS = 132;

    private final List<ConvolutionSpec> convolutions = new ArrayList<>();

    /** Plans in bf16. */
    Target target(HostCopies copies) {
        return new Target(stub(Device.class, this::answer), copies, Type.BF16, MathMode.STRICT, true);
    }

    /** Those that were asked for. */
    List<ConvolutionSpec> convolutions() {
        return convolutions;
    }

    private Object answer(Object device, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "processors" -> PROCESSORS;
            case "convolution" -> {
                convolutions.add((ConvolutionSpec) arguments[0]);
                yield stub(Prepared.class, DescribedDevice::ofCode);
            }
            case "product" -> stub(Prepared.class, DescribedDevice::ofCode);
            default -> throw new AssertionError(method);
        };
    }

    private static Object ofCode(Object code, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "workspace" -> 0L;
            case "implementation" -> CODE;
            case "close" -> null;
            default -> throw new AssertionError(method);
        };
    }

    private static <T> T stub(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }
}
