package io.leasehold.exploration;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether states that count as the same are: each must lead, by the same choices, to states that
 * count as the same again. Then nothing is missed by looking at one of them alone.
 */
final class Sameness {

    /**
     * @param same how often a state was reached that counts as one that was reached before
     * @param differing how often it then had another future
     */
    record Found(int states, int same, int differing) {}

    private final Fingerprint fingerprints = new Fingerprint(World.HORIZON);
    private final Map<Long, Long> futures = new HashMap<>();
    private final Deque<World> waiting = new ArrayDeque<>();
    private int same;
    private int differing;

    private Sameness() {}

    static Found in(Setting setting) {
        return new Sameness().run(World.settled(setting));
    }

    private Found run(World root) {
        waiting.add(root);
        while (!waiting.isEmpty()) {
            World world = waiting.remove();
            List<World> next = new ArrayList<>();
            long future = 0;
            for (Choice choice : world.choices()) {
                World after = world.after(choice);
                next.add(after);
                future += Series.mixed(number(choice) ^ after.identity(fingerprints));
            }
            Long known = futures.putIfAbsent(world.identity(fingerprints), future);
            if (known == null) {
                waiting.addAll(next);
            } else {
                same++;
                differing += known == future ? 0 : 1;
            }
        }
        return new Found(futures.size(), same, differing);
    }

    private static long number(Choice choice) {
        return Series.mixed(
                (choice.kind().ordinal() * 31L + choice.seat()) * 31 + choice.splitId().hashCode());
    }
}
