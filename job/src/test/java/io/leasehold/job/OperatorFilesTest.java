package io.leasehold.job;

import io.leasehold.source.metrics.LeaseMetric;
import io.leasehold.source.metrics.LeaseMetric.Place;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What operators are given beside the job's configuration: it names only what there is. */
class OperatorFilesTest {

    private static final String HA = "high-availability.storageDir";
    private static final Path CONF = Path.of("..", "conf");

    /** As Flink's reporter for Prometheus begins the names of metrics of each place. */
    private static final Map<Place, String> SCOPES =
            Map.of(
                    Place.ENUMERATOR,
                    "flink_jobmanager_job_operator_coordinator_enumerator_leasehold_",
                    Place.READER,
                    "flink_taskmanager_job_task_operator_leasehold_");

    @ParameterizedTest
    @ValueSource(strings = {"blue", "green"})
    void aManifestRunsTheJobAsAMemberOfThatName(String member) throws Exception {
        JobSettings settings = settings(member);

        assertThat(settings.lease().memberId()).contains(member);
        assertThat(settings.running().checkpointDir().orElseThrow()).endsWith("/orders-" + member);
        assertThat(at(manifest(member), "apiVersion")).isEqualTo("flink.apache.org/v1beta1");
        assertThat(at(manifest(member), "kind")).isEqualTo("FlinkDeployment");
        assertThat(at(manifest(member), "metadata", "name")).isEqualTo("orders-" + member);
        assertThat(at(manifest(member), "spec", "job", "entryClass"))
                .isEqualTo(LeasedQueueJob.class.getName());
    }

    @Test
    void theTwoShareOneQueueAndTheNewOneStandsByAtFirst() throws Exception {
        JobSettings blue = settings("blue");
        JobSettings green = settings("green");

        assertThat(green.lease().group()).isEqualTo(blue.lease().group());
        assertThat(green.lease().url()).isEqualTo(blue.lease().url());
        assertThat(green.queue()).isEqualTo(blue.queue());
        assertThat(green.sink()).isEqualTo(blue.sink());
        assertThat(blue.lease().share().weight()).isOne();
        assertThat(green.lease().share().weight()).isZero();
        assertThat(at(manifest("blue"), "spec", "flinkConfiguration", HA))
                .isNotEqualTo(at(manifest("green"), "spec", "flinkConfiguration", HA));
    }

    @ParameterizedTest
    @ValueSource(strings = {"blue", "green"})
    void thePasswordComesFromASecretThatTheJobManagerAlonePasses(String member) throws Exception {
        String variable = settings(member).lease().storeProperties().get("password.env");
        Map<?, ?> container =
                (Map<?, ?>)
                        ((List<?>)
                                        at(
                                                manifest(member),
                                                "spec",
                                                "jobManager",
                                                "podTemplate",
                                                "spec",
                                                "containers"))
                                .get(0);
        Map<?, ?> passed = (Map<?, ?>) ((List<?>) container.get("env")).get(0);

        assertThat(container.get("name")).isEqualTo("flink-main-container");
        assertThat(passed.get("name")).isEqualTo(variable);
        assertThat(at(passed, "valueFrom", "secretKeyRef", "key")).isEqualTo("password");
        assertThat(settings(member).lease().storeProperties()).doesNotContainKey("password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"blue", "green"})
    void metricsAreReportedAsTheSnippetSays(String member) throws Exception {
        String key = "metrics.reporter.prom.factory.class";

        assertThat(at(manifest(member), "spec", "flinkConfiguration", key))
                .isEqualTo(yaml("prometheus.yaml").get(key))
                .isNotNull();
    }

    @Test
    void everyMetricInTheDashboardIsReportedUnderThatName() throws IOException {
        JsonNode dashboard =
                new ObjectMapper().readTree(CONF.resolve("grafana-dashboard.json").toFile());
        Set<String> known =
                Stream.of(LeaseMetric.values())
                        .map(metric -> SCOPES.get(metric.place()) + metric.metricName())
                        .collect(Collectors.toSet());

        Set<String> named = new HashSet<>();
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(panel.get("title").textValue()).isNotBlank();
            assertThat(panel.get("targets")).isNotEmpty();
            for (JsonNode target : panel.get("targets")) {
                named.addAll(metrics(target.get("expr").textValue()));
            }
        }
        for (JsonNode variable : dashboard.at("/templating/list")) {
            named.addAll(metrics(variable.get("query").textValue()));
        }

        assertThat(known).containsAll(named);
        assertThat(named).hasSizeGreaterThan(15);
    }

    private static Set<String> metrics(String expression) {
        return Pattern.compile("flink_\\w+")
                .matcher(expression)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static JobSettings settings(String member) throws IOException {
        List<String> arguments =
                ((List<?>) at(manifest(member), "spec", "job", "args"))
                        .stream().map(String::valueOf).toList();
        return JobSettings.of(GivenOptions.fromArguments(arguments));
    }

    private static Map<?, ?> manifest(String member) throws IOException {
        return yaml("kubernetes/" + member + ".yaml");
    }

    private static Map<?, ?> yaml(String name) throws IOException {
        return (Map<?, ?>)
                new Load(LoadSettings.builder().build())
                        .loadFromString(Files.readString(CONF.resolve(name)));
    }

    private static Object at(Map<?, ?> map, String... path) {
        Object value = map;
        for (String key : path) {
            value = ((Map<?, ?>) value).get(key);
        }
        return value;
    }
}
