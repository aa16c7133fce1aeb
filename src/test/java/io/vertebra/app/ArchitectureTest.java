package io.vertebra.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The order of the house, by ARCHITECTURE sections 2 and 8 and STYLE section 8. */
class ArchitectureTest {
    private static final String[] LIBRARIES = {
        "io.vertebra.graph..",
        "io.vertebra.images..",
        "io.vertebra.onednn..",
        "io.vertebra.dl4j..",
        "io.vertebra.cuda..",
        "io.vertebra.export..",
        "io.vertebra.backbones..",
        "io.vertebra.heads..",
        "io.vertebra.datasets..",
        "io.vertebra.tasks.."
    };

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.vertebra");
    }

    static ArchRule order(String headsMayBeUsedBy) {
        return layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.vertebra..")
                .layer("graph")
                .definedBy("io.vertebra.graph..")
                .layer("images")
                .definedBy("io.vertebra.images..")
                .layer("engines")
                .definedBy("io.vertebra.onednn..", "io.vertebra.cuda..", "io.vertebra.dl4j")
                .layer("networks")
                .definedBy("io.vertebra.dl4j.network..")
                .layer("export")
                .definedBy("io.vertebra.export..")
                .layer("backbones")
                .definedBy("io.vertebra.backbones..")
                .layer("heads")
                .definedBy("io.vertebra.heads..")
                .layer("datasets")
                .definedBy("io.vertebra.datasets..")
                .layer("tasks")
                .definedBy("io.vertebra.tasks..")
                .layer("app")
                .definedBy("io.vertebra.app..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("tasks")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("datasets")
                .mayOnlyBeAccessedByLayers("tasks", "app")
                .whereLayer("heads")
                .mayOnlyBeAccessedByLayers(headsMayBeUsedBy, "app")
                .whereLayer("backbones")
                .mayOnlyBeAccessedByLayers("heads", "tasks", "app")
                .whereLayer("engines")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("networks")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("export")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("images")
                .mayOnlyBeAccessedByLayers("backbones", "heads", "datasets", "tasks", "app")
                .whereLayer("graph")
                .mayOnlyBeAccessedByLayers("engines", "networks", "export", "backbones", "heads", "tasks", "app")
                .because("data goes one way, and engines are found by ServiceLoader");
    }

    static ArchRule cleanSignatures(String... forbidden) {
        DescribedPredicate<JavaClass> engineType = JavaClass.Predicates.resideInAnyPackage(forbidden);
        return methods()
                .that()
                .arePublic()
                .or()
                .areProtected()
                .should(new ArchCondition<JavaMethod>("have no engine type in the signature") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        boolean isOpen = method.getOwner()
                                .getModifiers()
                                .contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC);
                        Stream.concat(method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()))
                                .map(JavaClass::getBaseComponentType)
                                .filter(type -> isOpen && engineType.test(type))
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " shows " + type.getName())));
                    }
                })
                .because("nothing above an engine knows which one runs");
    }

    @Test
    void modulesKeepTheirOrder() {
        order("tasks").check(classes);
    }

    @Test
    void theOrderRuleBites() {
        assertThatThrownBy(() -> order("datasets").check(classes)).hasMessageContaining("io.vertebra.heads.Model");
    }

    /** Packages of {@code graph}, each of which may use those before it. */
    static ArchRule orderInGraph(List<String> packages) {
        Architectures.LayeredArchitecture order =
                layeredArchitecture().consideringOnlyDependenciesInAnyPackage("io.vertebra.graph..");
        for (String name : packages) {
            order = order.layer(name).definedBy("io.vertebra." + name);
        }
        for (int i = 0; i < packages.size() - 1; i++) {
            String[] above = packages.subList(i + 1, packages.size()).toArray(String[]::new);
            order = order.whereLayer(packages.get(i)).mayOnlyBeAccessedByLayers(above);
        }
        return order.whereLayer(packages.get(packages.size() - 1))
                .mayNotBeAccessedByAnyLayer()
                .because("a description knows nothing of plans, and plans nothing of the sessions that run them");
    }

    @Test
    void packagesOfGraphKeepTheirOrder() {
        JavaClasses graph = classes.that(JavaClass.Predicates.resideInAPackage("io.vertebra.graph.."));
        orderInGraph(List.of(
                        "graph.op",
                        "graph",
                        "graph.engine",
                        "graph.region",
                        "graph.plan",
                        "graph.pass",
                        "graph.session"))
                .check(graph);
        assertThatThrownBy(() -> orderInGraph(List.of(
                                "graph.op",
                                "graph",
                                "graph.engine",
                                "graph.region",
                                "graph.pass",
                                "graph.plan",
                                "graph.session"))
                        .check(graph))
                .hasMessageContaining("io.vertebra.graph.plan.Program");
    }

    /** A {@code *Module} names all that is registered, from the package that they depend on. */
    static void freeOfCycles(JavaClasses some) {
        SlicesRuleDefinition.slices()
                .matching("io.vertebra.(**)")
                .should()
                .beFreeOfCycles()
                .because("a package can be read when those that it uses are known")
                .check(some);
    }

    private static JavaClasses tasks(DescribedPredicate<JavaClass> which) {
        return classes.that(
                JavaClass.Predicates.resideInAPackage("io.vertebra.tasks..").and(which));
    }

    @Test
    void packagesOfTasksDoNotDependOnEachOtherInCircles() {
        DescribedPredicate<JavaClass> module = JavaClass.Predicates.simpleName("TasksModule");
        freeOfCycles(tasks(DescribedPredicate.not(module)));
    }

    @Test
    void theRuleOfCirclesBites() {
        assertThatThrownBy(() -> freeOfCycles(tasks(DescribedPredicate.alwaysTrue())))
                .hasMessageContaining("TasksModule");
    }

    @Test
    void noEngineTypeInSignaturesOutsideTheEnginesAndTheirAdapters() {
        JavaClasses outside = classes.that(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(
                        "io.vertebra.onednn..", "io.vertebra.dl4j..", "io.vertebra.cuda.driver.."))
                .and(DescribedPredicate.not(JavaClass.Predicates.type(io.vertebra.backbones.embed.OpenCv.class))));
        cleanSignatures("org.bytedeco..", "org.nd4j..", "org.deeplearning4j..").check(outside);
    }

    @Test
    void onlyTheDriverKnowsTheBindingsOfCuda() {
        noClasses()
                .that()
                .resideInAPackage("io.vertebra.cuda..")
                .and()
                .resideOutsideOfPackage("io.vertebra.cuda.driver..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..")
                .because("all the rest is tested on machines without a card")
                .check(classes);
    }

    @Test
    void theSignatureRuleBites() {
        assertThatThrownBy(() -> cleanSignatures("io.vertebra.backbones..").check(classes))
                .hasMessageContaining("Model.backbone");
    }

    @Test
    void librariesDoNotPrintExitOrReadTheEnvironment() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .because("the program does that; a library says it by values and exceptions")
                .check(classes);
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .and()
                .resideOutsideOfPackages(
                        "io.vertebra.onednn..",
                        "io.vertebra.dl4j..",
                        "io.vertebra.cuda..") // JavaCPP's limit, ARCHITECTURE section 4
                .should()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class, String.class)
                .orShould()
                .callMethod(System.class, "setProperty", String.class, String.class)
                .because("an embedder's environment and properties are none of a library's business")
                .check(classes);
    }

    @Test
    void guiceStaysInModulesAndTheProgram() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .and()
                .haveNameNotMatching(".*Module(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.inject..")
                .because("everything can be built with new")
                .check(classes);
        noFields()
                .should()
                .beAnnotatedWith("jakarta.inject.Inject")
                .because("constructors take what they need")
                .check(classes);
    }

    @Test
    void namesSayWhatThingsAre() {
        classes()
                .should()
                .haveNameNotMatching(".*\\.(Abstract\\w*|\\w*(Manager|Helper|Utils|Util|Impl))")
                .because("a helper lives beside its user or has a real name")
                .check(classes);
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..misc..", "..impl..")
                .because("packages are cut by feature")
                .check(classes);
    }

    @Test
    void everyPackageSaysWhatLivesThere() throws IOException {
        List<Path> bare = Repository.files("(.*/)?(main|vector)/java/.*\\.java").stream()
                .map(Path::getParent)
                .distinct()
                .filter(p -> p.toString().contains("vertebra"))
                .filter(p -> !p.toString().contains("/vector/java/")) // the same package as in main
                .filter(p -> !Files.exists(p.resolve("package-info.java")))
                .toList();
        assertThat(bare).isEmpty();
    }

    @Test
    void handFormattedPartsEnd() throws IOException {
        List<Path> open = Repository.files("(.*/)?java/.*\\.java").stream()
                .filter(f -> !f.endsWith("ArchitectureTest.java"))
                .filter(f -> count(read(f), "// spotless:off") != count(read(f), "// spotless:on"))
                .toList();
        assertThat(open).isEmpty();
    }

    private static int count(String text, String mark) {
        return text.split(Pattern.quote(mark), -1).length - 1;
    }

    @Test
    void noSourceIsLeftUnfinished() throws IOException {
        Pattern unfinished = Pattern.compile("\\bTODO\\b(?! \\(#)|\\bFIXME\\b|\\bXXX\\b");
        assertThat(Repository.files("(.*/)?java/.*\\.java").stream()
                        .filter(f -> !f.endsWith("ArchitectureTest.java"))
                        .filter(f -> unfinished.matcher(read(f)).find()))
                .isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
