package io.leasehold.job.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What happens to the members while records flow, and what must come out then. */
public sealed interface Scenario permits KillOne, BlueGreen, RollingRestart {

    /** As people name it. */
    String name();

    /** How long records are generated at least, unless told otherwise. */
    Duration usualLength();

    /** How many members take part, unless told otherwise. */
    int usualMembers();

    int mostMembers();

    /** How many records are generated in a second, unless told otherwise. */
    int usualRate();

    /**
     * Plays it, from the start of the first member until everything that was generated has arrived
     * or the time for that is over.
     *
     * @throws DemoFailedException if it could not be played to its end
     */
    Play play(Stage stage) throws InterruptedException;

    /** What has been played: how to judge what came out. */
    interface Play {
        Finding judge(Output output);
    }

    /** All there are; the first one is played if none is named. */
    static List<Scenario> all() {
        return List.of(new KillOne(), new BlueGreen(), new RollingRestart());
    }

    static Optional<Scenario> named(String name) {
        return all().stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }

    static String names() {
        return all().stream().map(Scenario::name).collect(Collectors.joining(", "));
    }
}
