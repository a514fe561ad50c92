package io.leasehold;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code docs/architecture.md} names is there. */
@AnalyzeClasses(packages = "io.leasehold", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitecturePageTest {

    private static final Pattern HOP = Pattern.compile("(?m)^\\d+\\. `(\\w+)\\.(\\w+)`");
    private static final Pattern NAMED = Pattern.compile("`(?:[a-z]+\\.)*([A-Z]\\w+)`");

    @ArchTest
    static void eachHopOfASplitIsAMethod(JavaClasses classes) {
        Set<String> methods =
                classes.stream()
                        .flatMap(type -> type.getMethods().stream())
                        .map(ArchitecturePageTest::name)
                        .collect(Collectors.toSet());
        List<String> hops = found(HOP).map(hop -> hop.group(1) + "." + hop.group(2)).toList();

        assertThat(hops).hasSizeBetween(10, 20);
        assertThat(methods).containsAll(hops);
    }

    @ArchTest
    static void eachClassThatIsNamedIsThere(JavaClasses classes) {
        Set<String> all =
                classes.stream().map(JavaClass::getSimpleName).collect(Collectors.toSet());
        all.add(LayersTest.class.getSimpleName());

        assertThat(found(NAMED).map(named -> named.group(1)).toList()).isNotEmpty().isSubsetOf(all);
    }

    private static String name(JavaMethod method) {
        return method.getOwner().getSimpleName() + "." + method.getName();
    }

    private static Stream<MatchResult> found(Pattern pattern) {
        try {
            return pattern.matcher(Files.readString(Path.of("../docs/architecture.md"))).results();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
