package io.leasehold;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
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

    private static final Pattern DEFINED = Pattern.compile("(?m)^- ([SLTD]\\d+) ");
    private static final Pattern CITED =
            Pattern.compile("\\b[SLT]\\d+\\b|(?<=[Rr]ule |[Pp]romise )[A-Z]\\d+\\b");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+)\\. ");
    private static final Pattern SECTION_CITED = Pattern.compile("\\bsection (\\d+)");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");
    private static final Pattern REPLACED = Pattern.compile("(?m)^\\|.*\\|.*\\| (`.*`) \\|$");
    private static final Pattern WORD = Pattern.compile("`([^`]+)`");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\\n]*`");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");
    private static final Pattern NAME_IN_COMMENT =
            Pattern.compile("(?s)\\{@(?:code|link)\\s[^}]*}|@param \\w+");
    private static final Pattern NAME = Pattern.compile("\\b[A-Za-z]\\w*");

    /** Where the protocol is carried out: names elsewhere are those of SQL, Flink and Kafka. */
    private static final Pattern PROTOCOL = Pattern.compile("/(lease|store|source|sink|admin)/");

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

        assertThat(texts).hasSizeGreaterThan(100);
        assertThat(uses(texts, replaced().filter(word -> !word.endsWith("()")))).isEmpty();
    }

    @Test
    void noCommentOfTheProtocolsCodeUsesAWordThatTheGlossaryReplaces() {
        assertThat(
                        uses(
                                ofProtocol(ProtocolPageTest::comments),
                                replaced().filter(word -> !word.endsWith("()"))))
                .isEmpty();
    }

    /** But for {@code progress}, which the glossary has in names. */
    @Test
    void noNameOfTheProtocolsCodeUsesAWordThatTheGlossaryReplaces() {
        assertThat(
                        uses(
                                ofProtocol(ProtocolPageTest::names),
                                replaced()
                                        .filter(word -> !word.equals("progress"))
                                        .map(word -> word.replace("()", ""))))
                .isEmpty();
    }

    private static Map<String, String> ofProtocol(UnaryOperator<String> part) {
        Map<String, String> texts = new TreeMap<>();
        sources("main")
                .filter(source -> PROTOCOL.matcher(source.toString()).find())
                .forEach(source -> texts.put(source.toString(), part.apply(text(source))));
        assertThat(texts).hasSizeGreaterThan(100);
        return texts;
    }

    private static List<String> uses(Map<String, String> texts, Stream<String> words) {
        Pattern replaced = asWords(words.toList());
        return texts.entrySet().stream()
                .flatMap(
                        text ->
                                text.getValue()
                                        .lines()
                                        .filter(line -> replaced.matcher(line).find())
                                        .map(line -> text.getKey() + ": " + line))
                .toList();
    }

    /** The words of the glossary's last column. */
    private static Stream<String> replaced() {
        return found(REPLACED, text(PAGE)).stream().flatMap(column -> found(WORD, column).stream());
    }

    /** As words of prose: not in a name, not in a key. */
    private static Pattern asWords(List<String> words) {
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

    private static String comments(String source) {
        return COMMENT.matcher(source)
                .results()
                .map(comment -> NAME_IN_COMMENT.matcher(comment.group()).replaceAll(" "))
                .map(comment -> comment.replaceAll("\\s+[*]?\\s*", " "))
                .collect(Collectors.joining("\n"));
    }

    /** Each name that a source has, as its words: {@code isMine} is "is mine". */
    private static String names(String source) {
        String code = LITERAL.matcher(COMMENT.matcher(source).replaceAll(" ")).replaceAll(" ");
        return found(NAME, code).stream()
                .distinct()
                .map(name -> name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|_", " "))
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
