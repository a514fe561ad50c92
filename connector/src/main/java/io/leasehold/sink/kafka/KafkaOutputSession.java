package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.AbortedOutput;
import io.leasehold.sink.output.OpenOutput;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.OutputSystemException;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Commits, looks up and aborts Kafka's transactions by what their committables say. */
final class KafkaOutputSession implements OutputSession<KafkaCommittable> {

    private final Properties clientConfig;
    private final boolean namesAreReused;
    private final TransactionEnder ender;
    private Optional<Admin> admin = Optional.empty();

    /**
     * @param clientConfig of producers and of the admin client, with its time-outs
     */
    KafkaOutputSession(Properties clientConfig, boolean namesAreReused) {
        this.clientConfig = clientConfig;
        this.namesAreReused = namesAreReused;
        this.ender = new TransactionEnder(clientConfig);
    }

    @Override
    public List<FateAnswer> commit(List<KafkaCommittable> decided) throws InterruptedException {
        Map<KafkaTransaction, String> uncertain = new LinkedHashMap<>();
        boolean answers = true;
        for (KafkaCommittable committable : decided) {
            KafkaTransaction transaction = KafkaTransaction.of(committable);
            if (answers) {
                Optional<KafkaException> failure = ender.commit(transaction);
                failure.ifPresent(why -> uncertain.put(transaction, named(why)));
                answers = failure.filter(RetriableException.class::isInstance).isEmpty();
            } else {
                uncertain.put(transaction, "not tried, since Kafka did not answer before");
            }
        }
        Map<KafkaTransaction, FateAnswer> asked = ask(List.copyOf(uncertain.keySet()));
        return decided.stream()
                .map(KafkaTransaction::of)
                .map(
                        transaction ->
                                uncertain.containsKey(transaction)
                                        ? after(uncertain.get(transaction), asked.get(transaction))
                                        : new FateAnswer(Fate.COMMITTED, "Kafka acknowledged it"))
                .toList();
    }

    private static FateAnswer after(String commit, FateAnswer asked) {
        return new FateAnswer(
                asked.fate(), "%s; the commit: %s".formatted(asked.evidence(), commit));
    }

    @Override
    public List<FateAnswer> fates(List<KafkaCommittable> prepared) throws InterruptedException {
        List<KafkaTransaction> transactions = prepared.stream().map(KafkaTransaction::of).toList();
        Map<KafkaTransaction, FateAnswer> asked = ask(transactions);
        return transactions.stream().map(asked::get).toList();
    }

    private Map<KafkaTransaction, FateAnswer> ask(List<KafkaTransaction> transactions)
            throws InterruptedException {
        Map<KafkaTransaction, FateAnswer> answers = new LinkedHashMap<>();
        if (transactions.isEmpty()) {
            return answers;
        }
        try {
            KafkaFate fate = new KafkaFate(namesAreReused);
            DescribeTransactionsResult described =
                    admin().describeTransactions(
                                    transactions.stream()
                                            .map(KafkaTransaction::name)
                                            .collect(Collectors.toSet()));
            for (KafkaTransaction transaction : transactions) {
                answers.put(transaction, ask(transaction, fate, described));
            }
        } catch (KafkaException e) {
            // No client can be made: for instance, no address of the brokers is known by now.
            FateAnswer unknown = unknown(e);
            transactions.forEach(transaction -> answers.put(transaction, unknown));
        }
        return answers;
    }

    private static FateAnswer ask(
            KafkaTransaction transaction, KafkaFate fate, DescribeTransactionsResult described)
            throws InterruptedException {
        try {
            SeenTransaction seen =
                    SeenTransaction.of(
                            transaction.name(), described.description(transaction.name()).get());
            return new FateAnswer(
                    fate.of(transaction, seen),
                    "prepared %s, Kafka has %s".formatted(transaction, seen));
        } catch (ExecutionException e) {
            return unknown(e.getCause());
        }
    }

    private static FateAnswer unknown(Throwable failure) {
        return new FateAnswer(
                Fate.UNKNOWN,
                failure instanceof TransactionalIdNotFoundException
                        ? "Kafka has no transaction of that name, or has forgotten it"
                        : "Kafka does not say: " + named(failure));
    }

    private static String named(Throwable failure) {
        return "%s: %s".formatted(failure.getClass().getSimpleName(), failure.getMessage());
    }

    @Override
    public AbortedOutput abort(OpenOutput<KafkaCommittable> open, BooleanSupplier stillClosed)
            throws OutputSystemException, InterruptedException {
        LingeringTransactions lingering =
                LingeringTransactions.among(
                        open(),
                        open.prefixes(),
                        open.others(),
                        open.decided().stream()
                                .map(KafkaCommittable::getTransactionalId)
                                .collect(Collectors.toSet()));
        List<KafkaTransaction> seen =
                LingeringTransactions.stillOpen(described(lingering.toDescribe()));
        if (seen.isEmpty() || !stillClosed.getAsBoolean()) {
            return new AbortedOutput(List.of(), List.of(), lingering.kept(), !seen.isEmpty());
        }
        List<String> aborted = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (KafkaTransaction transaction : seen) {
            Optional<KafkaException> failure = ender.abort(transaction);
            if (failure.filter(RetriableException.class::isInstance).isPresent()) {
                throw new OutputSystemException(
                        "Kafka did not answer whether the transaction %s was aborted."
                                .formatted(transaction),
                        failure.get());
            }
            (failure.isPresent() ? changed : aborted).add(transaction.name());
        }
        return new AbortedOutput(aborted, changed, lingering.kept(), false);
    }

    /** Not filtered by the broker: those before 4.1 cannot, and open ones are few. */
    private Set<String> open() throws OutputSystemException, InterruptedException {
        return answer(
                        "list its open transactions",
                        () ->
                                admin().listTransactions(
                                                new ListTransactionsOptions()
                                                        .filterStates(
                                                                Set.of(TransactionState.ONGOING)))
                                        .all())
                .stream()
                .map(TransactionListing::transactionalId)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private List<SeenTransaction> described(List<String> names)
            throws OutputSystemException, InterruptedException {
        if (names.isEmpty()) {
            return List.of();
        }
        return answer("describe transactions", () -> admin().describeTransactions(names).all())
                .entrySet()
                .stream()
                .map(entry -> SeenTransaction.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static <T> T answer(String request, Supplier<KafkaFuture<T>> future)
            throws OutputSystemException, InterruptedException {
        try {
            return future.get().get();
        } catch (ExecutionException e) {
            throw refused(request, e.getCause());
        } catch (KafkaException e) {
            throw refused(request, e);
        }
    }

    private static OutputSystemException refused(String request, Throwable why) {
        return new OutputSystemException(
                "Kafka did not %s: %s".formatted(request, named(why)), why);
    }

    private Admin admin() {
        if (admin.isEmpty()) {
            admin = Optional.of(Admin.create(clientConfig));
        }
        return admin.get();
    }

    @Override
    public void close() {
        ender.close();
        admin.ifPresent(client -> client.close(Duration.ZERO));
        admin = Optional.empty();
    }
}
