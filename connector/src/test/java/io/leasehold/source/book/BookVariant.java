package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.ReaderAbsence;
import io.leasehold.lease.model.CheckpointTrouble;
import io.leasehold.source.book.CheckpointedPositions.CoveredPosition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Books for the simulation: the one that keeps all rules, and for the negative controls those that
 * break one.
 */
public enum BookVariant {
    KEPT,

    /** Says at its end that none of its readers may still emit. */
    FORGETS_ITS_READERS_AT_THE_END {
        @Override
        ReaderAttempts attempts() {
            return new ReaderAttempts() {
                @Override
                OptionalLong lastSilence() {
                    return OptionalLong.empty();
                }
            };
        }
    },

    /** Gives a split to a reader while the last one of it may still emit. */
    WAITS_FOR_NO_FORMER_ATTEMPT {
        @Override
        ReaderAttempts attempts() {
            return new ReaderAttempts() {
                @Override
                Optional<Last> stillGranted(String splitId, long now) {
                    return Optional.empty();
                }
            };
        }
    },

    /** Gives grants to a reader that is to stop a split and has not confirmed it. */
    GRANTS_TO_FORCED_READERS {
        @Override
        ReaderAttempts attempts() {
            return new ReaderAttempts() {
                @Override
                void stopRequested(int subtask, long request) {
                    // It emits on.
                }
            };
        }
    },

    /** Misses no reader, however long there is none. */
    MISSES_NO_READER {
        @Override
        ReaderAbsence absence(BookSettings settings) {
            return new ReaderAbsence(Duration.ofDays(1), Duration.ofDays(1));
        }
    },

    /** Takes a split for standing still whichever time it was asked for. */
    TAKES_ANY_FREEZE_FOR_THIS_ONE {
        @Override
        <S> CheckpointWorth<S> worth(
                BookedSplits<S> splits, LeaseKeeper keeper, CheckpointedPositions positions) {
            return new CheckpointWorth<>(splits, keeper, positions) {
                @Override
                boolean standsStill(CoveredPosition covered, Wanted wanted) {
                    return covered.frozenFor().isPresent() && wanted.asked().isPresent();
                }
            };
        }
    },

    /** Releases a split as soon as it has asked for it. */
    RELEASES_WHAT_IS_NOT_FROZEN {
        @Override
        <S> CheckpointWorth<S> worth(
                BookedSplits<S> splits, LeaseKeeper keeper, CheckpointedPositions positions) {
            return new CheckpointWorth<>(splits, keeper, positions) {
                @Override
                boolean standsStill(CoveredPosition covered, Wanted wanted) {
                    return wanted.asked().isPresent();
                }
            };
        }
    },

    /** Goes on from any restored position, whoever reads the split by now. */
    TAKES_BACK_WHAT_A_READER_HAS {
        @Override
        <S> Comebacks<S> comebacks(
                BookedSplits<S> splits,
                LeaseKeeper keeper,
                SplitCodec<S> codec,
                BookSettings settings) {
            return new Comebacks<>(splits, keeper, codec, settings.restore()) {
                @Override
                boolean isLatest(PositionedSplit<S> split) {
                    return true;
                }
            };
        }
    };

    /** Simulated time is short. */
    private static final Duration RATES_MEMORY = Duration.ofSeconds(10);

    ReaderAttempts attempts() {
        return new ReaderAttempts();
    }

    ReaderAbsence absence(BookSettings settings) {
        return new ReaderAbsence(settings.startupTimeout(), settings.terms().readersTimeout());
    }

    <S> Comebacks<S> comebacks(
            BookedSplits<S> splits,
            LeaseKeeper keeper,
            SplitCodec<S> codec,
            BookSettings settings) {
        return new Comebacks<>(splits, keeper, codec, settings.restore());
    }

    <S> CheckpointWorth<S> worth(
            BookedSplits<S> splits, LeaseKeeper keeper, CheckpointedPositions positions) {
        return new CheckpointWorth<>(splits, keeper, positions);
    }

    /** A book of one incarnation. */
    public <S> EnumeratorBook<S> book(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            List<PositionedSplit<S>> withheld,
            Set<String> found) {
        BookedSplits<S> splits = new BookedSplits<>();
        ReaderAttempts attempts = attempts();
        CheckpointedPositions positions = new CheckpointedPositions(settings.oneBehind());
        Pages<S> pages =
                new Pages<>(
                        keeper,
                        settings,
                        codec,
                        splits,
                        attempts,
                        positions,
                        new RecordRates(RATES_MEMORY),
                        comebacks(splits, keeper, codec, settings),
                        new Distribution<>(
                                splits,
                                attempts,
                                keeper.splits()::holdsAllItOwns,
                                settings.bounded()),
                        worth(splits, keeper, positions));
        return new EnumeratorBook<>(
                pages, new CheckpointTrouble(), absence(settings), withheld, Optional.of(found));
    }
}
