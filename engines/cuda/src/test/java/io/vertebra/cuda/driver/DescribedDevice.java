package io.vertebra.cuda.driver;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A card that plans are compiled for and that runs nothing. */
final class DescribedDevice implements Device {
    /** What libraries are said to run. */
    static final String CODE = "library";

    /** Of an H200. */
    private static final int PROCESSORS = 132;

    private final List<ConvolutionSpec> convolutions = new ArrayList<>();

    /** Those that were asked for. */
    List<ConvolutionSpec> convolutions() {
        return convolutions;
    }

    @Override
    public String description() {
        return "described";
    }

    @Override
    public int processors() {
        return PROCESSORS;
    }

    @Override
    public Prepared convolution(ConvolutionSpec spec) {
        convolutions.add(spec);
        return new Chosen();
    }

    @Override
    public Prepared product(ProductSpec spec) {
        return new Chosen();
    }

    @Override
    public long free() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DeviceMemory allocate(long bytes, String what) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HostMemory pin(long bytes, String what) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Step upload(HostMemory from, long offset, long address, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Step download(long address, HostMemory to, long offset, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void copy(long from, long to, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UploadQueue uploads() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Step clear(long address, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void prepare(Collection<KernelSource> sources) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Step launch(KernelSource source, String function, Grid grid, List<? extends Number> arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Step record(List<Step> steps) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void synchronize() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void time(List<Step> steps, double[] milliseconds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    private static final class Chosen implements Prepared {
        @Override
        public long workspace() {
            return 0;
        }

        @Override
        public String implementation() {
            return CODE;
        }

        @Override
        public List<KernelSource> kernels() {
            return List.of();
        }

        @Override
        public Step bind(long... addresses) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
