package io.leasehold.job.demo;

import io.leasehold.job.JobOptions;
import io.leasehold.job.demo.Takeover.Kill;
import io.leasehold.option.LeaseOptions;
import io.leasehold.option.Option;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Half-way one member is killed, and the others take over what it read. */
record KillOne() implements Scenario {

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public Duration usualLength() {
        return Duration.ofSeconds(40);
    }

    @Override
    public int usualMembers() {
        return 2;
    }

    @Override
    public int mostMembers() {
        return DemoSettings.NAMES.size();
    }

    @Override
    public int usualRate() {
        return 1000;
    }

    @Override
    public Play play(Stage stage) throws InterruptedException {
        List<String> all = stage.settings().memberIds();
        String victim = all.get(0);
        for (String member : all) {
            stage.start(member, options(all.size(), member.equals(victim)));
        }
        stage.requireShared(all);
        stage.generate();
        Duration half = stage.settings().length().dividedBy(2);
        stage.letPass(half, "reading");

        Kill kill = new Kill(victim, System.currentTimeMillis(), stage.ownership().heldBy(victim));
        stage.kill(victim);
        stage.say(
                "%s was killed (SIGKILL) while it held %s splits."
                        .formatted(victim, kill.splits().size()));
        stage.letPass(stage.settings().length().minus(half), "without " + victim);
        stage.deliver();
        return output -> Takeover.of(output.produced(), output.committed(), kill);
    }

    /** The open transaction of the one that is killed holds back readers of the output. */
    private static Map<Option<?>, String> options(int members, boolean isVictim) {
        Map<Option<?>, String> options = new HashMap<>();
        options.put(LeaseOptions.INITIAL_MEMBERS, Integer.toString(members));
        if (isVictim) {
            options.put(
                    JobOptions.TRANSACTION_TIMEOUT,
                    DemoSettings.TRANSACTION_TIMEOUT_OF_THE_KILLED.toMillis() + " ms");
        }
        return options;
    }
}
