package io.leasehold.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** Who this process is, for people who read the lease table. */
final class ProcessDescription {

    /** As metrics name it. */
    private static final String JOB_ID = "<job_id>";

    private ProcessDescription() {}

    /** This process, and the job if Flink says which in the variables of its metrics. */
    static String ofThisOne(Map<String, String> metricVariables) {
        String process = "process %s on %s".formatted(ProcessHandle.current().pid(), host());
        String job = metricVariables.get(JOB_ID);
        return job == null ? process : "job %s, %s".formatted(job, process);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a host without a name";
        }
    }
}
