package io.leasehold.job.demo;

import io.leasehold.option.LeaseOptions;
import io.leasehold.option.Option;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All members are restarted, one after the other, each drained before. */
record RollingRestart() implements Scenario {

    @Override
    public String name() {
        return "rolling";
    }

    @Override
    public Duration usualLength() {
        return Duration.ofSeconds(30);
    }

    @Override
    public int usualMembers() {
        return 3;
    }

    @Override
    public int mostMembers() {
        return 4;
    }

    @Override
    public int usualRate() {
        return 200 * DemoSettings.SPLITS;
    }

    @Override
    public Play play(Stage stage) throws InterruptedException {
        List<String> all = stage.settings().memberIds();
        Map<Option<?>, String> options = new HashMap<>(HandoffAudit.NOTHING_HIDDEN);
        options.put(LeaseOptions.INITIAL_MEMBERS, Integer.toString(all.size()));
        for (String member : all) {
            stage.start(member, options);
        }
        stage.requireShared(all);
        stage.generate();
        stage.letPass(Duration.ofSeconds(3), "reading");

        for (String member : all) {
            stage.say("%s is drained, stopped, and started again.".formatted(member));
            stage.drain(member);
            stage.stop(member);
            stage.start(member, options);
            stage.requireThere(member);
            stage.undrain(member);
            stage.requireShared(all);
        }
        stage.letPassTheRest("all restarted");
        stage.deliver();
        return output -> HandoffAudit.of(stage.settings(), output);
    }
}
