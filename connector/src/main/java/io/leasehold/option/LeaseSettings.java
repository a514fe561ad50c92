package io.leasehold.option;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.LeaseTermsBuilder;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.source.LeasedSourceBuilder;
import io.leasehold.source.LostLease;
import io.leasehold.source.OutputCommits;
import io.leasehold.source.ProgressRecording;
import io.leasehold.source.SplitIds;
import io.leasehold.source.UnalignedCheckpoints;

import org.apache.flink.api.connector.source.SourceSplit;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * With whom a queue is shared, and how: {@link LeaseOptions}, read and checked. {@code toString}
 * shows no secret.
 *
 * @param memberId empty if each submission shall be a new member
 * @param splitIds empty if nothing is stated of them
 * @param sinkPrefixes of the sinks of the job, as far as they are said
 * @param storeProperties user, password and the like, by the store's own names
 */
public record LeaseSettings(
        String group,
        Optional<String> memberId,
        String url,
        Map<String, String> storeProperties,
        LeaseTerms terms,
        Duration startupTimeout,
        Duration deniedTimeout,
        Share share,
        ProgressRecording progress,
        RestoreRule restore,
        LostLease onLost,
        OutputCommits output,
        UnalignedCheckpoints unalignedCheckpoints,
        Optional<SplitIds> splitIds,
        List<String> sinkPrefixes) {

    /** Has the reader keep whatever is wrong with them. */
    public static void check(OptionReader reader) {
        for (Option<String> name : List.of(LeaseOptions.GROUP, LeaseOptions.MEMBER_ID)) {
            reader.find(name)
                    .ifPresent(text -> reader.check(() -> Names.require(name.key(), text)));
        }
        for (String prefix : reader.find(LeaseOptions.SINK_PREFIXES).orElse(List.of())) {
            reader.check(() -> Names.requirePrintable(LeaseOptions.SINK_PREFIXES.key(), prefix));
        }
        reader.check(() -> terms(reader));
        reader.find(LeaseOptions.URL)
                .ifPresent(
                        url ->
                                reader.check(
                                        () ->
                                                LeaseStores.forUrl(url, storeProperties(reader))
                                                        .validate()));
    }

    /** The settings, where there are no problems. */
    public static LeaseSettings of(OptionReader reader) {
        return new LeaseSettings(
                reader.get(LeaseOptions.GROUP),
                reader.find(LeaseOptions.MEMBER_ID),
                reader.get(LeaseOptions.URL),
                storeProperties(reader),
                terms(reader).orElseThrow(),
                reader.get(LeaseOptions.STARTUP_TIMEOUT),
                reader.get(LeaseOptions.DENIED_TIMEOUT),
                new Share(
                        reader.get(LeaseOptions.WEIGHT),
                        reader.find(LeaseOptions.MAX_SPLITS).orElse(Share.ANY_NUMBER),
                        reader.get(LeaseOptions.BALANCE)),
                reader.get(LeaseOptions.PROGRESS),
                reader.get(LeaseOptions.RESTORE),
                reader.get(LeaseOptions.ON_LOST),
                reader.get(LeaseOptions.OUTPUT),
                reader.get(LeaseOptions.UNALIGNED_CHECKPOINTS),
                reader.find(LeaseOptions.SPLIT_IDS),
                reader.find(LeaseOptions.SINK_PREFIXES).orElse(List.of()));
    }

    /** Says all of it to a builder. */
    public <T, SplitT extends SourceSplit, InnerT> LeasedSourceBuilder<T, SplitT, InnerT> applyTo(
            LeasedSourceBuilder<T, SplitT, InnerT> builder) {
        memberId.ifPresent(builder::memberId);
        splitIds.ifPresent(builder::splitIds);
        sinkPrefixes.forEach(builder::sinkPrefix);
        return builder.group(group)
                .store(LeaseStores.forUrl(url, storeProperties))
                .terms(terms)
                .weight(share.weight())
                .maxSplits(share.mostSplits())
                .balance(share.balance())
                .startupTimeout(startupTimeout)
                .deniedTimeout(deniedTimeout)
                .progress(progress)
                .restore(restore)
                .onLost(onLost)
                .output(output)
                .unalignedCheckpoints(unalignedCheckpoints);
    }

    private static Map<String, String> storeProperties(OptionReader reader) {
        Map<String, String> store = new HashMap<>(reader.passedThrough(LeaseOptions.JDBC));
        reader.find(LeaseOptions.USER).ifPresent(user -> store.put("user", user));
        reader.find(LeaseOptions.PASSWORD).ifPresent(password -> store.put("password", password));
        reader.find(LeaseOptions.PASSWORD_FILE)
                .ifPresent(file -> store.put("password.file", file.toString()));
        reader.find(LeaseOptions.PASSWORD_ENV)
                .ifPresent(variable -> store.put("password.env", variable));
        reader.find(LeaseOptions.SCHEMA_CREATE)
                .ifPresent(create -> store.put("schema.create", create.toString()));
        return store;
    }

    /** Empty if the duration itself was wrong, which has been reported then. */
    private static Optional<LeaseTerms> terms(OptionReader reader) {
        return reader.find(LeaseOptions.DURATION)
                .map(
                        duration -> {
                            LeaseTermsBuilder terms = LeaseTerms.lasting(duration);
                            reader.find(LeaseOptions.RENEW_INTERVAL)
                                    .ifPresent(terms::renewInterval);
                            reader.find(LeaseOptions.STORE_TIMEOUT).ifPresent(terms::storeTimeout);
                            reader.find(LeaseOptions.READER_GRANT).ifPresent(terms::readerGrant);
                            reader.find(LeaseOptions.EXTEND_INTERVAL)
                                    .ifPresent(terms::extendInterval);
                            reader.find(LeaseOptions.HANDOFF_TIMEOUT)
                                    .ifPresent(terms::handoffTimeout);
                            reader.find(LeaseOptions.INITIAL_MEMBERS)
                                    .ifPresent(terms::initialMembers);
                            reader.find(LeaseOptions.INITIAL_WAIT).ifPresent(terms::initialWait);
                            reader.find(LeaseOptions.READERS_TIMEOUT)
                                    .ifPresent(terms::readersTimeout);
                            reader.find(LeaseOptions.RESTART_HOLD).ifPresent(terms::restartHold);
                            reader.find(LeaseOptions.RETENTION).ifPresent(terms::retention);
                            return terms.build();
                        });
    }

    @Override
    public String toString() {
        return "Lease[group %s, member %s, %s, %s, %s]"
                .formatted(
                        group,
                        memberId,
                        Masked.value("url", url),
                        Masked.values(storeProperties),
                        terms);
    }
}
