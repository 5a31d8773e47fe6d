package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.codec.RecordCodec;
import dev.semblance.record.TextEvent;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.TestBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a cluster, against a real broker. */
@ExtendWith(BrokerExtension.class)
@Timeout(120)
class KafkaCommandsIT {

    private final TestBroker broker;

    @TempDir
    private Path folder;

    KafkaCommandsIT(TestBroker broker) {
        this.broker = broker;
    }

    private Cli run(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        return Cli.run(all.toArray(String[]::new));
    }

    /** Options that give every public topic a name of this test's own. */
    private static String[] named(String prefix, String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        for (String t : List.of("texts", "watches", "embeddings", "watch.vectors", "alerts", "unique",
                "dead.letters")) {
            all.addAll(List.of("-o", "topic." + t + "=" + prefix + "-" + t.replace('.', '-')));
        }
        return all.toArray(String[]::new);
    }

    @Test
    void topicsAreCreatedOnceAndCheckOut() {
        String prefix = TestBroker.unique("cat");

        Cli before = run(named(prefix, "topics", "check"));
        assertThat(before.code()).isEqualTo(1);
        assertThat(before.out()).contains(
                "fatal: topic '" + prefix + "-embeddings' is missing: run `semblance topics create`",
                "7 topics checked, the program would not start");

        Cli created = run(named(prefix, "topics", "create"));
        assertThat(created.err()).isEmpty();
        assertThat(created.code()).isZero();
        assertThat(created.out().lines()).hasSize(7).allMatch(l -> l.startsWith("created " + prefix + "-"));
        assertThat(run(named(prefix, "topics", "create")).out().lines()).hasSize(7)
                .allMatch(l -> l.startsWith("exists  " + prefix + "-"));

        Cli after = run(named(prefix, "topics", "check"));
        assertThat(after.out()).isEqualTo("7 topics checked, all fine\n");
        assertThat(after.code()).isZero();
    }

    @Test
    void wrongTopicsAreToldApart() {
        String prefix = TestBroker.unique("bad");
        broker.createTopic(prefix + "-watches", 1, Map.of("cleanup.policy", "delete"));
        broker.createTopic(prefix + "-embeddings", 9, Map.of("retention.ms", "1000"));
        run(named(prefix, "topics", "create"));

        Cli check = run(named(prefix, "topics", "check"));

        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out()).contains(
                "fatal: topic '" + prefix + "-watches' has cleanup.policy=delete, expected compact",
                "advice: topic '" + prefix + "-embeddings' has 9 partitions",
                "warning: topic '" + prefix + "-embeddings' keeps records for 1s (retention.ms=1000)");
        assertThat(run(named(prefix, "topics", "check", "-o", "role=detect")).code()).isZero();
    }

    @Test
    void moreReplicasThanBrokersFailAtOnce() {
        Cli run = run(named(TestBroker.unique("rf"), "topics", "create", "-o", "replication.factor=3"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("cannot be created", "replication factor");
    }

    @Test
    void whatIsSentCanBeTailed() throws IOException {
        String topic = broker.createTopic(TestBroker.unique("feed"), 1);
        Path file = folder.resolve("feed.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 1000; i++) {
                out.write(("{\"id\":\"" + i + "\",\"text\":\"né " + i + "\"}\n").getBytes(StandardCharsets.UTF_8));
            }
        }

        Cli sent = run("send", file.toString(), "--topic", topic, "--limit", "900");

        assertThat(sent.code()).as(sent.err()).isZero();
        assertThat(sent.out()).isEmpty();
        assertThat(sent.err()).startsWith("sent 900 records (").contains("to '" + topic + "' in ");
        Cli tail = run("tail", topic, "--json", "--limit", "900", "--timeout", "60s");
        List<String> lines = tail.out().lines().toList();
        assertThat(lines).hasSize(900);
        for (int i = 0; i < 900; i++) {
            var node = new ObjectMapper().readTree(lines.get(i));
            assertThat(node.get("key").asText()).isEqualTo(String.valueOf(i));
            assertThat(node.get("value").asText()).isEqualTo("{\"id\":\"" + i + "\",\"text\":\"né " + i + "\"}");
        }
        assertThat(run("tail", topic, "--from", "end", "--timeout", "1s").out()).isEmpty();
    }

    @Test
    void plainTextHasNoKeysAndAnotherFieldCanBeTheKey() throws IOException {
        String plain = broker.createTopic(TestBroker.unique("plain"), 1);
        Path file = Files.writeString(folder.resolve("f.jsonl"), "{\"id\":\"1\",\"who\":\"ann\"}\n\n{\"id\":\"2\"}\n");

        assertThat(run("send", file.toString(), "--topic", plain, "--format", "plain").code()).isZero();
        assertThat(broker.consumeAll(plain)).hasSize(2).allMatch(r -> r.key() == null);

        String keyed = broker.createTopic(TestBroker.unique("keyed"), 1);
        assertThat(run("send", file.toString(), "--topic", keyed, "--key", "who").code()).isZero();
        assertThat(broker.consumeAll(keyed).getFirst().key()).isEqualTo("ann".getBytes(StandardCharsets.UTF_8));

        Path text = Files.writeString(folder.resolve("f.txt"), "hello\n");
        Cli refused = run("send", text.toString(), "--topic", keyed, "--format", "json");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("the first line is no JSON object", "sent 0 records");
    }

    @Test
    void aRecordThatTheBrokerRefusesFailsAloneAndTheCodeSaysSo() throws IOException {
        String topic = broker.createTopic(TestBroker.unique("small"), 1, Map.of("max.message.bytes", "5000"));
        Path file = Files.writeString(folder.resolve("f.txt"), "one\n" + "x".repeat(20_000) + "\nthree\n");

        Cli sent = run("send", file.toString(), "--topic", topic);

        assertThat(sent.code()).isEqualTo(1);
        assertThat(sent.err()).startsWith("sent 2 records").contains("; 1 failed, the first one: ");
        assertThat(broker.consumeAll(topic)).hasSize(2);
    }

    @Test
    void missingTopicsAreSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("f.txt"), "one\n");
        String topic = TestBroker.unique("none");
        assertThat(run("send", file.toString(), "--topic", topic).err())
                .isEqualTo("semblance: topic '" + topic + "' is missing: run `semblance topics create`\n");
        assertThat(run("tail", topic, "--timeout", "1s").err())
                .contains("semblance: topic '" + topic + "' is missing");
    }

    @Test
    void ourRecordsAreShownByTheirFields() throws IOException {
        String topic = broker.createTopic(TestBroker.unique("unique"), 1);
        RecordCodec codec = new RecordCodec();
        broker.produce(topic, new byte[]{'1'}, codec.encode(new TextEvent("1", "hello", 0, "ann", null, Map.of())));
        broker.produce(topic, "2", "not avro");

        long timestampMs = broker.consumeAll(topic).get(1).timestamp();
        assertThat(run("tail", topic, "--limit", "2").out().lines()).containsExactly(
                "1970-01-01T00:00:00Z  1 ann  hello", Instant.ofEpochMilli(timestampMs) + "  2  not avro");
        String first = run("tail", topic, "--json", "--limit", "1").out();
        assertThat(new ObjectMapper().readTree(first).get("text").asText()).isEqualTo("hello");
    }
}
