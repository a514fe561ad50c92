package io.leasehold.testkit;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the places of a source tree whose result depends on the default locale, time zone or
 * charset of the JVM. SQL, JSON, options, file names and reports must not: {@code %d} gives digits
 * of another script under ar-EG, {@code %.3f} a decimal comma under de-DE, and lower case has no
 * dot under tr-TR.
 *
 * <p>{@code "..".formatted(..)} takes no locale, so its format may have no conversion but {@code
 * %s}, which numbers and texts are written the same with everywhere.
 */
public final class DefaultLocaleUses {

    /** A conversion other than {@code %s}, {@code %n} and {@code %%}. */
    private static final Pattern LOCALIZED =
            Pattern.compile("%(?!(\\d+\\$)?[-#]?\\d*(\\.\\d+)?[sn%])[^\\s]");

    private static final Set<String> WITHOUT_ARGUMENT =
            Set.of("toLowerCase", "toUpperCase", "getBytes", "systemDefault", "getDefault");
    private static final Set<String> WITH_LOCALE_FIRST = Set.of("format", "printf");
    private static final Set<String> CLASSES =
            Set.of(
                    "SimpleDateFormat",
                    "DecimalFormat",
                    "MessageFormat",
                    "Formatter",
                    "FileReader",
                    "FileWriter",
                    "GregorianCalendar");

    private DefaultLocaleUses() {}

    /** One line for each place, with file and line number; empty if all is well. */
    public static List<String> in(Path sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files =
                        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> java = all.filter(file -> file.toString().endsWith(".java")).toList();
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(java));
            List<String> found = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(unit, Trees.instance(task), found).scan(unit, null);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Scanner extends TreePathScanner<Void, Void> {

        private final CompilationUnitTree unit;
        private final Trees trees;
        private final List<String> found;

        Scanner(CompilationUnitTree unit, Trees trees, List<String> found) {
            this.unit = unit;
            this.trees = trees;
            this.found = found;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (call.getMethodSelect() instanceof MemberSelectTree select) {
                String name = select.getIdentifier().toString();
                List<? extends ExpressionTree> arguments = call.getArguments();
                if (name.equals("formatted")) {
                    requirePlain(call, select.getExpression());
                } else if (WITHOUT_ARGUMENT.contains(name) && arguments.isEmpty()) {
                    report(call, name + "() uses the default of the JVM");
                } else if (name.equals("ofPattern") && arguments.size() == 1
                        || WITH_LOCALE_FIRST.contains(name)
                                && literal(arguments.get(0)).isPresent()) {
                    report(call, name + " names no locale");
                }
            }
            return super.visitMethodInvocation(call, nothing);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            if (CLASSES.contains(made.getIdentifier().toString())) {
                report(made, made.getIdentifier() + " uses the default of the JVM");
            }
            return super.visitNewClass(made, nothing);
        }

        private void requirePlain(Tree call, ExpressionTree format) {
            Optional<String> text = literal(format);
            if (text.isEmpty()) {
                report(call, "formatted: write the format there, so that it can be checked");
            } else if (LOCALIZED.matcher(text.get()).find()) {
                report(
                        call,
                        "formatted takes no locale: use %s, or String.format(Locale.ROOT, ..)");
            }
        }

        /** The text of a literal, or of several put together. */
        private static Optional<String> literal(ExpressionTree expression) {
            if (expression instanceof LiteralTree literal
                    && literal.getValue() instanceof String text) {
                return Optional.of(text);
            }
            if (expression instanceof ParenthesizedTree inner) {
                return literal(inner.getExpression());
            }
            if (expression instanceof BinaryTree sum) {
                return literal(sum.getLeftOperand())
                        .flatMap(left -> literal(sum.getRightOperand()).map(left::concat));
            }
            return Optional.empty();
        }

        private void report(Tree tree, String what) {
            long at = trees.getSourcePositions().getStartPosition(unit, tree);
            found.add(
                    "%s:%s: %s"
                            .formatted(
                                    Path.of(unit.getSourceFile().getName()).getFileName(),
                                    unit.getLineMap().getLineNumber(at),
                                    what));
        }
    }
}
