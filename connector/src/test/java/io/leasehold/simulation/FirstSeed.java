package io.leasehold.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The seed that a range of runs begins with: another one for each commit, so that no range is ever
 * the one that the code was made to pass. {@code -Dsimulation.first} says which instead, to repeat
 * what failed.
 *
 * @param why where it comes from, for people
 */
record FirstSeed(long seed, String why) {

    static final String OPTION = "simulation.first";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40,64}");

    /** As many digits as leave room for all seeds that anybody runs. */
    private static final int DIGITS = 11;

    /** The one that is asked for, or that of the commit that is checked out here. */
    static FirstSeed here() {
        return of(Optional.ofNullable(Long.getLong(OPTION)), commit(), System.currentTimeMillis());
    }

    /**
     * @param otherwise where there is neither, as in an archive of the sources
     */
    static FirstSeed of(Optional<Long> given, Optional<String> commit, long otherwise) {
        return given.map(seed -> new FirstSeed(seed, "-D" + OPTION))
                .or(
                        () ->
                                commit.filter(hash -> HASH.matcher(hash).matches())
                                        .map(hash -> new FirstSeed(seedOf(hash), "commit " + hash)))
                .orElseGet(() -> new FirstSeed(otherwise, "the time, for want of a commit"));
    }

    private static long seedOf(String hash) {
        return Long.parseLong(hash.substring(0, DIGITS), 16);
    }

    private static Optional<String> commit() {
        try {
            Process git =
                    new ProcessBuilder("git", "rev-parse", "HEAD")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                String hash =
                        new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0
                        ? Optional.of(hash.strip())
                        : Optional.empty();
            } finally {
                git.destroyForcibly();
            }
        } catch (IOException e) {
            // There is no git.
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public String toString() {
        return "first seed %d (%s); repeat with -D%s=%d".formatted(seed, why, OPTION, seed);
    }
}
