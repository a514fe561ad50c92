package io.leasehold.job.demo;

import io.leasehold.option.LeaseOptions;
import io.leasehold.option.Option;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A running job is replaced by a new version of it: that stands by at first, gets a tenth to try
 * itself on, and then everything.
 */
record BlueGreen() implements Scenario {

    private static final int CANARY = DemoSettings.SPLITS / 10;

    @Override
    public String name() {
        return "bluegreen";
    }

    @Override
    public Duration usualLength() {
        return Duration.ofSeconds(30);
    }

    @Override
    public int usualMembers() {
        return 2;
    }

    @Override
    public int mostMembers() {
        return 2;
    }

    @Override
    public int usualRate() {
        return 200 * DemoSettings.SPLITS;
    }

    @Override
    public Play play(Stage stage) throws InterruptedException {
        List<String> both = stage.settings().memberIds();
        String blue = both.get(0);
        String green = both.get(1);
        Duration phase = stage.settings().length().dividedBy(6);

        stage.start(blue, HandoffAudit.NOTHING_HIDDEN);
        stage.requireHeld(blue + " takes everything", Map.of(blue, DemoSettings.SPLITS));
        stage.generate();
        stage.letPass(phase, blue + " reads everything");

        stage.say("%s starts with weight 0: it stands by.".formatted(green));
        stage.start(green, standby());
        stage.requireThere(green);
        stage.letPass(phase, green + " stands by");

        stage.say("A canary: %s gets weight 9, %s gets weight 1.".formatted(blue, green));
        stage.weight(blue, 9);
        stage.weight(green, 1);
        stage.requireHeld(
                green + " takes a tenth",
                Map.of(blue, DemoSettings.SPLITS - CANARY, green, CANARY));
        stage.letPass(phase, green + " reads a tenth");

        stage.say("%s is drained.".formatted(blue));
        stage.drain(blue);
        stage.requireHeld(green + " takes everything", Map.of(green, DemoSettings.SPLITS));
        stage.kill(blue);
        stage.say(
                "%s was drained, and then killed: it may be stopped by any means.".formatted(blue));
        stage.letPassTheRest(green + " reads everything");
        stage.deliver();
        return output -> HandoffAudit.of(stage.settings(), output);
    }

    private static Map<Option<?>, String> standby() {
        Map<Option<?>, String> options = new HashMap<>(HandoffAudit.NOTHING_HIDDEN);
        options.put(LeaseOptions.WEIGHT, "0");
        return options;
    }
}
