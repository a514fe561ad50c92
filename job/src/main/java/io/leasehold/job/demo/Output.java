package io.leasehold.job.demo;

import java.util.List;

/**
 * What has come out when the demo is over.
 *
 * @param produced how many records were generated, numbered from 0
 * @param committed what a reader of committed records gets
 * @param emitted everything the jobs have written, also what was given up
 * @param checkpoints the members' completed ones, as far as they were seen
 */
record Output(
        int produced,
        List<Delivered> committed,
        List<Delivered> emitted,
        List<CheckpointWatch.Completed> checkpoints) {}
