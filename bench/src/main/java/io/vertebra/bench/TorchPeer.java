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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** libtorch through DJL, from the TorchScript files that tools/bench/models.py writes. */
final class TorchPeer implements Contestant {
    private final String name;
    private final Model model;
    private final Contestant pass;

    private TorchPeer(String file, Model model, Contestant pass) {
        this.name = "djl-pytorch " + file;
        this.model = model;
        this.pass = pass;
    }

    static TorchPeer inference(Path folder, String file, int batch, int size)
            throws IOException, MalformedModelException {
        Model model = Model.newInstance(file, Device.cpu(), "PyTorch");
        model.load(folder, file);
        NDManager manager = model.getNDManager();
        NDArray images = images(manager, batch, size);
        ParameterStore store = new ParameterStore(manager, false);
        return new TorchPeer(file, model, new Pass() {
            @Override
            public void run() {
                try (NDManager scope = manager.newSubManager()) {
                    NDArray x = images.duplicate();
                    x.attach(scope);
                    NDList y = model.getBlock().forward(store, new NDList(x), false);
                    y.attach(scope);
                    y.get(0).getShape();
                }
            }
        });
    }

    static TorchPeer training(Path folder, String file, int batch, int size)
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
        trainer.initialize(new Shape(batch, 3, size, size));
        NDManager manager = trainer.getManager();
        NDArray images = images(manager, batch, size);
        NDArray labels = manager.create(Pixels.labels(batch)).toType(DataType.INT64, false);
        // a TorchScript module loads in eval mode while DJL believes that it trains
        JniUtils.enableTrainingMode((PtSymbolBlock) model.getBlock());
        return new TorchPeer(file, model, new Pass() {
            @Override
            public void run() {
                try (GradientCollector gradients = trainer.newGradientCollector()) {
                    NDList y = trainer.forward(new NDList(images));
                    NDArray loss = trainer.getLoss().evaluate(new NDList(labels), y);
                    gradients.backward(loss);
                    loss.toType(DataType.FLOAT32, true).getFloat();
                    y.close();
                    loss.close();
                }
                trainer.step();
            }
        });
    }

    private static NDArray images(NDManager manager, int batch, int size) {
        return manager.create(Pixels.of(batch * 3 * size * size), new Shape(batch, 3, size, size));
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
