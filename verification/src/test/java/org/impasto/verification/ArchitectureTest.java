package org.impasto.verification;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Set;

/** Which module, package and class may know which. */
@AnalyzeClasses(
        packages = "org.impasto",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutVerification.class})
class ArchitectureTest {
    private static final String IMPASTO = "org.impasto..";
    private static final String CORE = "org.impasto.core..";
    private static final String KERNELS = "org.impasto.kernels..";
    private static final String ND4J = "org.impasto.nd4j..";
    private static final String NN = "org.impasto.nn..";
    private static final String FLOW = "org.impasto.flow..";
    private static final String TESTING = "org.impasto.testing..";
    private static final String CLI = "org.impasto.cli..";

    /** Leaves out these tests, wherever they were compiled to. */
    static final class WithoutVerification implements ImportOption {
        @Override
        public boolean includes(com.tngtech.archunit.core.importer.Location location) {
            return !location.contains("org/impasto/verification/");
        }
    }

    /** Without classes every rule would hold. */
    @ArchTest
    static void allModulesAreSeen(JavaClasses classes) {
        for (String module : Set.of("core", "kernels", "nd4j", "nn", "flow", "testing", "cli")) {
            assertThat(classes.stream().filter(type -> type.getPackageName().startsWith("org.impasto." + module)))
                    .as(module)
                    .hasSizeGreaterThan(module.equals("nd4j") ? 1 : 8);
        }
        assertThat(classes.stream().filter(type -> type.getPackageName().contains("verification")))
                .isEmpty();
    }

    // ---- modules

    @ArchTest
    static final ArchRule coreKnowsNoOther = knowsOnly(CORE);

    @ArchTest
    static final ArchRule kernelsKnowCore = knowsOnly(KERNELS, CORE);

    @ArchTest
    static final ArchRule nd4jKnowsCore = knowsOnly(ND4J, CORE);

    @ArchTest
    static final ArchRule nnKnowsCoreAndNoKernel = knowsOnly(NN, CORE);

    @ArchTest
    static final ArchRule flowKnowsCoreAndNn = knowsOnly(FLOW, CORE, NN);

    @ArchTest
    static final ArchRule testingKnowsCore = knowsOnly(TESTING, CORE);

    @ArchTest
    static final ArchRule cliKnowsCoreNnAndFlow = knowsOnly(CLI, CORE, NN, FLOW);

    @ArchTest
    static final ArchRule everyClassBelongsToAModule =
            classes().should().resideInAnyPackage(CORE, KERNELS, ND4J, NN, FLOW, TESTING, CLI);

    private static ArchRule knowsOnly(String module, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage(IMPASTO)
                        .and(not(resideInAPackage(module)))
                        .and(not(resideInAnyPackage(others))));
    }

    // ---- packages

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("org.impasto.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule internalPackagesStayInsideKernels = noClasses()
            .that()
            .resideOutsideOfPackage(KERNELS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..internal..");

    @ArchTest
    static final ArchRule internalsDoNotKnowWhatStandsAbove = noClasses()
            .that()
            .resideInAPackage("org.impasto.kernels.internal..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.impasto.kernels");

    /** Kernels know what a run, a mode or an error is, but no tensor, scope or tape. */
    @ArchTest
    static final ArchRule internalsKnowArraysAlone = noClasses()
            .that()
            .resideInAPackage("org.impasto.kernels.internal..")
            .should()
            .dependOnClassesThat(resideInAPackage(CORE)
                    .and(describe(
                            "are neither Run, PaddingMode nor an error",
                            type -> !Set.of(
                                            "Run",
                                            "PaddingMode",
                                            "BackendException",
                                            "ShapeException",
                                            "CancelledException")
                                    .contains(type.getSimpleName()))));

    @ArchTest
    static final ArchRule kernelsShowTheBackendOnly = classes()
            .that()
            .resideInAPackage("org.impasto.kernels")
            .and()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .should()
            .haveSimpleName("CpuBackend")
            .orShould()
            .haveSimpleName("CpuBackendProvider");

    // ---- what stands outside

    @ArchTest
    static final ArchRule onlyOneModuleKnowsNd4j = noClasses()
            .that()
            .resideOutsideOfPackage(ND4J)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.bytedeco..");

    @ArchTest
    static final ArchRule picturesOfTheJdkStayInImage = noClasses()
            .that()
            .resideOutsideOfPackage("org.impasto.core.image..")
            .and(not(describe("draw a chart", type -> type.getName().startsWith("org.impasto.nn.training.LineChart"))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.awt..", "javax.imageio..", "com.twelvemonkeys..");

    @ArchTest
    static final ArchRule vectorsStayInKernels = noClasses()
            .that()
            .resideOutsideOfPackage("org.impasto.kernels.internal..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..");

    private static final DescribedPredicate<JavaClass> USE_VECTORS = describe(
            "use vectors",
            type -> type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(each -> each.getTargetClass().getPackageName().startsWith("jdk.incubator.vector")));

    /** A JVM without the module must load what the plain provider loads, so only a choice between both names vector code. */
    @ArchTest
    static final ArchRule plainClassesOnlyConstructVectorClasses = noClasses()
            .that(not(USE_VECTORS))
            .should()
            .accessTargetWhere(describe(
                    "the target uses vectors and is no constructor",
                    access -> USE_VECTORS.test(access.getTargetOwner()) && !(access instanceof JavaConstructorCall)));

    /** Their results differ by bits between interpreted and compiled code. */
    @ArchTest
    static final ArchRule vectorFunctionsThatAreNotDeterministicAreBanned = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "lanes are summed, or a transcendental function of vectors is computed",
                    access -> access.getTargetOwner().getPackageName().equals("jdk.incubator.vector")
                            && access.getName()
                                    .matches("reduceLanes|pow|A?(SIN|COS|TAN)H?|ATAN2|EXP|EXPM1|LOG|LOG10"
                                            + "|LOG1P|POW|CBRT|HYPOT")));

    @ArchTest
    static final ArchRule noConnectionIsOpened =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("java.net.http..", "javax.net..");

    // ---- manners

    @ArchTest
    static final ArchRule onlyTheCommandLinePrints =
            noClasses().that().resideOutsideOfPackage(CLI).should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule onlyTheCommandLineEndsTheJvm =
            noClasses().that().resideOutsideOfPackage(CLI).should().callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule publicStaticFieldsAreConstants = fields().that()
            .arePublic()
            .and()
            .areStatic()
            .should()
            .beFinal()
            .andShould()
            .notHaveRawType(describe("array", JavaClass::isArray));

    @ArchTest
    static final ArchRule publicClassesAreFinalOrMeantToBeExtended = classes()
            .that()
            .arePublic()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .should(new com.tngtech.archunit.lang.ArchCondition<>("be final, abstract or an error") {
                @Override
                public void check(JavaClass type, com.tngtech.archunit.lang.ConditionEvents events) {
                    boolean fine = type.getModifiers().contains(JavaModifier.FINAL)
                            || type.getModifiers().contains(JavaModifier.ABSTRACT)
                            || type.isAssignableTo(Throwable.class);
                    events.add(new com.tngtech.archunit.lang.SimpleConditionEvent(type, fine, type.getName()));
                }
            });
}
