package io.vertebra.graph.contract;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an engine must do to be one. An engine's test class extends this and hands in the engine.
 *
 * <p>Values and gradients are compared with the float64 reference interpreter over every {@link OperatorCase}, whole
 * steps of training over every {@link TrainingCase}; the rest is how a session behaves. The bodies stand in the {@code
 * *Contract} classes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineContractTest {
    private static final TrainingCase USUAL = TrainingCases.named("momentum");
    private static final TrainingCase AVERAGED = TrainingCases.named("adamw, clipped, 2 batches, moving average");

    /** The engine, the same one at each call. */
    protected abstract Engine engine();

    /** What it is tested in. */
    protected Set<Precision> precisions() {
        return engine().precisions();
    }

    /** What single graphs are compared on. */
    protected List<OperatorCase> cases() {
        return Cases.all();
    }

    /** Only convolutions and products know tf32: the rest of it would be fp32 run again. */
    private static boolean isEvaluated(OperatorCase one, Precision precision) {
        return precision != Precision.TF32
                || Analysis.of(one.graph(), one.batch(precision).shapes()).macs() > 0;
    }

    /** What makes up a step is the same in all precisions of 32 bits and more. */
    private static boolean isTrained(TrainingCase one, Precision precision) {
        boolean isOwn = precision == Precision.FP32 || precision == Precision.BF16;
        return isOwn || one.name().equals(USUAL.name());
    }

    final Stream<Arguments> operators() {
        return pairs(cases(), EngineContractTest::isEvaluated);
    }

    final Stream<Arguments> ofTwoForms() {
        return pairs(cases().stream().filter(OperatorCase::hasTwoForms).toList(), EngineContractTest::isEvaluated);
    }

    final Stream<Arguments> trainings() {
        return pairs(TrainingCases.all(), EngineContractTest::isTrained);
    }

    /**
     * How a session keeps house does not depend on the arithmetic: all in the precision with most to keep, which has
     * masters beside what it computes with, and the usual ones in the others too.
     */
    private boolean isKept(TrainingCase one, Precision precision) {
        boolean hasMost = precision == (precisions().contains(Precision.BF16) ? Precision.BF16 : Precision.FP32);
        return hasMost || one.name().equals(USUAL.name()) || one.name().equals(AVERAGED.name());
    }

    final Stream<Arguments> kept() {
        return pairs(TrainingCases.all(), this::isKept);
    }

    /** A state is of floats, so that only precisions of at most 32 bits go on exactly where they were. */
    final Stream<Arguments> resumed() {
        return pairs(TrainingCases.all(), (one, precision) -> precision != Precision.FP64 && isKept(one, precision));
    }

    private <C> Stream<Arguments> pairs(List<C> cases, BiPredicate<C, Precision> chosen) {
        return cases.stream()
                .flatMap(one -> precisions().stream()
                        .filter(precision -> chosen.test(one, precision))
                        .map(precision -> arguments(one, precision)));
    }

    @ParameterizedTest
    @MethodSource("operators")
    final void evaluatesAsTheReference(OperatorCase one, Precision precision) {
        OperatorContract.evaluates(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("ofTwoForms")
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
    @MethodSource("kept")
    final void trainsToTheSameBitsAgain(TrainingCase one, Precision precision) {
        TrainingContract.repeatsBitForBit(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("kept")
    final void evaluatingProfilingAndSavingLeaveTrainingAlone(TrainingCase one, Precision precision) {
        TrainingContract.lookingOnLeavesTrainingAlone(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("kept")
    final void changesWhatIsTrainedAndNothingFrozen(TrainingCase one, Precision precision) {
        TrainingContract.frozenStaysAsItIs(engine(), one, precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void givesTheSameForEverySetOfOutputs(Precision precision) {
        OutputsContract.givesTheSameForEverySetOfOutputs(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void givesTheGradientsOfEverySetOfOutputs(Precision precision) {
        OutputsContract.givesTheGradientsOfEverySetOfOutputs(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void servesManyShapesAndComesBack(Precision precision) {
        SessionContract.servesManyShapes(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void trainsOverManyShapes(Precision precision) {
        SessionContract.trainsOverManyShapes(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void givesTheSameBitsForTheSameInputs(Precision precision) {
        SessionContract.sameInputsGiveSameBits(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void keepsOutputsUntilTheNextPass(Precision precision) {
        SessionContract.outputsLastUntilTheNextPass(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void copiesTheParametersAndGivesThemBack(Precision precision) {
        SessionContract.copiesTheParameters(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void copiesTheStateAndGivesItBack(Precision precision) {
        SessionContract.copiesTheState(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void countsOutputsWithoutGradientAsZero(Precision precision) {
        SessionContract.leavesOutputsWithoutGradientAtZero(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void learnsNothingFromABatchWithoutValidLabels(Precision precision) {
        TrainingContract.ignoresABatchWithoutLabels(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void profilesItsPasses(Precision precision) {
        SessionContract.profilesItsPasses(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void tellsItsMemory(Precision precision) {
        SessionContract.tellsItsMemory(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void takesWholePicturesWhereNoSizesAreGiven(Precision precision) {
        SizesContract.takesWholePictures(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesBatchesThatDoNotFit(Precision precision) {
        RefusalContract.refusesBatchesThatDoNotFit(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesASizeThatIsFixed(Precision precision) {
        RefusalContract.refusesASizeThatIsFixed(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesAPictureBelowItsKernel(Precision precision) {
        RefusalContract.refusesAPictureBelowItsKernel(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesGradientsThatDoNotFit(Precision precision) {
        RefusalContract.refusesGradientsThatDoNotFit(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesToTrainANormOfOneValue(Precision precision) {
        RefusalContract.refusesANormOfOneValue(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void answersSomeOutputsWithTheInputsThatTheyNeed(Precision precision) {
        SessionContract.answersSomeOutputs(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesWhatItsModeDoesNotServe(Precision precision) {
        RefusalContract.refusesWhatItsModeDoesNotServe(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesToOpenWhatDoesNotFit(Precision precision) {
        RefusalContract.refusesToOpenWhatDoesNotFit(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesEverythingOnceClosed(Precision precision) {
        RefusalContract.refusesEverythingOnceClosed(engine(), precision);
    }

    @Test
    final void refusesPrecisionsThatItDoesNotServe() {
        RefusalContract.refusesOtherPrecisions(engine());
    }

    @Test
    final void computesBf16InBf16() {
        Served.require(engine(), Precision.BF16);
        SessionContract.bf16IsNotFp32(engine());
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void keepsSeveralSessionsApart(Precision precision) {
        ThreadContract.severalSessionsAtOnce(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void opensAndRunsASessionInEachThread(Precision precision) {
        ThreadContract.aSessionAThread(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void answersSeveralThreadsOneAfterTheOther(Precision precision) {
        ThreadContract.severalThreadsOnOneSession(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void trainsToTheSameBitsFromBatchesBroughtAhead(Precision precision) {
        PrefetchContract.trainsToTheSameBits(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void givesTheSameForBatchesBroughtAheadInAnyOrder(Precision precision) {
        PrefetchContract.givesTheSameInAnyOrder(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesABatchBroughtAheadThatDoesNotFitWhenItIsUsed(Precision precision) {
        PrefetchContract.refusesABatchThatDoesNotFitWhenItIsUsed(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void closesWhateverIsBroughtAhead(Precision precision) {
        PrefetchContract.closesWhateverIsUnderWay(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void evaluatesPicturesThatComeAsBytes(Precision precision) {
        BytesContract.evaluatesAsTheElements(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void trainsOnPicturesThatComeAsBytes(Precision precision) {
        BytesContract.trainsAsWithTheElements(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void givesTheGradientsOfPicturesThatComeAsBytes(Precision precision) {
        BytesContract.givesTheGradientsOfTheElements(engine(), precision);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    final void refusesBytesThatDoNotFit(Precision precision) {
        BytesContract.refusesBytesThatDoNotFit(engine(), precision);
    }

    @Tag("slow")
    @Test
    final void leavesNoNativeMemoryBehind() {
        LeakContract.leavesNothingBehind(engine(), precisions());
    }
}
