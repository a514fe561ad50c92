package io.leasehold;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What cites {@code docs/protocol.md} finds it there, and all texts use the words of its glossary.
 */
class ProtocolPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/protocol.md");

    private static final Pattern DEFINED = Pattern.compile("(?m)^- ([SLT]\\d+) ");
    private static final Pattern CITED =
            Pattern.compile("\\b[SLT]\\d+\\b|(?<=[Rr]ule |[Pp]romise )[A-Z]\\d+\\b");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+)\\. ");
    private static final Pattern SECTION_CITED = Pattern.compile("\\bsection (\\d+)");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");
    private static final Pattern REPLACED = Pattern.compile("(?m)^\\|.*\\|.*\\| (`.*`) \\|$");
    private static final Pattern WORD = Pattern.compile("`([^`]+)`");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\\n]*`");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
    private static final Pattern SHOWN =
            Pattern.compile("\"(?:title|description|legendFormat)\": (\".*\")");

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

    @Test
    void noTextUsesAWordThatTheGlossaryReplaces() {
        Map<String, String> texts = new TreeMap<>();
        pages().forEach(page -> texts.put(page.toString(), prose(text(page))));
        conf(".sql").forEach(file -> texts.put(file.toString(), comments(text(file), "--")));
        conf(".yaml").forEach(file -> texts.put(file.toString(), comments(text(file), "#")));
        conf(".json").forEach(file -> texts.put(file.toString(), shown(text(file))));
        sources("main")
                .filter(source -> !source.toString().contains("jdbc"))
                .forEach(source -> texts.put(source.toString(), sentences(text(source))));
        Pattern replaced = replacedWords();
        List<String> uses =
                texts.entrySet().stream()
                        .flatMap(text -> uses(replaced, text.getKey(), text.getValue()))
                        .toList();

        assertThat(texts).hasSizeGreaterThan(100);
        assertThat(uses).isEmpty();
    }

    private static Stream<String> uses(Pattern replaced, String file, String text) {
        return text.lines()
                .filter(line -> replaced.matcher(line).find())
                .map(line -> file + ": " + line);
    }

    /** The words of the glossary's last column, as words of prose: not in a name, not in a key. */
    private static Pattern replacedWords() {
        List<String> words =
                found(REPLACED, text(PAGE)).stream()
                        .flatMap(column -> found(WORD, column).stream())
                        .toList();
        assertThat(words).isNotEmpty();
        return Pattern.compile(
                words.stream()
                        .map(word -> Pattern.quote(word).replace(" ", "\\E\\s+\\Q"))
                        .collect(
                                Collectors.joining(
                                        "|", "(?i)(?<![\\w.-])(?:", ")s?(?![\\w-]|[.:]\\w)")));
    }

    /** Without code, which has names, and without the glossary, which has the words. */
    private static String prose(String page) {
        return CODE.matcher(page.replaceFirst("(?s)\n## 2\\. .*?\n## 3\\. ", "\n")).replaceAll(" ");
    }

    private static String comments(String file, String sign) {
        return file.lines()
                .filter(line -> line.contains(sign))
                .map(line -> line.substring(line.indexOf(sign) + sign.length()).strip())
                .collect(Collectors.joining("\n"));
    }

    private static String shown(String dashboard) {
        return String.join("\n", found(SHOWN, dashboard));
    }

    /** What a source says to people: literals of three words or more. */
    private static String sentences(String source) {
        String joined = source.replaceAll("(?s)\"\"\".*?\"\"\"", "").replaceAll("\"\\s+\\+ \"", "");
        return found(LITERAL, joined).stream()
                .filter(literal -> literal.split(" ").length > 2)
                .collect(Collectors.joining("\n"));
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

    private static Stream<Path> conf(String ending) {
        return files(ROOT.resolve("conf"), ending);
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
