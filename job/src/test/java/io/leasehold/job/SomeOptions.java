package io.leasehold.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A complete set of options, for tests that change one. */
final class SomeOptions {

    private static final List<String> COMPLETE =
            List.of(
                    "--kafka.bootstrap.servers", "localhost:9092",
                    "--kafka.topics", "orders,returns",
                    "--lease.group", "shop",
                    "--lease.url", "memory:shop",
                    "--sink.topic", "done");

    private SomeOptions() {}

    static JobSettings with(String... more) {
        List<String> arguments = new ArrayList<>(COMPLETE);
        arguments.addAll(Arrays.asList(more));
        return JobSettings.of(GivenOptions.fromArguments(arguments));
    }
}
