package io.leasehold.exploration;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;

/** What a field of the explored code means for whether two states are the same. */
enum Meaning {
    /** A part that is looked into. */
    PART,
    /** The same for all the life of what it is in. */
    GIVEN,
    /** A number that is what it is. */
    NUMBER,
    /** Matters relative to now. */
    TIME,
    /** Change numbers of the group; their order alone matters, as with those below. */
    CHANGE,
    /** Epochs of one split, and what its positions are made of here. */
    EPOCH,
    /** Tenures of one split. */
    TENURE,
    /** Beats of one incarnation. */
    BEAT;

    private static final Map<String, Meaning> OF_FIELDS = new HashMap<>();

    private static void are(Meaning meaning, String... fields) {
        for (String field : fields) {
            OF_FIELDS.put(field, meaning);
        }
    }

    static {
        are(GIVEN, "group", "me", "share", "description", "terms", "duration", "parents");
        are(GIVEN, "bytes", "text", "serializerVersion", "idOf");
        // Parts of the keeper or of its view, and the same as those.
        are(GIVEN, "view", "life", "sinks", "watch", "plan", "inState", "OwnLeases.writes");
        // Matters when a drain ends, of which nothing is told here.
        are(GIVEN, "lastFrozenAt");
        // Told to people, and decides nothing.
        are(GIVEN, "CurrentPlan.planned");
        // The table does not go back in these explorations.
        are(GIVEN, "line", "chances");
        // Nobody is closed for long in these explorations.
        are(GIVEN, "nanoClock", "closedAt");
        // Where events go; no member decides output in these explorations.
        are(GIVEN, "Adoptions.told");
        // Equal objects, whichever of them it is.
        are(GIVEN, "KnownLeases.owners");
        are(NUMBER, "unassigned", "emitsFor", "weight", "heldCount");
        are(TIME, "dueAt", "validUntil", "renewedUntil", "joinedAt", "readAgainAt", "readAt");
        are(TIME, "Elder.since", "beatSince", "lifeSince", "lastSent", "lastRead");
        are(TIME, "searchesSince", "ReadableSplits.lastFound");
        are(TIME, "CommittedOutput.since", "PendingDecision.asked");
        are(NUMBER, "Pause.before");
        are(TIME, "lastNewcomer", "claimedSince", "rowless", "until", "wakeAt", "lookAt");
        are(TIME, "quietUntil", "trustedFrom", "repeatedFrom");
        are(CHANGE, "knownChange", "changeNumber", "version", "Read.since", "seen");
        are(CHANGE, "Rejections.versions");
        are(EPOCH, "beyond", "epoch", "progressEpoch", "checkpointId", "frozen");
        are(TENURE, "tenure");
        are(BEAT, "beat", "firstBeats");
        are(PART, "LeaseKeeper.view", "LeaseKeeper.life", "MemberLife.sinks");
        are(PART, "GroupView.watch", "GroupView.plan");
    }

    static Meaning of(Field field) {
        Meaning ofAll = OF_FIELDS.getOrDefault(field.getName(), PART);
        return OF_FIELDS.getOrDefault(
                field.getDeclaringClass().getSimpleName() + "." + field.getName(), ofAll);
    }
}
