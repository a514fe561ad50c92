package io.leasehold.source.book;

import io.leasehold.source.event.LeaseSourceEvent.ToReader;

import java.util.List;

/**
 * What an enumerator's book wants done. Commands are carried out in order, before anything else.
 */
public sealed interface Command<S> {

    /** Does what commands want; one method per command, so that none can be forgotten. */
    interface Hand<S> {
        void assign(Assign<S> splits);

        void send(Send<S> event);

        void tellNoMore(TellNoMore<S> reader);

        void callAt(CallAt<S> time);

        void say(Say<S> text);

        void fail(Fail<S> failure);

        void toSinks(ToSinks<S> word);
    }

    void carryOut(Hand<S> hand);

    /**
     * A reader is to have these splits.
     *
     * @param readerId the attempt that may read them
     */
    record Assign<S>(int subtask, String readerId, List<PositionedSplit<S>> splits)
            implements Command<S> {
        @Override
        public void carryOut(Hand<S> hand) {
            hand.assign(this);
        }
    }

    /** A reader is to be told something. */
    record Send<S>(int subtask, ToReader event) implements Command<S> {
        @Override
        public void carryOut(Hand<S> hand) {
            hand.send(this);
        }
    }

    /** A reader is to be told that no splits will come any more. */
    record TellNoMore<S>(int subtask) implements Command<S> {
        @Override
        public void carryOut(Hand<S> hand) {
            hand.tellNoMore(this);
        }
    }

    /** The book is to be told the time then, at the latest. */
    record CallAt<S>(long at) implements Command<S> {
        @Override
        public void carryOut(Hand<S> hand) {
            hand.callAt(this);
        }
    }

    /** People are to be told something. */
    record Say<S>(boolean warning, String text) implements Command<S> {
        @Override
        public void carryOut(Hand<S> hand) {
            hand.say(this);
        }
    }

    /** The job is to fail. */
    record Fail<S>(Cause cause, String why) implements Command<S> {

        /** Why a job fails. */
        public enum Cause {
            /** It may not read what it was reading. */
            LEASE_LOST,
            /** Another member's sinks write under the same name. */
            SINK_SHARED,
            /** The state it starts from is not what the table says, and that is not to be. */
            RESTORE_REFUSED
        }

        @Override
        public void carryOut(Hand<S> hand) {
            hand.fail(this);
        }
    }

    /** The leased sinks of the job are to be told or asked something. */
    record ToSinks<S>(SinkWord word) implements Command<S> {
        @Override
        public void carryOut(Hand<S> hand) {
            hand.toSinks(this);
        }
    }
}
