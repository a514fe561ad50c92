package io.leasehold.job.demo;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The members' processes, and how those that are gone have ended. */
final class Members {

    /** The last process of each; looked into by other threads. */
    private final Map<String, MemberProcess> processes = new ConcurrentHashMap<>();

    private final Map<String, String> ended = new HashMap<>();

    void started(MemberProcess process) {
        processes.put(process.memberId(), process);
        ended.remove(process.memberId());
    }

    /**
     * @param how in a word, for people
     */
    void ended(String memberId, String how) {
        ended.put(memberId, how);
    }

    MemberProcess get(String memberId) {
        return Optional.ofNullable(processes.get(memberId)).orElseThrow();
    }

    Collection<MemberProcess> all() {
        return List.copyOf(processes.values());
    }

    /** Those that are gone, and how. */
    Map<String, String> ended() {
        return Map.copyOf(ended);
    }

    /** The last completed checkpoint of a member that was there before. */
    Optional<Path> lastCheckpoint(String memberId) {
        return Optional.ofNullable(processes.get(memberId)).flatMap(MemberProcess::lastCheckpoint);
    }

    /** By member, as far as known. On any thread. */
    Map<String, String> webUis() {
        Map<String, String> addresses = new TreeMap<>();
        processes.forEach(
                (memberId, process) ->
                        process.webUi().ifPresent(it -> addresses.put(memberId, it)));
        return addresses;
    }

    /**
     * @throws DemoFailedException if one has ended by itself
     */
    void requireAlive() {
        processes.values().forEach(MemberProcess::requireAlive);
    }

    /** The end of what each said, for people. */
    String lastLines() {
        return new TreeMap<>(processes)
                .entrySet().stream()
                        .map(it -> it.getKey() + ":\n" + it.getValue().lastLines())
                        .collect(Collectors.joining("\n"));
    }
}
