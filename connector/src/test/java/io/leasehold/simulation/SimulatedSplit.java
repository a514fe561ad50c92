package io.leasehold.simulation;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.source.book.PositionedSplit;
import io.leasehold.source.book.SplitCodec;
import io.leasehold.source.event.LeaseSourceEvent.Position;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A split of a simulated source: numbered records up to its length. */
record SimulatedSplit(String splitId, long position) {

    /**
     * @param canRead which splits the job can read
     */
    record Codec(Predicate<String> canRead) implements SplitCodec<SimulatedSplit> {

        @Override
        public Optional<SimulatedSplit> inTable(String splitId, Progress progress) {
            return canRead.test(splitId)
                    ? Optional.of(new SimulatedSplit(splitId, Positions.of(progress)))
                    : Optional.empty();
        }

        @Override
        public PositionedSplit<SimulatedSplit> ofReader(Position position) {
            return new PositionedSplit<>(
                    position.splitId(),
                    new SimulatedSplit(position.splitId(), Positions.of(position.bytes())),
                    position.epoch(),
                    position.tenure(),
                    position.finished());
        }

        @Override
        public NewSplit lease(SimulatedSplit split) {
            return new NewSplit(split.splitId(), Set.of(), Positions.as(split.position(), 0));
        }
    }

    static Position told(PositionedSplit<SimulatedSplit> split) {
        Progress at = Positions.as(split.split().position(), 0);
        return new Position(
                split.splitId(),
                split.epoch(),
                split.tenure(),
                split.finished(),
                at.bytes(),
                at.serializerVersion(),
                at.text());
    }
}
