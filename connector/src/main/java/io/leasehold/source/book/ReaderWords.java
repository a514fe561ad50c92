package io.leasehold.source.book;

import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FromReader;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.event.LeaseSourceEvent.TaskFinished;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the reader of a subtask says. */
final class ReaderWords<S> implements FromReader.Listener {

    private final EnumeratorBook<S> book;
    private final Pages<S> pages;
    private final int subtask;
    private final JobView job;
    private final Outbox<S> out;

    ReaderWords(EnumeratorBook<S> book, Pages<S> pages, int subtask, JobView job, Outbox<S> out) {
        this.book = book;
        this.pages = pages;
        this.subtask = subtask;
        this.job = job;
        this.out = out;
    }

    private boolean isCurrent(FromReader event) {
        return pages.attempts().isCurrent(subtask, event.readerId());
    }

    @Override
    public void heard(ReaderStarted reader) {
        pages.attempts().started(subtask, reader.readerId());
        List<PositionedSplit<S>> restored =
                reader.restored().stream().map(pages.codec()::ofReader).toList();
        Set<String> taken = new HashSet<>(pages.comebacks().takeBack(subtask, restored, out));
        taken.forEach(splitId -> pages.comebacks().holdsToo(subtask, splitId, out));
        Set<String> ignored =
                reader.restored().stream()
                        .map(Position::splitId)
                        .filter(splitId -> !taken.contains(splitId))
                        .collect(Collectors.toSet());
        if (!ignored.isEmpty()) {
            out.send(subtask, id -> new DropRequested(id, ignored));
        }
        pages.comebacks().attemptStarted(subtask);
        if (pages.attempts().count() >= job.parallelism()) {
            pages.comebacks().allReadersStarted();
        }
        book.assign(job, out);
    }

    @Override
    public void heard(Closed readers) {
        pages.attempts().closed(readers.closed());
        book.assign(job, out);
    }

    @Override
    public void heard(GrantRequested request) {
        Duration granted = book.granted(subtask, request.readerId(), job);
        if (!granted.isZero()) {
            out.send(subtask, id -> new GrantExtended(id, request.askedAt(), granted.toNanos()));
        }
    }

    @Override
    public void heard(Positions report) {
        if (!isCurrent(report)) {
            return;
        }
        pages.positions().reported(subtask, report);
        // Only where rates matter: it takes much to remember them.
        if (pages.keeper().splits().sharesByLoad()) {
            report.emitted()
                    .forEach(
                            (splitId, emitted) ->
                                    pages.rates()
                                            .counted(
                                                    report.readerId(),
                                                    splitId,
                                                    emitted,
                                                    job.now()));
        }
    }

    @Override
    public void heard(TaskFinished reader) {
        if (isCurrent(reader)) {
            pages.positions().taskFinished(subtask, reader.checkpointId());
        }
    }

    @Override
    public void heard(Stopped stopped) {
        if (isCurrent(stopped)) {
            pages.attempts().stopped(subtask, stopped.requests());
        }
    }
}
