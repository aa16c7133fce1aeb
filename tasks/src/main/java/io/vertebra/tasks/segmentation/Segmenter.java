package io.vertebra.tasks.segmentation;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Size;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.config.EvaluateConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers pictures of any size: whole or by windows, at one size or the mean over several and their mirrored forms.
 *
 * <p>Logits are averaged over windows, probabilities at the size of the photo over sizes and mirrored forms, as mmseg does. Only
 * low-resolution logits are held.
 *
 * @param logits the name of the output
 * @param enlargement of the head
 * @param how the config's section
 */
record Segmenter(String logits, Enlargement enlargement, EvaluateConfig how) {

    /** Brings the answer for a row of the batch from the size of the batch's pictures to that of the photo. */
    interface Fit {
        LogitRows photo(int row, LogitRows answer);
    }

    /** The answer for each of the pictures (N, 3, H, W) at the size of its photo; valid until the network is asked again. */
    List<LogitRows> answer(Tensor pictures, Forward network, Fit fit) {
        int n = pictures.shape().n();
        List<List<LogitRows>> views = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            views.add(new ArrayList<>());
        }
        boolean single = how.scales().size() == 1 && !how.flip();
        Size size = size(pictures);
        for (double scale : how.scales()) {
            Tensor scaled = scale == 1 ? pictures : Planes.resized(floats(pictures), scale);
            for (boolean mirrored : how.flip() ? new boolean[] {false, true} : new boolean[] {false}) {
                List<LogitRows> answers = pass(mirrored ? Planes.mirrored(floats(scaled)) : scaled, network, single);
                for (int i = 0; i < n; i++) {
                    LogitRows whole = enlargement.rows(answers.get(i), size);
                    LogitRows view = fit.photo(i, mirrored ? whole.mirrored() : whole);
                    views.get(i).add(single ? view : view.probabilities());
                }
            }
        }
        return views.stream().map(Mean::of).toList();
    }

    private static Tensor.Floats floats(Tensor pictures) {
        return pictures instanceof Tensor.Bytes bytes ? bytes.floats() : (Tensor.Floats) pictures;
    }

    private static Size size(Tensor pictures) {
        return new Size(pictures.shape().h(), pictures.shape().w());
    }

    /** @param last whether the network is not asked again before the answer is read, so that nothing needs a copy */
    private List<LogitRows> pass(Tensor pictures, Forward network, boolean last) {
        return how.mode() == EvaluateConfig.Mode.SLIDE
                ? slide(floats(pictures), network)
                : whole(pictures, network, last);
    }

    private List<LogitRows> whole(Tensor pictures, Forward network, boolean last) {
        Outputs outputs = network.run(pictures);
        Tensor.Floats answer = Problem.numbers(outputs, logits);
        List<LogitRows> answers = new ArrayList<>();
        for (int i = 0; i < pictures.shape().n(); i++) {
            StoredLogits stored = StoredLogits.of(answer, i);
            answers.add(enlargement.rows(last ? stored : stored.copied(), size(pictures)));
        }
        return answers;
    }

    private List<LogitRows> slide(Tensor.Floats pictures, Forward network) {
        Size size = size(pictures);
        int height = Math.min(how.crop().get(0), size.height());
        int width = Math.min(how.crop().get(1), size.width());
        List<List<Mosaic.Window>> windows = new ArrayList<>();
        for (int i = 0; i < pictures.shape().n(); i++) {
            windows.add(new ArrayList<>());
        }
        for (int top : Mosaic.starts(size.height(), height, how.stride().get(0))) {
            for (int left : Mosaic.starts(size.width(), width, how.stride().get(1))) {
                List<LogitRows> answers = whole(Planes.window(pictures, top, left, height, width), network, false);
                for (int i = 0; i < answers.size(); i++) {
                    windows.get(i).add(new Mosaic.Window(top, left, answers.get(i)));
                }
            }
        }
        return windows.stream().<LogitRows>map(list -> new Mosaic(size, list)).toList();
    }
}
