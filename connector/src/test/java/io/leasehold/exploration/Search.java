package io.leasehold.exploration;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All states that can be reached from one in so many choices, each looked at once, the nearest
 * first: so no shorter story than the one that is found breaks a promise.
 */
final class Search {

    /** How one got to a state: the last choice, and how to where it was made. */
    private record Way(Way before, Choice choice) {}

    private record Reached(World world, Way way) {}

    /**
     * @param states how many different ones there are
     * @param depth how many choices the furthest is away
     * @param complete whether there are no others, however many choices are made
     * @param kinds the kinds of choices that were made
     * @param sent the types of the requests that were sent
     * @param broken the promise that is broken in the last of them, if one is
     * @param story how it comes to that, for people
     */
    record Found(
            int states,
            int depth,
            boolean complete,
            Set<Choice.Kind> kinds,
            Set<String> sent,
            Optional<Violation.Promise> broken,
            String story) {

        @Override
        public String toString() {
            return "states=%d depth=%d complete=%b %s%n%s"
                    .formatted(states, depth, complete, broken.map(Enum::name).orElse(""), story);
        }
    }

    private final World root;
    private final Fingerprint fingerprints = new Fingerprint(World.HORIZON);
    private final Calm calm = new Calm(fingerprints);
    private final Numbers seen = new Numbers();
    private final Set<Choice.Kind> kinds = EnumSet.noneOf(Choice.Kind.class);
    private final Set<String> sent = new TreeSet<>();
    private Deque<Reached> frontier = new ArrayDeque<>();

    private Search(World root) {
        this.root = root;
    }

    /** Begins where the first member has had everything for long. */
    static Found in(Setting setting, int deepest) {
        return new Search(World.settled(setting)).run(deepest);
    }

    private Found run(int deepest) {
        frontier.add(new Reached(root, null));
        seen.add(root.identity(fingerprints));
        int depth = 0;
        while (!frontier.isEmpty() && depth < deepest) {
            depth++;
            Deque<Reached> from = frontier;
            frontier = new ArrayDeque<>();
            while (!from.isEmpty()) {
                Optional<Found> violation = goOn(from.remove(), depth);
                if (violation.isPresent()) {
                    return violation.get();
                }
            }
        }
        boolean complete = frontier.isEmpty();
        return new Found(seen.size(), depth, complete, kinds, sent, Optional.empty(), "");
    }

    private Optional<Found> goOn(Reached from, int depth) {
        for (Choice choice : from.world().choices()) {
            Way way = new Way(from.way(), choice);
            try {
                note(from.world(), choice);
                World world = from.world().after(choice);
                if (seen.add(world.identity(fingerprints))) {
                    calm.judge(world);
                    frontier.add(new Reached(world, way));
                }
            } catch (Violation broken) {
                return Optional.of(
                        new Found(
                                seen.size(),
                                depth,
                                false,
                                kinds,
                                sent,
                                Optional.of(broken.promise()),
                                story(way) + broken.getMessage()));
            }
        }
        return Optional.empty();
    }

    private void note(World world, Choice choice) {
        kinds.add(choice.kind());
        if (choice.kind() == Choice.Kind.STEP) {
            sent.add(
                    world.seats()
                            .get(choice.seat())
                            .orElseThrow()
                            .wants()
                            .getClass()
                            .getSimpleName());
        }
    }

    private String story(Way last) {
        List<Choice> choices = new ArrayList<>();
        for (Way way = last; way != null; way = way.before()) {
            choices.add(0, way.choice());
        }
        return root.story(choices);
    }
}
