package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Audit;
import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;

/** The findings for programs. Times are milliseconds since the jobs were submitted. */
public final class JsonReport {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonReport() {}

    public static String of(Findings findings) throws JsonProcessingException {
        Run run = findings.run();
        Audit audit = findings.audit();
        ObjectNode root = MAPPER.createObjectNode();
        root.put("scenario", findings.scenario());
        root.put("seed", findings.seed());
        root.put("clean", findings.clean());
        root.put("produced", audit.produced());
        root.put("emitted", audit.emitted());
        root.put("replayed", audit.replayed());
        root.put("committed", audit.committed());
        root.put("missing", audit.missing());
        root.put("duplicates", audit.duplicates());
        root.put("duplicates_bound", audit.bound());
        root.put("overlap_ms", audit.overlapMillis());
        root.put("overlap_records", audit.overlapRecords());
        audit.bareOverlapMillis().ifPresent(it -> root.put("bare_overlap_ms", it));
        findings.wentBack()
                .ifPresent(
                        it -> {
                            root.put("went_back", it.line());
                            ArrayNode lines = root.putArray("went_back_log");
                            it.lines().forEach(lines::add);
                        });
        ArrayNode complaints = root.putArray("complaints");
        findings.complaints().forEach(complaints::add);
        ArrayNode faults = root.putArray("faults");
        for (Struck fault : run.faults()) {
            ObjectNode node = faults.addObject();
            node.put("fault", fault.fault());
            node.put("from_ms", millis(run, fault.from()));
            node.put("until_ms", millis(run, fault.until()));
        }
        lives(root.putArray("leased"), run, run.leased());
        grants(root.putArray("grants"), run);
        lives(root.putArray("bare"), run, run.bare());
        return MAPPER.writeValueAsString(root) + "\n";
    }

    private static void lives(ArrayNode all, Run run, Map<String, List<Life>> bySplit) {
        bySplit.values().stream()
                .flatMap(List::stream)
                .forEach(life -> life(all.addObject(), run, life));
    }

    private static void grants(ArrayNode all, Run run) {
        run.grants().values().stream()
                .flatMap(List::stream)
                .forEach(
                        grant -> {
                            ObjectNode node = all.addObject();
                            node.put("split", grant.split());
                            node.put("member", grant.member());
                            node.put("reader", grant.reader());
                            node.put("epoch", grant.epoch());
                            node.put("from_ms", millis(run, grant.from()));
                            node.put("until_ms", millis(run, grant.until()));
                        });
    }

    private static void life(ObjectNode node, Run run, Life life) {
        node.put("split", life.split());
        node.put("member", life.member());
        node.put("attempt", life.attempt().toString());
        node.put("epoch", life.epoch());
        node.put("first_offset", life.first().offset());
        node.put("last_offset", life.last().offset());
        node.put("beyond", life.beyond());
        ArrayNode spans = node.putArray("spans");
        for (Span span : Span.of(life)) {
            ObjectNode each = spans.addObject();
            each.put("from_ms", millis(run, span.first().nanos()));
            each.put("until_ms", millis(run, span.last().nanos()));
            each.put("records", span.emissions());
        }
    }

    private static double millis(Run run, long nanos) {
        return Math.round((nanos - run.startedAt()) / 1e3) / 1e3;
    }
}
