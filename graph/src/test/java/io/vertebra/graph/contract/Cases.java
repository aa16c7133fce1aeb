package io.vertebra.graph.contract;

import java.util.List;
import java.util.stream.Stream;

/** All operator cases of all families. */
public final class Cases {
    private static final List<OperatorCase> ALL = Stream.of(
                    ConvolutionCases.all(),
                    PoolingCases.all(),
                    PointwiseCases.all(),
                    MomentNormCases.all(),
                    ChannelCases.all(),
                    ResizeCases.all(),
                    RowCases.all(),
                    LocalResponseCases.all(),
                    RegionCases.all(),
                    RegionOperatorCases.all(),
                    LossCases.all(),
                    AnchorLossCases.all(),
                    PatternCases.all(),
                    DensePatternCases.all(),
                    GatePatternCases.all(),
                    ScalePatternCases.all(),
                    ShufflePatternCases.all(),
                    SharedCases.all(),
                    TwoStageCases.all())
            .flatMap(List::stream)
            .toList();

    private Cases() {}

    /** Every case, in a fixed order. */
    public static List<OperatorCase> all() {
        return ALL;
    }

    /** One case. */
    public static OperatorCase named(String name) {
        return ALL.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }
}
