package io.leasehold.lease.store;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class LeaseStoresTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Test
    void memoryAndItsNameAreTheTableOfThatName() throws Exception {
        try (LeaseStore byUrl = LeaseStores.forUrl("memory:shared", Map.of()).open(TIMEOUT);
                LeaseStore byName = copy(MemoryLeaseStore.named("shared")).open(TIMEOUT);
                LeaseStore another = MemoryLeaseStore.named("another").open(TIMEOUT)) {
            new ScriptedMember(byUrl, "g", new Incarnation("a", "1")).joined();

            assertThat(ScriptedMember.applied(byName.ask(new Open("g"))).members()).hasSize(1);
            assertThat(ScriptedMember.applied(another.ask(new Open("g"))).members()).isEmpty();
        }
    }

    @Test
    void jdbcIsADatabase() throws Exception {
        LeaseStoreFactory factory =
                copy(LeaseStores.forUrl("jdbc:h2:mem:by_url", Map.of("user", "sa")));
        try (LeaseStore store = factory.open(TIMEOUT)) {
            Membership membership = ScriptedMember.applied(store.ask(new Open("g")));

            assertThat(membership.members()).isEmpty();
            assertThat(ChangeNumber.countOf(membership.changeNumber())).isZero();
        }
    }

    @Test
    void anUnknownKindOfStoreIsToldWhichThereAre() {
        assertThatThrownBy(() -> LeaseStores.forUrl("redis://me:hush@host", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "A lease store URL that begins with 'redis:' is accepted by no store; there is: jdbc:h2|postgresql|mariadb|mysql:..., memory:NAME.");
        assertThatThrownBy(() -> LeaseStores.forUrl("orders", Map.of()))
                .hasMessageContaining("begins with ''");
    }

    private static LeaseStoreFactory copy(LeaseStoreFactory factory)
            throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(factory);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (LeaseStoreFactory) in.readObject();
        }
    }
}
