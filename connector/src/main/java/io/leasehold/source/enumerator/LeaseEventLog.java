package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.source.book.Command;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people are told. Coordinator thread only. */
final class LeaseEventLog {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseEventLog.class);

    void say(LeaseEvent event) {
        if (event instanceof LeaseEvent.Waits waits) {
            LOG.info(
                    "Waits for an earlier incarnation of this member, which may be alive: {}",
                    waits.elder());
        } else if (event instanceof LeaseEvent.Joined) {
            LOG.info("Joined the group.");
        } else if (event instanceof LeaseEvent.RestoredElsewhere elsewhere) {
            LOG.info(
                    "The restored split '{}' is owned by {}; its restored position is dropped.",
                    elsewhere.splitId(),
                    elsewhere.owner());
        } else if (event instanceof LeaseEvent.Claimed claimed) {
            LOG.info(
                    "The split '{}' is claimed by '{}' ({}).",
                    claimed.splitId(),
                    claimed.claim().claimant(),
                    claimed.claim().kind());
        } else if (event instanceof LeaseEvent.ClaimOver over) {
            LOG.info("No member claims split '{}' any more; it stays.", over.splitId());
        } else if (event instanceof LeaseEvent.Dropped gone) {
            LOG.info(
                    gone.released()
                            ? "Released the split '{}'."
                            : "The split '{}' was taken by force.",
                    gone.splitId());
        } else if (event instanceof LeaseEvent.Unassigned without) {
            unassigned(without.splits());
        } else if (event instanceof LeaseEvent.MembersForgotten forgotten) {
            LOG.info(
                    "Deleted the rows of members that were closed for longer than lease.retention and owned nothing: {}",
                    forgotten.memberIds());
        } else if (event instanceof LeaseEvent.NothingInCommon strangers) {
            LOG.warn(
                    "The members '{}' and '{}' of this group have no split in common: '{}' finds '{}' and others, '{}' finds '{}' and others. Each reads its own. If they are different queues, give each queue its own lease.group.",
                    strangers.memberId(),
                    strangers.otherId(),
                    strangers.memberId(),
                    strangers.mine(),
                    strangers.otherId(),
                    strangers.theirs());
        } else if (event instanceof LeaseEvent.Unreadable unreadable) {
            LOG.error(
                    "The lease of split '{}' cannot be read and is left alone: {}",
                    unreadable.splitId(),
                    unreadable.why());
        } else if (event instanceof LeaseEvent.TableWentBack back) {
            LOG.error(
                    "Group '{}', member '{}': {} All readers stop now, and this incarnation is closed. What others did since, and what is recorded there, may be lost; see docs/deployment.md.",
                    back.group(),
                    back.me().memberId(),
                    back.why());
        }
    }

    void say(StoreOutage.News news) {
        if (news instanceof StoreOutage.Begins begins) {
            LeaseStoreException cause = begins.cause();
            if (cause.kind() == LeaseStoreException.Kind.UNREACHABLE) {
                LOG.warn(
                        "The lease store does not answer; readers continue until the leases expire, and then pause. What it said: {}",
                        cause.getMessage());
            } else {
                LOG.error(
                        "The lease store denies this job access, and somebody has to change that; readers continue until the leases expire, and then pause, and the job fails if it lasts. What it said: {}",
                        cause.getMessage());
            }
        } else if (news instanceof StoreOutage.Ends) {
            LOG.info("The lease store answers again.");
        }
    }

    void say(Command.Say<?> decided) {
        if (decided.warning()) {
            LOG.warn("{}", decided.text());
        } else {
            LOG.info("{}", decided.text());
        }
    }

    private static void unassigned(int splits) {
        if (splits > 0) {
            LOG.warn(
                    "{} splits are not read by anybody: no live member finds them, or none takes that many. 'leasehold describe' names those that no source finds. For the others raise lease.max-splits, or start another job.",
                    splits);
        } else {
            LOG.info("Every split of the group has a member again that reads it.");
        }
    }
}
