package io.leasehold.source;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who this process is, for people who read the lease table. */
final class ProcessDescription {

    private ProcessDescription() {}

    static String ofThisOne() {
        return "process %d on %s".formatted(ProcessHandle.current().pid(), host());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a host without a name";
        }
    }
}
