package io.leasehold.store.memory;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the members of one group have decided. */
final class MemoryDecided {

    private final Map<String, Decisions> byMember = new LinkedHashMap<>();

    MemoryDecided() {}

    /** The same decisions, changed on their own from now on. */
    MemoryDecided(MemoryDecided copied) {
        byMember.putAll(copied.byMember);
    }

    Decisions of(String memberId) {
        return byMember.getOrDefault(memberId, Decisions.NONE);
    }

    boolean hasOutput(String memberId) {
        return !of(memberId).output().isEmpty();
    }

    boolean hasOutput() {
        return byMember.keySet().stream().anyMatch(this::hasOutput);
    }

    void decide(DecidedCheckpoint checkpoint, List<DecidedOutput> output) {
        Incarnation of = checkpoint.incarnation();
        List<DecidedOutput> all = new ArrayList<>(of(of.memberId()).output());
        all.addAll(output);
        byMember.put(
                of.memberId(),
                new Decisions(Optional.of(checkpoint), Optional.of(of.id()), all, List.of()));
    }

    /** This incarnation has acquired a split: earlier ones of its member are sealed. */
    void acquiredBy(Incarnation by) {
        unseal(by.memberId(), Optional.of(by.id()));
    }

    /** Nothing that this incarnation completed can be decided any more. */
    void seal(Incarnation over) {
        if (!of(over.memberId()).isSealed(over)) {
            unseal(over.memberId(), Optional.empty());
        }
    }

    private void unseal(String memberId, Optional<String> unsealed) {
        Decisions now = of(memberId);
        byMember.put(memberId, new Decisions(now.last(), unsealed, now.output(), now.unreadable()));
    }

    /** Deletes output, and returns what was there. */
    Set<DecidedOutput.Key> drop(Set<DecidedOutput.Key> keys) {
        Set<DecidedOutput.Key> dropped = new LinkedHashSet<>();
        byMember.replaceAll((memberId, now) -> without(keys, now, dropped));
        return dropped;
    }

    private static Decisions without(
            Set<DecidedOutput.Key> keys, Decisions now, Set<DecidedOutput.Key> dropped) {
        List<DecidedOutput> kept = new ArrayList<>();
        for (DecidedOutput output : now.output()) {
            if (keys.contains(output.key())) {
                dropped.add(output.key());
            } else {
                kept.add(output);
            }
        }
        return new Decisions(now.last(), now.unsealed(), kept, now.unreadable());
    }

    void forget(Set<String> memberIds) {
        byMember.keySet().removeAll(memberIds);
    }
}
