package io.leasehold.link;

/** A source whose enumerator decides the output of the leased sinks behind it. */
public interface LinkedSource {

    /** Names the {@link JobLink} of the job that this source is part of. */
    String linkId();
}
