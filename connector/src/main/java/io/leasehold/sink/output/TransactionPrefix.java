package io.leasehold.sink.output;

import io.leasehold.lease.model.Names;

import java.io.Serializable;

/**
 * What the names of a sink's transactions begin with. From a name one can read whose output it is,
 * so that another job can end what a closed member left open, and nothing else.
 *
 * <p>The parts are joined by {@value #SEPARATOR}, which the base must not contain and which is
 * escaped in the other parts. So no member's names begin like those of another, whatever the two
 * are called.
 *
 * @param base what the user named the sink's transactions; rights in the other system can be given
 *     by it
 * @param group the group of the job's leased source
 * @param member the job within its group
 * @param sink the sink within its job
 * @param line the unbroken line of Flink state that the job resumes from
 */
public record TransactionPrefix(String base, String group, String member, String sink, String line)
        implements Serializable {

    /** Between the parts, and behind the last. */
    public static final String SEPARATOR = "~";

    private static final long serialVersionUID = 1L;

    /**
     * @throws IllegalArgumentException if a part is empty or no name, or the base contains {@value
     *     #SEPARATOR}
     */
    public TransactionPrefix {
        requireBase(base);
        Names.require("group", group);
        Names.require("member id", member);
        Names.require("line", line);
        Names.require("sink", sink);
    }

    /**
     * What all transactions of a member's sink begin with, of every line. Not those of its other
     * sinks, even if they have the same base: what is decided of these is not known here.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static String ofMember(String base, String group, String member, String sink) {
        requireBase(base);
        Names.require("group", group);
        Names.require("member id", member);
        Names.require("sink", sink);
        return joined(base, escaped(group), escaped(member), escaped(sink));
    }

    /** The same sink of another member, or of this one, whatever its line. */
    public String ofMember(String other) {
        return ofMember(base, group, other, sink);
    }

    /** What the names of this sink's transactions begin with. */
    public String text() {
        return joined(base, escaped(group), escaped(member), escaped(sink), escaped(line));
    }

    @Override
    public String toString() {
        return text();
    }

    /**
     * @throws IllegalArgumentException if it is empty, cannot be printed or contains {@value
     *     #SEPARATOR}
     */
    public static void requireBase(String base) {
        Names.requirePrintable("transactional id prefix", base);
        if (base.contains(SEPARATOR)) {
            throw new IllegalArgumentException(
                    "The transactional id prefix '%s' contains '%s', which separates the parts of a leased sink's transactional ids; leave it out."
                            .formatted(base, SEPARATOR));
        }
    }

    private static String joined(String... parts) {
        return String.join(SEPARATOR, parts) + SEPARATOR;
    }

    private static String escaped(String part) {
        return part.replace("%", "%25").replace(SEPARATOR, "%7E");
    }
}
