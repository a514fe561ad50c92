package io.leasehold.option;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What is wrong with the options given: all of it at once, one sentence each. The message is for
 * people and holds no secret.
 */
public final class InvalidOptionsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // What List.copyOf returns is.
    private final List<String> problems;

    public InvalidOptionsException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : problems.stream()
                                .map(problem -> "- " + problem)
                                .collect(
                                        Collectors.joining(
                                                "\n",
                                                problems.size() + " options are wrong:\n",
                                                "")));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
