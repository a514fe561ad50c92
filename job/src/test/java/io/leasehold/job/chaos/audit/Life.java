package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that one attempt emitted of one split under one epoch, in order of time.
 *
 * @param beyond how many of these came after another life of the split had begun later than this
 *     one
 * @param beyondNanos from the first of those to the last
 */
public record Life(
        String split,
        String member,
        Emission.Attempt attempt,
        long epoch,
        List<Emission> emissions,
        int beyond,
        long beyondNanos) {

    /**
     * How many records an attempt may emit between two looks at its clock, by the protocol's first
     * promise. Who is stopped between two looks emits so many when it goes on.
     */
    public static final int EXPOSURE = 16;

    public Emission first() {
        return emissions.get(0);
    }

    public Emission last() {
        return emissions.get(emissions.size() - 1);
    }

    /** For how long this life emitted beside a later one; the exposure that is allowed is none. */
    public long overlapNanos() {
        return beyond > EXPOSURE ? beyondNanos : 0;
    }

    /** A name of the life that no other life of the split has. */
    public String name() {
        return member + "/" + attempt + "#" + epoch;
    }

    /**
     * Sorts emissions into lives.
     *
     * @return by split, each in the order in which they began
     */
    public static Map<String, List<Life>> of(List<Emission> emissions) {
        Map<String, List<Emission>> bySplit = new TreeMap<>();
        emissions.forEach(
                it -> bySplit.computeIfAbsent(it.split(), none -> new ArrayList<>()).add(it));
        Map<String, List<Life>> lives = new TreeMap<>();
        bySplit.forEach((split, all) -> lives.put(split, ofSplit(all)));
        return lives;
    }

    private static final class Growing {
        final List<Emission> emissions = new ArrayList<>();
        int beyond;
        long firstBeyond;
        long lastBeyond;
    }

    private static List<Life> ofSplit(List<Emission> emissions) {
        // Stable: what one attempt wrote within one tick of the clock stays in its order.
        emissions.sort(Comparator.comparingLong(Emission::nanos));
        Map<String, Growing> growing = new LinkedHashMap<>();
        Growing youngest = null;
        for (Emission emission : emissions) {
            String name = emission.attempt() + "#" + emission.epoch();
            Growing life = growing.get(name);
            if (life == null) {
                life = new Growing();
                growing.put(name, life);
                youngest = life;
            } else if (life != youngest) {
                if (life.beyond == 0) {
                    life.firstBeyond = emission.nanos();
                }
                life.beyond++;
                life.lastBeyond = emission.nanos();
            }
            life.emissions.add(emission);
        }
        return growing.values().stream()
                .map(
                        it -> {
                            Emission first = it.emissions.get(0);
                            return new Life(
                                    first.split(),
                                    first.member(),
                                    first.attempt(),
                                    first.epoch(),
                                    List.copyOf(it.emissions),
                                    it.beyond,
                                    it.lastBeyond - it.firstBeyond);
                        })
                .toList();
    }
}
