package io.vertebra.dl4j;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which of ND4J's operators compute each operator of a graph, forward and backward: for the manual and for profiles. */
public final class Dl4jOperators {

    /**
     * Operator, as in graph JSON, → names in ND4J's registry, in alphabetical order; {@code loop in Java} where there is no
     * such operator: RoI pooling, what stands between the stages of a detector, and the choice of the hardest anchors and
     * pixels. {@code dropout} and {@code drop_path}
     * multiply by a mask that a loop in Java makes, as ND4J has no counter hash; an {@code input} is not computed.
     */
    public static final Map<String, List<String>> OPERATORS = table();

    private Dl4jOperators() {}

    // spotless:off
    private static Map<String, List<String>> table() {
        Map<String, List<String>> table = new TreeMap<>();
        table.put("activation",                  List.of("add", "clipbyvalue", "divide", "erfc", "exp", "lrelu", "multiply", "relu", "relu6_bp", "relu_bp", "sigmoid", "sigmoid_bp", "subtract", "tanh", "tanh_bp"));
        table.put("adaptive_average_pool",       List.of("matmul"));
        table.put("add",                         List.of("add", "assign"));
        table.put("average_pool",                List.of("assign", "avgpool2d", "avgpool2d_bp", "multiply"));
        table.put("batch_norm",                  List.of("add", "batchnorm", "moments", "multiply", "reduce_sum", "subtract"));
        table.put("box_smooth_l1",               List.of("assign", "cast", "clipbyvalue", "divide", "divide_no_nan", "greater", "maximum", "multiply", "not_equals", "reduce_sum", "select", "subtract"));
        table.put("channel_select",              List.of("add", "gather"));
        table.put("channel_shuffle",             List.of("assign"));
        table.put("concat",                      List.of("assign"));
        table.put("convolution",                 List.of("assign", "biasadd", "col2im", "im2col", "matmul", "reduce_sum"));
        table.put("drop_path",                   List.of("assign", "multiply"));
        table.put("dropout",                     List.of("assign", "multiply"));
        table.put("flatten",                     List.of("assign"));
        table.put("group_norm",                  List.of("Pow", "add", "assign", "cast", "divide", "multiply", "reduce_mean", "reduce_sum", "subtract"));
        table.put("hard_negative_cross_entropy", List.of("assign", "cast", "greater", "loop in Java", "multiply", "onehot", "reduce_logsumexp", "reduce_max", "reduce_sum", "softmax", "subtract"));
        table.put("l2_norm",                     List.of("assign", "cast", "clipbyvalue", "divide", "greater", "multiply", "reduce_norm2", "reduce_sum", "subtract"));
        table.put("layer_norm",                  List.of("Pow", "add", "assign", "cast", "divide", "multiply", "reduce_mean", "reduce_sum", "subtract"));
        table.put("layer_scale",                 List.of("multiply", "reduce_sum"));
        table.put("linear",                      List.of("biasadd", "matmul", "reduce_sum"));
        table.put("local_response_norm",         List.of("Pow", "add", "assign", "cast", "divide", "multiply", "subtract"));
        table.put("map_rows",                    List.of("assign"));
        table.put("max_pool",                    List.of("assign", "maxpool2d", "maxpool2d_bp"));
        table.put("multiply",                    List.of("multiply", "reduce_sum"));
        table.put("pad",                         List.of("assign"));
        table.put("region_labels",               List.of("loop in Java"));
        table.put("region_proposals",            List.of("loop in Java"));
        table.put("region_samples",              List.of("loop in Java"));
        table.put("region_smooth_l1",            List.of("loop in Java"));
        table.put("region_targets",              List.of("loop in Java"));
        table.put("resize",                      List.of("assign", "matmul"));
        table.put("roi_align",                   List.of("add", "assign", "matmul"));
        table.put("roi_pool",                    List.of("loop in Java"));
        table.put("scaled_add",                  List.of("add", "assign", "multiply"));
        table.put("sigmoid_focal",               List.of("Pow", "add", "assign", "cast", "greater", "minimum", "multiply", "not_equals", "onehot", "reduce_sum", "relu", "sigmoid", "softplus", "subtract"));
        table.put("slice",                       List.of("assign"));
        table.put("softmax_cross_entropy",       List.of("add", "assign", "cast", "loop in Java", "multiply", "not_equals", "onehot", "reduce_logsumexp", "reduce_max", "reduce_sum", "softmax", "subtract"));
        table.put("softmax_dice",                List.of("assign", "cast", "multiply", "not_equals", "onehot", "reduce_sum", "softmax", "subtract"));
        table.put("weighted_sum",                List.of("add", "multiply"));
        return Collections.unmodifiableMap(table);
    }
    // spotless:on
}
