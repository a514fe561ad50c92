package io.leasehold.job;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the job writes next to each output record: UTF-8 text, numbers as decimal digits. */
public final class OutputHeaders {

    /** Which member of the group emitted it. */
    public static final String MEMBER = "leasehold-member";

    /** Which split it came from. */
    public static final String SPLIT = "leasehold-split";

    /** Its position there. */
    public static final String OFFSET = "leasehold-offset";

    /** When it was emitted, in milliseconds since 1970 by the emitting machine's clock. */
    public static final String EMITTED_AT = "leasehold-emitted-at";

    /** Which record of its key it is, as the member has counted; absent if it does not count. */
    public static final String COUNT = "leasehold-count";

    /** The id by which repeated records are known. */
    public static final String RECORD_ID = "record-id";

    private OutputHeaders() {}

    static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The text of a header, if the record has it. */
    public static Optional<String> text(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }
}
