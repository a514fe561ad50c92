package io.leasehold.source;

import io.leasehold.testkit.queue.MemoryQueue;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Records of a queue that say of which split they are, and the number there: {@code split-3:17}.
 */
final class NumberedRecords {

    private NumberedRecords() {}

    static List<String> of(String splitId, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> splitId + ":" + i).toList();
    }

    /** The first records of the first splits. */
    static List<String> of(int splits, int records) {
        return IntStream.range(0, splits)
                .boxed()
                .flatMap(split -> of("split-" + split, 0, records).stream())
                .toList();
    }

    /** Adds the split where it is new, and returns what was appended to it. */
    static List<String> append(String queue, String splitId, int from, int count) {
        List<String> records = of(splitId, from, count);
        MemoryQueue.named(queue).addSplit(splitId);
        MemoryQueue.named(queue).append(splitId, records);
        return records;
    }

    /** Appends as many records to each of these splits, and returns them all. */
    static List<String> fill(String queue, int splits, int records) {
        IntStream.range(0, splits).forEach(i -> append(queue, "split-" + i, 0, records));
        return of(splits, records);
    }

    static String split(String record) {
        return record.substring(0, record.indexOf(':'));
    }

    static long number(String record) {
        return Long.parseLong(record.substring(record.indexOf(':') + 1));
    }
}
