package io.leasehold.job.chaos.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * That a member has noticed that its lease table went back, as its JobManager's log says it. Times
 * are of {@link System#nanoTime()}.
 *
 * @param line the line of the log
 * @param at when it was logged: with the first answer from the table that went back
 * @param restarted when all subtasks of its source ran again, if they did
 */
public record Notice(String line, long at, OptionalLong restarted) {

    private static final String WENT_BACK = "The lease table went back in time";
    private static final String RUNS = "switched from INITIALIZING to RUNNING";

    /**
     * @param log the second word of each line that counts is its time
     * @param source what the name of the source's tasks begins with
     * @param subtasks how many the source has
     */
    public static List<Notice> in(List<String> log, String source, int subtasks) {
        List<Notice> notices = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).contains(" ERROR ") && log.get(i).contains(WENT_BACK)) {
                notices.add(
                        new Notice(
                                log.get(i),
                                time(log.get(i)),
                                log.subList(i, log.size()).stream()
                                        .filter(it -> it.contains(source) && it.contains(RUNS))
                                        .skip(subtasks - 1)
                                        .mapToLong(Notice::time)
                                        .findFirst()));
            }
        }
        return notices;
    }

    private static long time(String line) {
        return Long.parseLong(line.split(" ", 3)[1]);
    }
}
