package io.vertebra.tasks.segmentation;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Size;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.config.EvaluateConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers pictures of any size: whole or by windows, at one size or the mean over several and their mirrored forms.
 *
 * <p>Logits are averaged over windows, probabilities over sizes and mirrored forms, as mmseg does. Only low-resolution logits
 * are held.
 *
 * @param logits the name of the output
 * @param enlargement of the head
 * @param how the config's section
 */
record Segmenter(String logits, Enlargement enlargement, EvaluateConfig how) {

    /** The answer for each of the pictures (N, 3, H, W) at that size. */
    List<LogitRows> answer(Tensor.Floats pictures, Forward network) {
        int n = pictures.shape().n();
        List<List<LogitRows>> views = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            views.add(new ArrayList<>());
        }
        boolean single = how.scales().size() == 1 && !how.flip();
        Size size = new Size(pictures.shape().h(), pictures.shape().w());
        for (double scale : how.scales()) {
            Tensor.Floats scaled = Planes.resized(pictures, scale);
            add(views, pass(scaled, network, single), size, false, single);
            if (how.flip()) {
                add(views, pass(Planes.mirrored(scaled), network, false), size, true, false);
            }
        }
        return views.stream().map(Mean::of).toList();
    }

    private void add(
            List<List<LogitRows>> views, List<LogitRows> answers, Size size, boolean mirrored, boolean single) {
        for (int i = 0; i < answers.size(); i++) {
            LogitRows rows = enlargement.rows(answers.get(i), size);
            rows = mirrored ? rows.mirrored() : rows;
            views.get(i).add(single ? rows : rows.probabilities());
        }
    }

    /** @param last whether the network is not asked again before the answer is read, so that nothing needs a copy */
    private List<LogitRows> pass(Tensor.Floats pictures, Forward network, boolean last) {
        Size size = new Size(pictures.shape().h(), pictures.shape().w());
        return how.mode() == EvaluateConfig.Mode.SLIDE
                ? slide(pictures, size, network)
                : whole(pictures, size, network, last);
    }

    private List<LogitRows> whole(Tensor.Floats pictures, Size size, Forward network, boolean last) {
        Outputs outputs = network.run(pictures);
        List<LogitRows> answers = new ArrayList<>();
        for (int i = 0; i < pictures.shape().n(); i++) {
            StoredLogits stored = StoredLogits.of(outputs.get(logits), i);
            answers.add(enlargement.rows(last ? stored : stored.copied(), size));
        }
        return answers;
    }

    private List<LogitRows> slide(Tensor.Floats pictures, Size size, Forward network) {
        int height = Math.min(how.crop().get(0), size.height());
        int width = Math.min(how.crop().get(1), size.width());
        List<List<Mosaic.Window>> windows = new ArrayList<>();
        for (int i = 0; i < pictures.shape().n(); i++) {
            windows.add(new ArrayList<>());
        }
        for (int top : Mosaic.starts(size.height(), height, how.stride().get(0))) {
            for (int left : Mosaic.starts(size.width(), width, how.stride().get(1))) {
                Tensor.Floats window = Planes.window(pictures, top, left, height, width);
                List<LogitRows> answers = whole(window, new Size(height, width), network, false);
                for (int i = 0; i < answers.size(); i++) {
                    windows.get(i).add(new Mosaic.Window(top, left, answers.get(i)));
                }
            }
        }
        return windows.stream()
                .<LogitRows>map(list -> new Mosaic(list.get(0).rows().classes(), size.height(), size.width(), list))
                .toList();
    }
}
