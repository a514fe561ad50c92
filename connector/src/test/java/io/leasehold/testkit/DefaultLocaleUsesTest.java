package io.leasehold.testkit;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The rule is only as good as what it finds. */
class DefaultLocaleUsesTest {

    @TempDir private Path sources;

    private List<String> usesIn(String statement) throws IOException {
        Files.writeString(
                sources.resolve("Some.java"),
                "class Some {\n  void some() {\n    %s;\n  }\n}\n".formatted(statement));
        return DefaultLocaleUses.in(sources);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"%d\".formatted(1)",
                "\"%s took %1$d\".formatted(1)",
                "\"%.3f\".formatted(1.0)",
                "(\"%s\" + \"%,d\").formatted(1, 2)",
                "\"\"\"\n%04x\n\"\"\".formatted(1)",
                "\"%S\".formatted(1)",
                "FORMAT.formatted(1)",
                "String.format(\"%s\", 1)",
                "out.printf(\"%s\", 1)",
                "out().printf(\"%s\" + \"\", 1)",
                "text.toLowerCase()",
                "text.getBytes()",
                "ZoneId.systemDefault()",
                "DateTimeFormatter.ofPattern(\"y\")",
                "new DecimalFormat(\"#\")"
            })
    void whatDependsOnTheJvmIsFoundWithItsLine(String statement) throws IOException {
        assertThat(usesIn(statement)).hasSize(1).first().asString().startsWith("Some.java:3: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"%s of %2$s, 100%%%n\".formatted(1, 2)",
                "\"%-9s|%5s\".formatted(1, 2)",
                "String.format(Locale.ROOT, \"%d\", 1)",
                "out.printf(Locale.ROOT, \"%d\", 1)",
                "text.toLowerCase(Locale.ROOT)",
                "text.getBytes(UTF_8)",
                "hex.format(1)"
            })
    void whatDoesNotIsLeftAlone(String statement) throws IOException {
        assertThat(usesIn(statement)).isEmpty();
    }
}
