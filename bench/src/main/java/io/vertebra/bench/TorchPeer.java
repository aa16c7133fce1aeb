package io.vertebra.bench;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.vertebra.graph.engine.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** libtorch through DJL, from the TorchScript files that tools/bench/models.py writes. */
final class TorchPeer implements Contestant {
    /** Types and layouts of the files, as tools/bench/forms.py has them. */
    static final List<String> FORMS = List.of("f32_nchw", "f32_nhwc", "bf16_nhwc");

    private final String name;
    private final Model model;
    private final Contestant pass;

    private TorchPeer(String file, Model model, Contestant pass) {
        this.name = "djl-pytorch " + file;
        this.model = model;
        this.pass = pass;
    }

    /**
     * A forward pass.
     *
     * @param rest what is made of the outputs on the host
     */
    static TorchPeer inference(Path folder, String file, Tensor.Floats images, Consumer<NDList> rest)
            throws IOException, MalformedModelException {
        Model model = Model.newInstance(file, Device.cpu(), "PyTorch");
        model.load(folder, file);
        NDManager manager = model.getNDManager();
        NDArray input = array(manager, images);
        ParameterStore store = new ParameterStore(manager, false);
        return new TorchPeer(file, model, new Pass() {
            @Override
            public void run() {
                try (NDManager scope = manager.newSubManager()) {
                    NDArray x = input.duplicate();
                    x.attach(scope);
                    NDList y = model.getBlock().forward(store, new NDList(x), false);
                    y.attach(scope);
                    y.get(0).getShape();
                    rest.accept(y);
                }
            }
        });
    }

    /** A training step of a classifier, with DJL's loss. */
    static TorchPeer training(Path folder, String file, Tensor.Floats images, int[] labels)
            throws IOException, MalformedModelException {
        Loss loss = Loss.softmaxCrossEntropyLoss();
        return training(
                folder,
                file,
                List.of(images),
                (manager, outputs) ->
                        loss.evaluate(new NDList(manager.create(labels).toType(DataType.INT64, false)), outputs));
    }

    /** A training step of a script that takes pictures and truth and gives the loss. */
    static TorchPeer training(Path folder, String file, List<Tensor> inputs)
            throws IOException, MalformedModelException {
        return training(folder, file, inputs, (manager, outputs) -> outputs.singletonOrThrow());
    }

    private static TorchPeer training(
            Path folder, String file, List<Tensor> inputs, BiFunction<NDManager, NDList, NDArray> loss)
            throws IOException, MalformedModelException {
        Model model = Model.newInstance(file, Device.cpu(), "PyTorch");
        model.load(folder, file, Map.of("trainParam", "true"));
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.01f))
                        .optMomentum(0.9f)
                        .optWeightDecays(1e-4f)
                        .build())
                .optDevices(new Device[] {Device.cpu()}));
        NDManager manager = trainer.getManager();
        NDList fed = new NDList();
        inputs.forEach(t -> fed.add(array(manager, t)));
        trainer.initialize(fed.getShapes());
        // a TorchScript module loads in eval mode while DJL believes that it trains
        JniUtils.enableTrainingMode((PtSymbolBlock) model.getBlock());
        return new TorchPeer(file, model, new Pass() {
            @Override
            public void run() {
                try (GradientCollector gradients = trainer.newGradientCollector()) {
                    NDList y = trainer.forward(fed);
                    NDArray value = loss.apply(manager, y);
                    gradients.backward(value);
                    float number = value.toType(DataType.FLOAT32, true).getFloat();
                    if (!Float.isFinite(number)) {
                        throw new IllegalStateException(file + " has diverged");
                    }
                    y.close();
                    value.close();
                }
                trainer.step();
            }
        });
    }

    /** Whole numbers become the 64-bit ones that PyTorch's losses want. */
    private static NDArray array(NDManager manager, Tensor tensor) {
        Shape shape =
                new Shape(Arrays.stream(tensor.shape().toArray()).asLongStream().toArray());
        if (tensor instanceof Tensor.Ints ints) {
            return manager.create(ints.data(), shape).toType(DataType.INT64, true);
        }
        return manager.create(((Tensor.Floats) tensor).data(), shape);
    }

    /** A pass without a name of its own. */
    private abstract static class Pass implements Contestant {
        @Override
        public String name() {
            return "";
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() throws Exception {
        pass.run();
    }

    @Override
    public void close() {
        model.close();
    }
}
