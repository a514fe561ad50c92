package io.leasehold.job.demo;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who holds what, as the lease table said at one instant.
 *
 * @param leases by split id
 * @param members by member id
 */
record Ownership(Map<String, Lease> leases, Map<String, Member> members) {

    Ownership {
        leases = new TreeMap<>(leases);
        members = Map.copyOf(members);
    }

    static Ownership unknown() {
        return new Ownership(Map.of(), Map.of());
    }

    Optional<String> ownerOf(String split) {
        return Optional.ofNullable(leases.get(split)).flatMap(Lease::ownerId);
    }

    long epochOf(String split) {
        return Optional.ofNullable(leases.get(split)).map(Lease::epoch).orElse(0L);
    }

    Set<String> heldBy(String memberId) {
        return leases.keySet().stream()
                .filter(split -> ownerOf(split).equals(Optional.of(memberId)))
                .collect(Collectors.toSet());
    }
}
