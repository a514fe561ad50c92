package io.leasehold.source.book;

import io.leasehold.lease.CheckpointTrouble;
import io.leasehold.lease.LeaseKeeper;
import io.leasehold.lease.ReaderAbsence;
import io.leasehold.source.book.CheckpointedPositions.Due;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Books that break a rule, for the simulation's negative controls. */
public final class BookVariants {

    private BookVariants() {}

    /** The parts of a book, one of which is replaced. */
    private static class Parts<S> {

        final LeaseKeeper keeper;
        final BookSettings settings;
        final SplitCodec<S> codec;
        final BookedSplits<S> splits = new BookedSplits<>();

        Parts(LeaseKeeper keeper, BookSettings settings, SplitCodec<S> codec) {
            this.keeper = keeper;
            this.settings = settings;
            this.codec = codec;
        }

        ReaderAttempts attempts() {
            return new ReaderAttempts();
        }

        CheckpointedPositions positions() {
            return new CheckpointedPositions(settings.oneBehind());
        }

        Comebacks<S> comebacks() {
            return new Comebacks<>(splits, keeper, codec, settings.restore());
        }

        CheckpointWorth<S> worth(CheckpointedPositions positions) {
            return new CheckpointWorth<>(splits, keeper, positions);
        }

        ReaderAbsence absence() {
            return new ReaderAbsence(settings.startupTimeout(), settings.terms().readersTimeout());
        }

        EnumeratorBook<S> book(List<PositionedSplit<S>> withheld, Set<String> found) {
            ReaderAttempts attempts = attempts();
            CheckpointedPositions positions = positions();
            Pages<S> pages =
                    new Pages<>(
                            keeper,
                            settings,
                            codec,
                            splits,
                            attempts,
                            positions,
                            new RecordRates(Duration.ofSeconds(5)),
                            comebacks(),
                            new Distribution<>(splits, attempts, keeper::holdsAllItOwns, false),
                            worth(positions));
            return new EnumeratorBook<>(
                    pages, new CheckpointTrouble(), absence(), withheld, Optional.of(found));
        }
    }

    /** One that keeps all rules, and whose rates are of a few seconds: simulated time is short. */
    public static <S> EnumeratorBook<S> kept(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec).book(withheld, found);
    }

    /** One that says at its end that none of its readers may still emit. */
    public static <S> EnumeratorBook<S> forgetsItsReadersAtTheEnd(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            ReaderAttempts attempts() {
                return new ReaderAttempts() {
                    @Override
                    OptionalLong lastSilence() {
                        return OptionalLong.empty();
                    }
                };
            }
        }.book(withheld, found);
    }

    /** One that gives a split to a reader while the last one of it may still emit. */
    public static <S> EnumeratorBook<S> waitsForNoFormerAttempt(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            ReaderAttempts attempts() {
                return new ReaderAttempts() {
                    @Override
                    Optional<Last> stillGranted(String splitId, long now) {
                        return Optional.empty();
                    }
                };
            }
        }.book(withheld, found);
    }

    /** One that gives grants to a reader that is to stop a split and has not confirmed it. */
    public static <S> EnumeratorBook<S> grantsToForcedReaders(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            ReaderAttempts attempts() {
                return new ReaderAttempts() {
                    @Override
                    void stopRequested(int subtask, long request) {
                        // It emits on.
                    }
                };
            }
        }.book(withheld, found);
    }

    /** One for which readers are never missing. */
    public static <S> EnumeratorBook<S> missesNoReader(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            ReaderAbsence absence() {
                return new ReaderAbsence(Duration.ofDays(1), Duration.ofDays(1));
            }
        }.book(withheld, found);
    }

    /** One that takes a split for standing still whichever time it was asked for. */
    public static <S> EnumeratorBook<S> takesAnyFreezeForThisOne(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            CheckpointWorth<S> worth(CheckpointedPositions positions) {
                return new CheckpointWorth<>(splits, keeper, positions) {
                    @Override
                    boolean standsStill(Due due, Wanted wanted) {
                        return due.frozenFor().isPresent() && wanted.asked().isPresent();
                    }
                };
            }
        }.book(withheld, found);
    }

    /** One that releases a split as soon as it has asked for it. */
    public static <S> EnumeratorBook<S> releasesWhatIsNotFrozen(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            CheckpointWorth<S> worth(CheckpointedPositions positions) {
                return new CheckpointWorth<>(splits, keeper, positions) {
                    @Override
                    boolean standsStill(Due due, Wanted wanted) {
                        return wanted.asked().isPresent();
                    }
                };
            }
        }.book(withheld, found);
    }

    /** One that goes on from any restored position, whoever reads the split by now. */
    public static <S> EnumeratorBook<S> takesBackWhatAReaderHas(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        return new Parts<>(keeper, settings, codec) {
            @Override
            Comebacks<S> comebacks() {
                return new Comebacks<>(splits, keeper, codec, settings.restore()) {
                    @Override
                    boolean isLatest(PositionedSplit<S> split) {
                        return true;
                    }
                };
            }
        }.book(withheld, found);
    }
}
