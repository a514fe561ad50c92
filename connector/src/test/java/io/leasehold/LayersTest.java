package io.leasehold;

import io.leasehold.source.thread.OwnThread;
import io.leasehold.testkit.DefaultLocaleUses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The direction of imports, and who may touch clocks, threads and dice. */
@AnalyzeClasses(packages = "io.leasehold", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    private static final String[] COMPOSITION_ROOTS = {"io.leasehold.source", "io.leasehold.sink"};

    private static final DescribedPredicate<JavaClass> INSIDE =
            resideInAnyPackage("io.leasehold.lease.plan", "io.leasehold.lease.member");

    @ArchTest
    static final ArchRule packagesImportFromLowerOnesOnlyAndSiblingsNeverMeet =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("model")
                    .definedBy("io.leasehold.lease.model")
                    .layer("store")
                    .definedBy("io.leasehold.lease.store")
                    .layer("plan")
                    .definedBy("io.leasehold.lease.plan")
                    .layer("member")
                    .definedBy("io.leasehold.lease.member")
                    .layer("memory")
                    .definedBy("io.leasehold.store.memory")
                    .layer("jdbc")
                    .definedBy("io.leasehold.store.jdbc")
                    .layer("sql")
                    .definedBy("io.leasehold.store.jdbc.sql")
                    .layer("split")
                    .definedBy("io.leasehold.source.split")
                    .layer("event")
                    .definedBy("io.leasehold.source.event")
                    .layer("book")
                    .definedBy("io.leasehold.source.book")
                    .layer("metrics")
                    .definedBy("io.leasehold.source.metrics")
                    .layer("thread")
                    .definedBy("io.leasehold.source.thread")
                    .layer("enumerator")
                    .definedBy("io.leasehold.source.enumerator")
                    .layer("reader")
                    .definedBy("io.leasehold.source.reader")
                    .layer("kafka")
                    .definedBy("io.leasehold.source.kafka")
                    .layer("source")
                    .definedBy("io.leasehold.source")
                    .layer("link")
                    .definedBy("io.leasehold.link")
                    .layer("sink")
                    .definedBy("io.leasehold.sink")
                    .layer("sink book")
                    .definedBy("io.leasehold.sink.book")
                    .layer("sink output")
                    .definedBy("io.leasehold.sink.output")
                    .layer("sink event")
                    .definedBy("io.leasehold.sink.event")
                    .layer("sink task")
                    .definedBy("io.leasehold.sink.task")
                    .layer("sink coordinator")
                    .definedBy("io.leasehold.sink.coordinator")
                    .layer("sink kafka")
                    .definedBy("io.leasehold.sink.kafka")
                    .layer("option")
                    .definedBy("io.leasehold.option")
                    .layer("table")
                    .definedBy("io.leasehold.table")
                    .layer("admin")
                    .definedBy("io.leasehold.admin")
                    .whereLayer("plan")
                    .mayOnlyBeAccessedByLayers("member", "admin")
                    .whereLayer("member")
                    .mayOnlyBeAccessedByLayers(
                            "book", "metrics", "enumerator", "reader", "source", "admin")
                    .whereLayer("source")
                    .mayOnlyBeAccessedByLayers("option", "table")
                    .whereLayer("option")
                    .mayOnlyBeAccessedByLayers("table")
                    .whereLayer("table")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("admin")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("enumerator")
                    .mayOnlyBeAccessedByLayers("source")
                    .whereLayer("kafka")
                    .mayOnlyBeAccessedByLayers("source")
                    .whereLayer("reader")
                    .mayOnlyBeAccessedByLayers("source")
                    .whereLayer("link")
                    .mayOnlyBeAccessedByLayers("enumerator", "source", "sink", "sink coordinator")
                    .whereLayer("sink")
                    .mayOnlyBeAccessedByLayers("source")
                    .whereLayer("sink output")
                    .mayOnlyBeAccessedByLayers("sink", "sink task", "sink kafka")
                    .whereLayer("sink book")
                    .mayOnlyBeAccessedByLayers(
                            "sink output",
                            "sink event",
                            "sink task",
                            "sink coordinator",
                            "sink kafka")
                    .whereLayer("sink event")
                    .mayOnlyBeAccessedByLayers("sink task", "sink coordinator")
                    .whereLayer("sink task")
                    .mayOnlyBeAccessedByLayers("sink")
                    .whereLayer("sink coordinator")
                    .mayOnlyBeAccessedByLayers("sink")
                    .whereLayer("sink kafka")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("split")
                    .mayOnlyBeAccessedByLayers("enumerator", "reader", "source")
                    .whereLayer("event")
                    .mayOnlyBeAccessedByLayers("book", "enumerator", "reader")
                    .whereLayer("book")
                    .mayOnlyBeAccessedByLayers("split", "enumerator", "reader", "source")
                    .whereLayer("metrics")
                    .mayOnlyBeAccessedByLayers("enumerator", "reader", "source")
                    .whereLayer("thread")
                    .mayOnlyBeAccessedByLayers("enumerator", "reader")
                    .whereLayer("memory")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("sql")
                    .mayOnlyBeAccessedByLayers("jdbc")
                    .whereLayer("jdbc")
                    .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule theProtocolKnowsTheJdkAlone =
            classes()
                    .that()
                    .resideInAPackage("io.leasehold.lease..")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage("io.leasehold.lease..", "java.lang..", "java.util..")
                                    .or(resideInAnyPackage("java.time", "java.io")));

    /** What users and operators are given says nothing of how leases are planned and held. */
    @ArchTest
    static final ArchRule ofTheProtocolOnlyValuesAndTheStoresContractAreSeenFromOutside =
            methods()
                    .that()
                    .arePublic()
                    .and()
                    .areDeclaredInClassesThat(
                            resideInAnyPackage(
                                            "io.leasehold.source",
                                            "io.leasehold.option",
                                            "io.leasehold.table",
                                            "io.leasehold.admin",
                                            "io.leasehold.lease.model",
                                            "io.leasehold.lease.store",
                                            "io.leasehold.store..")
                                    .and(modifier(JavaModifier.PUBLIC)))
                    .should()
                    .notHaveRawReturnType(INSIDE)
                    .andShould()
                    .notHaveRawParameterTypes(anyElementThat(INSIDE));

    /** Statements are texts: sending them is another's. */
    @ArchTest
    static final ArchRule whatIsSaidToDatabasesConnectsToNone =
            noClasses()
                    .that()
                    .resideInAPackage("io.leasehold.store.jdbc.sql")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("javax.sql..")
                                    .or(assignableTo(Connection.class))
                                    .or(assignableTo(Statement.class)));

    /** What enumerator and reader decide: events in, commands out. */
    @ArchTest
    static final ArchRule booksKnowTheProtocolAndTheJdkAlone =
            classes()
                    .that()
                    .resideInAPackage("io.leasehold.source.book")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                            "io.leasehold.source.book",
                                            "io.leasehold.source.event",
                                            "io.leasehold.lease..",
                                            "java.lang..",
                                            "java.util..")
                                    .or(resideInAPackage("java.time")));

    /** What a leased sink decides: events in, commands and answers out. */
    @ArchTest
    static final ArchRule theBooksOfASinkKnowTheProtocolsValuesAndTheJdkAlone =
            classes()
                    .that()
                    .resideInAPackage("io.leasehold.sink.book")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                            "io.leasehold.sink.book",
                                            "io.leasehold.lease.model",
                                            "java.lang..",
                                            "java.util..")
                                    .or(resideInAnyPackage("java.time", "java.io")));

    @ArchTest
    static final ArchRule theProtocolStartsNoThread =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.leasehold.lease..", "io.leasehold.source.book")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("java.util.concurrent..")
                                    .or(resideInAPackage("java.util.logging..")));

    @ArchTest
    static final ArchRule storesAndOperatorsKnowNoFlink =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.leasehold.lease..", "io.leasehold.store..", "io.leasehold.admin..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    /** Who uses no tables has none of it on his class path. */
    @ArchTest
    static final ArchRule onlyTablesKnowOfTables =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.leasehold.table")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.flink.table..", "org.apache.flink.legacy.table..");

    /** Who neither reads nor writes Kafka has none of it on his class path. */
    @ArchTest
    static final ArchRule onlyOnePackageOfSourceAndOfSinkKnowsOfKafka =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("io.leasehold.source.kafka", "io.leasehold.sink.kafka")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..");

    /** Whatever the store and the source are. */
    @ArchTest
    static final ArchRule operatorsKnowTheProtocolAlone =
            classes()
                    .that()
                    .resideInAPackage("io.leasehold.admin")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                            "io.leasehold.admin",
                                            "io.leasehold.lease..",
                                            "java.lang..",
                                            "java.util..")
                                    .or(resideInAnyPackage("java.time", "java.io")));

    @ArchTest
    static final ArchRule onlyCompositionRootsReadClocks =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(COMPOSITION_ROOTS)
                    .and()
                    .resideOutsideOfPackage("io.leasehold.store.jdbc")
                    .should()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Clock.class)
                    .orShould()
                    .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule onlyCompositionRootsMakeThreads =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(COMPOSITION_ROOTS)
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(Executors.class)
                    .orShould()
                    .callConstructor(Thread.class, Runnable.class)
                    .orShould()
                    .callConstructor(Thread.class, Runnable.class, String.class);

    /** What a task throws would stay in a future that nobody asks. */
    @ArchTest
    static final ArchRule onlyOwnThreadsGiveTasksToExecutors =
            noClasses()
                    .that()
                    .doNotBelongToAnyOf(OwnThread.class)
                    .should()
                    .callMethodWhere(target(owner(assignableTo(ExecutorService.class))));

    @ArchTest
    static final ArchRule nobodyRollsDice =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(Random.class)
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(ThreadLocalRandom.class)
                    .orShould()
                    .callMethod(Math.class, "random");

    @ArchTest
    static void nothingIsWrittenInTheDefaultLocaleOrTimeZone(JavaClasses classes) {
        assertThat(DefaultLocaleUses.in(Path.of("src/main/java"))).isEmpty();
    }

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.leasehold.(**)").should().beFreeOfCycles();
}
