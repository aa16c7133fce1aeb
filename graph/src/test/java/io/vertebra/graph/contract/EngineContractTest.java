package io.vertebra.graph.contract;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an engine must do to be one. An engine's test class extends this and hands in the engine.
 *
 * <p>Values and gradients are compared with the float64 reference interpreter over every {@link OperatorCase}, whole
 * steps of training over every {@link TrainingCase}; {@code SessionContractTest} has the manners of sessions.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineContractTest {

    /** The engine, the same one at each call. */
    protected abstract Engine engine();

    /** What it is tested in. */
    protected Set<Precision> precisions() {
        return engine().precisions();
    }

    final Stream<Arguments> operators() {
        return pairs(Cases.all(), precision -> true);
    }

    final Stream<Arguments> trainings() {
        return pairs(TrainingCases.all(), precision -> true);
    }

    /** A state is of floats, so that only precisions of at most 32 bits go on exactly where they were. */
    final Stream<Arguments> resumed() {
        return pairs(TrainingCases.all(), precision -> precision != Precision.FP64);
    }

    private Stream<Arguments> pairs(List<?> cases, Predicate<Precision> chosen) {
        return cases.stream()
                .flatMap(one -> precisions().stream().filter(chosen).map(precision -> arguments(one, precision)));
    }

    @ParameterizedTest
    @MethodSource("operators")
    final void evaluatesAsTheReference(OperatorCase one, Precision precision) {
        OperatorContract.evaluates(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("operators")
    final void givesTheGradientsOfInferenceForm(OperatorCase one, Precision precision) {
        OperatorContract.differentiates(engine(), one, precision, false);
    }

    @ParameterizedTest
    @MethodSource("operators")
    final void givesTheGradientsOfTrainingForm(OperatorCase one, Precision precision) {
        OperatorContract.differentiates(engine(), one, precision, true);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    final void trainsAsTheReference(TrainingCase one, Precision precision) {
        TrainingContract.trains(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("resumed")
    final void continuesBitForBitFromASavedState(TrainingCase one, Precision precision) {
        TrainingContract.continuesBitForBit(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    final void trainsToTheSameBitsAgain(TrainingCase one, Precision precision) {
        TrainingContract.repeatsBitForBit(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    final void evaluatingAndSavingLeaveTrainingAlone(TrainingCase one, Precision precision) {
        TrainingContract.evaluationLeavesTrainingAlone(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    final void changesWhatIsTrainedAndNothingFrozen(TrainingCase one, Precision precision) {
        TrainingContract.frozenStaysAsItIs(engine(), one, precision);
    }
}
