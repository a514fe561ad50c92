package io.leasehold.job.chaos;

import io.leasehold.job.chaos.kit.Broker;
import io.leasehold.job.chaos.kit.ChaosException;
import io.leasehold.job.chaos.kit.Database;

import java.util.Collection;
import java.util.List;

/** Everything that can be hurt. */
record Stage(Broker broker, Database database, List<MemberJob> jobs) {

    MemberJob member(String id) {
        return jobs.stream()
                .filter(it -> it.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new ChaosException("There is no member " + id));
    }

    Collection<MemberJob> members() {
        return jobs;
    }
}
