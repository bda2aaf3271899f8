package dev.millrace.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import java.util.Set;
import java.util.function.Predicate;

/** Which module may depend on what, and what the core must not touch. */
@AnalyzeClasses(packages = "dev.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String CORE = "dev.millrace.core..";
    private static final String STORE = "dev.millrace.store..";
    private static final String ENGINE = "dev.millrace.engine..";
    private static final String CONNECT = "dev.millrace.connect..";
    private static final String EMBED = "dev.millrace.embed..";
    private static final String TESTING = "dev.millrace.testing..";
    private static final String SERVER = "dev.millrace.server..";

    private static final String[] JDK = {"java..", "javax..", "org.jspecify.."};

    @ArchTest
    static final ArchRule coreStandsOnItsOwn =
            classes()
                    .that()
                    .resideInAPackage(CORE)
                    .should()
                    .onlyDependOnClassesThat(
                            jdkOr(
                                    CORE,
                                    "tools.jackson..",
                                    "com.fasterxml.jackson.annotation..",
                                    "dev.cel..",
                                    "com.google.common..", // In the signatures of CEL.
                                    "com.google.protobuf..",
                                    "com.google.re2j..", // Regular expressions of CEL.
                                    "com.networknt..",
                                    "org.snakeyaml.engine..", // Below Jackson's YAML, for places.
                                    "org.apache.datasketches..",
                                    "io.airlift.compress.."))
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule storeDependsOnCoreAndRocks = mayUse(STORE, CORE, "org.rocksdb..");

    @ArchTest
    static final ArchRule engineDependsOnCore = mayUse(ENGINE, CORE, "org.HdrHistogram..");

    @ArchTest
    static final ArchRule connectDependsOnCoreAndClients =
            mayUse(
                    CONNECT,
                    CORE,
                    "tools.jackson..",
                    "com.github.benmanes.caffeine..",
                    "com.zaxxer.hikari..",
                    "org.postgresql..",
                    "io.lettuce..",
                    "org.apache.hc..",
                    "org.apache.kafka..");

    @ArchTest
    static final ArchRule embedDependsOnEngineAndStore = mayUse(EMBED, CORE, ENGINE, STORE);

    @ArchTest
    static final ArchRule testingDependsOnCoreAndTestLibraries =
            mayUse(
                    TESTING,
                    CORE,
                    "org.junit..",
                    "org.assertj..",
                    "org.awaitility..",
                    // Real servers, and what asks them.
                    "kafka.server..",
                    "org.apache.kafka..",
                    "io.zonky.test..",
                    "redis.embedded..",
                    "io.lettuce..");

    @ArchTest
    static final ArchRule onlyBenchmarksDependOnTheServer =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(SERVER, "dev.millrace.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(SERVER)
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingThatRunsDependsOnTesting =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(TESTING, "dev.millrace.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(TESTING)
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreHasNoThreadFileOrSocket =
            noClasses()
                    .that()
                    .resideInAPackage(CORE)
                    .should()
                    .dependOnClassesThat(threadFileOrSocket())
                    .because("hosts own threads and I/O");

    @ArchTest
    static final ArchRule coreHasNoClockAndNoChance =
            noClasses()
                    .that()
                    .resideInAPackage(CORE)
                    .should()
                    .accessTargetWhere(readsAClock().or(rollsDice()))
                    .because("time is handed in, and the same records must give the same rows")
                    .allowEmptyShould(true);

    /** A rule that looks at no class holds for any code. */
    @ArchTest
    static void allModulesAreSeen(JavaClasses classes) {
        for (String module :
                Set.of("core", "store", "engine", "connect", "embed", "testing", "server")) {
            if (!classes.containPackage("dev.millrace." + module)) {
                throw new AssertionError("no class of module " + module + " was imported");
            }
        }
    }

    private static ArchRule mayUse(String module, String... others) {
        return classes()
                .that()
                .resideInAPackage(module)
                .should()
                .onlyDependOnClassesThat(jdkOr(others).or(resideInAnyPackage(module)))
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> jdkOr(String... packages) {
        return resideInAnyPackage(JDK).or(resideInAnyPackage(packages));
    }

    private static DescribedPredicate<JavaClass> threadFileOrSocket() {
        Set<String> types =
                Set.of(
                        "java.io.File",
                        "java.io.FileInputStream",
                        "java.io.FileOutputStream",
                        "java.io.FileReader",
                        "java.io.FileWriter",
                        "java.io.RandomAccessFile",
                        "java.lang.Process",
                        "java.lang.ProcessBuilder",
                        "java.lang.Thread",
                        "java.lang.ThreadLocal",
                        "java.nio.file.Files",
                        "java.util.Timer",
                        "java.util.concurrent.CompletableFuture",
                        "java.util.concurrent.Executor",
                        "java.util.concurrent.ExecutorService",
                        "java.util.concurrent.Executors",
                        "java.util.concurrent.ForkJoinPool",
                        "java.util.concurrent.StructuredTaskScope");
        return describe(
                "are threads, files or sockets",
                type ->
                        types.contains(type.getName())
                                || type.getPackageName().equals("java.net")
                                        && !type.getName().startsWith("java.net.URI")
                                || type.getPackageName().startsWith("java.nio.channels"));
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClock() {
        Set<String> calls =
                Set.of(
                        "java.lang.System.currentTimeMillis",
                        "java.lang.System.nanoTime",
                        "java.time.Clock.system",
                        "java.time.Clock.systemDefaultZone",
                        "java.time.Clock.systemUTC",
                        "java.time.InstantSource.system");
        return target(
                "a clock",
                call ->
                        calls.contains(nameOf(call))
                                || call.getOwner().getPackageName().equals("java.time")
                                        && call.getName().equals("now")
                                || nameOf(call).equals("java.util.Date.<init>")
                                        && call.getRawParameterTypes().isEmpty());
    }

    private static DescribedPredicate<JavaAccess<?>> rollsDice() {
        return target(
                "unseeded chance",
                call ->
                        nameOf(call).equals("java.lang.Math.random")
                                || nameOf(call).equals("java.util.UUID.randomUUID")
                                || nameOf(call).equals("java.util.Random.<init>")
                                        && call.getRawParameterTypes().isEmpty()
                                || call.getOwner().getName().equals("java.security.SecureRandom")
                                || call.getOwner()
                                        .getName()
                                        .equals("java.util.concurrent.ThreadLocalRandom"));
    }

    private static DescribedPredicate<JavaAccess<?>> target(
            String what, Predicate<CodeUnitAccessTarget> test) {
        return describe(
                "uses " + what,
                access ->
                        access.getTarget() instanceof CodeUnitAccessTarget call && test.test(call));
    }

    private static String nameOf(CodeUnitAccessTarget call) {
        return call.getOwner().getName() + "." + call.getName();
    }
}
