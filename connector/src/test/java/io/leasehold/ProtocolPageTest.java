package io.leasehold;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What cites {@code docs/protocol.md} finds it there. */
class ProtocolPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/protocol.md");

    private static final Pattern DEFINED = Pattern.compile("(?m)^- ([SLT]\\d+) ");
    private static final Pattern CITED =
            Pattern.compile("\\b[SLT]\\d+\\b|(?<=[Rr]ule |[Pp]romise )[A-Z]\\d+\\b");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+)\\. ");
    private static final Pattern SECTION_CITED = Pattern.compile("\\bsection (\\d+)");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");

    @Test
    void eachRuleThatASourceCitesIsDefinedOnce() {
        List<String> defined = found(DEFINED, text(PAGE));

        assertThat(defined).isNotEmpty().doesNotHaveDuplicates();
        assertThat(sources().toList())
                .allSatisfy(
                        source ->
                                assertThat(found(CITED, text(source)))
                                        .as("rules that %s cites", source)
                                        .isSubsetOf(defined));
    }

    @Test
    void eachSectionThatIsCitedIsThere() {
        List<String> sections = found(SECTION, text(PAGE));

        assertThat(Stream.concat(sources(), Stream.of(PAGE)).toList())
                .allSatisfy(
                        file ->
                                assertThat(found(SECTION_CITED, text(file)))
                                        .as("sections that %s cites", file)
                                        .isSubsetOf(sections));
    }

    @Test
    void eachLinkOfThePagesLeadsToAFile() {
        pages().forEach(
                        page ->
                                assertThat(found(LINK, text(page)))
                                        .allSatisfy(
                                                to ->
                                                        assertThat(page.resolveSibling(to))
                                                                .as("link of %s", page)
                                                                .exists()));
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(match.groupCount()))
                .toList();
    }

    private static Stream<Path> pages() {
        return Stream.concat(
                Stream.of(ROOT.resolve("README.md")), files(ROOT.resolve("docs"), ".md"));
    }

    private static Stream<Path> sources() {
        return Stream.concat(sources("main"), sources("test"));
    }

    private static Stream<Path> sources(String part) {
        return Stream.of("connector", "job")
                .flatMap(module -> files(ROOT.resolve(module + "/src/" + part + "/java"), ".java"));
    }

    private static Stream<Path> files(Path folder, String ending) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
