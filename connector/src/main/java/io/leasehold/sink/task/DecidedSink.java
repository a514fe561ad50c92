package io.leasehold.sink.task;

import io.leasehold.sink.output.PreparedOutput;

import java.io.Serializable;

/**
 * What the operators of a leased sink are given.
 *
 * @param linkId names the link of the job that the sink is part of
 * @param sinkId names the sink within its job, the same in all jobs of the group
 */
public record DecidedSink<IN, C>(
        String linkId, String sinkId, PreparedOutput<IN, C> output, Machine machine)
        implements Serializable {

    private static final long serialVersionUID = 1L;
}
