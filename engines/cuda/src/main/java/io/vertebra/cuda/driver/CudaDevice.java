package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.UploadQueue;
import java.util.Collection;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * A stream on a card, with cuDNN and cuBLASLt on it. What is compiled once for a card is shared through {@link Card}; plans of
 * convolutions belong to the device, and equal ones are made once. {@link CudaLoader} must have loaded the libraries.
 */
public final class CudaDevice implements Device {
    private final Card card;
    private final Epilogues epilogues = new Epilogues(this);
    private CudaStream stream;
    private CudnnHandle cudnn;
    private ConvolutionPlans plans;
    private boolean closed;

    private CudaDevice(Card card) {
        this.card = card;
    }

    /** The card of this number and the libraries, for logs: {@code NVIDIA H200, capability 9.0, CUDA 13.0, cuDNN 9.24.0}. */
    public static String describe(int number) {
        return Card.of(number).description();
    }

    /** The compute capability of the card of this number, 90 for 9.0. */
    public static int capability(int number) {
        return Card.of(number).capability();
    }

    /**
     * A new stream on the card of this number among those that {@code CUDA_VISIBLE_DEVICES} shows.
     *
     * @param timed whether convolutions are chosen by running the likely candidates, rather than by cuDNN's estimate
     */
    public static CudaDevice open(int number, boolean timed) {
        CudaDevice device = new CudaDevice(Card.of(number));
        try {
            device.start(timed);
            return device;
        } catch (RuntimeException | Error e) {
            device.close(); // nobody else knows it
            throw e;
        }
    }

    private void start(boolean timed) {
        card.enter();
        stream = new CudaStream(card, Status.DEVICE);
        cudnn = new CudnnHandle(card, stream());
        plans = new ConvolutionPlans(this, timed);
    }

    Card card() {
        return card;
    }

    CUstream_st stream() {
        return stream.pointer();
    }

    CudnnHandle cudnn() {
        return cudnn;
    }

    /** cuBLASLt. */
    cublasLtContext products() {
        return card.products();
    }

    Epilogues epilogues() {
        return epilogues;
    }

    @Override
    public String description() {
        return card.description();
    }

    @Override
    public int processors() {
        return card.processors();
    }

    @Override
    public long free() {
        card.enter();
        return card.free();
    }

    @Override
    public DeviceMemory allocate(long bytes, String what) {
        card.enter();
        return CudaMemory.allocate(card, bytes, what);
    }

    @Override
    public HostMemory pin(long bytes, String what) {
        card.enter();
        return PinnedMemory.allocate(card, bytes, what);
    }

    @Override
    public Step upload(HostMemory from, long offset, long address, long bytes) {
        Address source = pinned(from).at(offset, bytes);
        return new Transfer(card, stream(), new Address(address), source, bytes, cudaMemcpyHostToDevice);
    }

    @Override
    public Step download(long address, HostMemory to, long offset, long bytes) {
        Address target = pinned(to).at(offset, bytes);
        return new Transfer(card, stream(), target, new Address(address), bytes, cudaMemcpyDeviceToHost);
    }

    @Override
    public void copy(long from, long to, long bytes) {
        new Transfer(card, stream(), new Address(to), new Address(from), bytes, cudaMemcpyDeviceToDevice).run();
    }

    @Override
    public UploadQueue uploads() {
        card.enter();
        return CudaUploads.open(card, stream());
    }

    static PinnedMemory pinned(HostMemory memory) {
        if (memory instanceof PinnedMemory pinned) {
            return pinned;
        }
        throw new IllegalArgumentException("not memory of a CUDA device");
    }

    @Override
    public Step clear(long address, long bytes) {
        return new Transfer.Clear(card, stream(), new Address(address), bytes);
    }

    @Override
    public void prepare(Collection<KernelSource> sources) {
        card.enter();
        card.prepare(sources);
    }

    @Override
    public Step launch(KernelSource source, String function, Grid grid, List<? extends Number> arguments) {
        card.enter();
        return new Launch(card, stream(), card.kernels(source).function(function), grid, arguments);
    }

    @Override
    public Prepared convolution(ConvolutionSpec spec) {
        card.enter();
        return new CudnnConvolution(this, spec, plans.plan(spec));
    }

    @Override
    public Prepared product(ProductSpec spec) {
        card.enter();
        return LtProduct.of(this, spec);
    }

    @Override
    public Step record(List<Step> steps) {
        card.enter();
        return Recording.of(card, stream(), steps);
    }

    @Override
    public void synchronize() {
        stream.synchronize();
    }

    @Override
    public void time(List<Step> steps, double[] milliseconds) {
        if (milliseconds.length < steps.size()) {
            throw new IllegalArgumentException(steps.size() + " steps, " + milliseconds.length + " times");
        }
        card.enter();
        Stopwatch.time(stream(), steps, milliseconds);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (stream != null) {
            stream.settle();
        }
        if (plans != null) {
            plans.close();
        }
        if (cudnn != null) {
            cudnn.close();
        }
        if (stream != null) {
            stream.close();
        }
    }
}
