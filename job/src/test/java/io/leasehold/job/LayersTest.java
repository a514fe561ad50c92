package io.leasehold.job;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The job, its commands and the demo use the library as any other user can. */
@AnalyzeClasses(packages = "io.leasehold", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    @ArchTest
    static final ArchRule ofTheLibraryOnlyWhatIsForUsersIsUsed =
            noClasses()
                    .that()
                    .resideInAPackage("io.leasehold.job..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("io.leasehold..")
                                    .and(
                                            DescribedPredicate.not(
                                                    resideInAnyPackage(
                                                            "io.leasehold.job..",
                                                            "io.leasehold.admin",
                                                            "io.leasehold.lease.model",
                                                            "io.leasehold.lease.store",
                                                            "io.leasehold.option",
                                                            "io.leasehold.sink.kafka",
                                                            "io.leasehold.source",
                                                            "io.leasehold.store.jdbc",
                                                            // The demo brings its own Kafka.
                                                            "io.leasehold.testkit"))));
}
