package dev.semblance.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.local.LocalBroker.Options;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.TestBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(BrokerExtension.class)
class LocalBrokerIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    Path dir;

    @Test
    void recordsComeBackByteForByteInOrder(TestBroker broker) {
        String topic = broker.createTopic(TestBroker.unique("bytes"), 1);
        byte[] value = {0, (byte) 0xff, 'a'};
        broker.produce(topic, new byte[]{1}, value);
        broker.produce(topic, null, (String) null);
        broker.produce(topic, "k", "täxt");

        List<ConsumerRecord<byte[], byte[]>> found = broker.consume(topic, 3, TIMEOUT);

        assertThat(found).hasSize(3).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 2L);
        assertThat(found.getFirst().value()).isEqualTo(value);
        assertThat(found.get(1).value()).isNull();
        assertThat(new String(found.get(2).value(), UTF_8)).isEqualTo("täxt");
        assertThat(broker.consumeAll(topic)).hasSize(3);
    }

    @Test
    void onlyCommittedTransactionsAreRead(TestBroker broker) throws Exception {
        String topic = broker.createTopic(TestBroker.unique("transactions"), 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", topic),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            assertThat(producer.send(new ProducerRecord<>(topic, bytes("aborted"))).get().hasOffset()).isTrue();
            producer.abortTransaction();
            producer.beginTransaction();
            assertThat(producer.send(new ProducerRecord<>(topic, bytes("committed"))).get().hasOffset()).isTrue();
            producer.commitTransaction();
        }

        assertThat(broker.consumeAll(topic)).extracting(r -> new String(r.value(), UTF_8)).containsExactly("committed");
    }

    @Test
    void listensOnLoopbackOnlyAndMakesNoTopicByItself(TestBroker broker) throws Exception {
        assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
        assertThat(broker.admin().describeCluster().nodes().get()).singleElement()
                .satisfies(n -> assertThat(n.host()).isEqualTo("127.0.0.1"));
        assertThat(broker.admin().listTopics().names().get()).doesNotContain("never-made");
    }

    @Test
    void dataSurvivesSigkillAndAnotherStart() throws Exception {
        Path folder = dir.resolve("kept");
        try (LocalBroker broker = LocalBroker.start(Options.in(folder))) {
            createTopic(broker, "kept");
            send(broker, IntStream.range(0, 500).mapToObj(i -> "before " + i).toList());
            String address = broker.bootstrapServers();
            broker.kill();
            assertThat(broker.isAlive()).isFalse();

            broker.restart();

            assertThat(broker.bootstrapServers()).isEqualTo(address);
            assertThat(read(broker, 500)).hasSize(500).last().isEqualTo("before 499");
            send(broker, List.of("after"));
        }
        assertThat(folder.resolve("broker.log")).isNotEmptyFile();

        try (LocalBroker again = LocalBroker.start(Options.in(folder))) {
            assertThat(read(again, 501)).hasSize(501).last().isEqualTo("after");
        }
    }

    @Test
    void closeLeavesNoProcessAndNoFiles() {
        LocalBroker broker = LocalBroker.start(Options.temporary());
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        Path folder = broker.dataDir();
        assertThat(folder).isNotEmptyDirectory();

        broker.close();
        broker.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(folder).doesNotExist();
        assertThatThrownBy(broker::restart).isInstanceOf(IllegalStateException.class);
    }

    /** Ctrl-C in a terminal interrupts the whole group; the clients must be able to close first. */
    @Test
    void anInterruptLeavesTheBrokerRunning() throws Exception {
        try (LocalBroker broker = LocalBroker.start(Options.in(dir))) {
            int status = new ProcessBuilder("kill", "-INT", Long.toString(broker.pid())).start().waitFor();
            assertThat(status).isZero();
            createTopic(broker, "kept");
            send(broker, List.of("still here"));
            assertThat(read(broker, 1)).containsExactly("still here");
        }
    }

    @Test
    void aFolderOfSomethingElseIsRefused() throws IOException {
        Files.writeString(dir.resolve("thesis.txt"), "precious");
        assertThatThrownBy(() -> LocalBroker.start(Options.in(dir))).isInstanceOf(LocalBrokerException.class)
                .hasMessageContaining("is not empty");
        assertThat(dir.resolve("thesis.txt")).hasContent("precious");
    }

    @Test
    void aTakenPortIsExplained() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Options options = new Options(dir.resolve("taken"), TIMEOUT, taken.getLocalPort());
            assertThatThrownBy(() -> LocalBroker.start(options)).isInstanceOf(LocalBrokerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " of 127.0.0.1 is taken")
                    .hasMessageContaining("port 0");
        }
    }

    @Test
    void aFolderInUseIsExplainedAndItsBrokerGoesOn() throws Exception {
        try (LocalBroker first = LocalBroker.start(Options.in(dir))) {
            assertThatThrownBy(() -> LocalBroker.start(Options.in(dir))).isInstanceOf(LocalBrokerException.class)
                    .hasMessageContaining("another broker is running with this folder")
                    .hasMessageContaining("last lines of its log").hasMessageContaining("broker.lock");
            createTopic(first, "kept");
        }
    }

    @Test
    void dataOfAnotherNodeIsExplained() throws IOException {
        LocalBroker.start(Options.in(dir)).close();
        Path meta = dir.resolve("data").resolve("meta.properties");
        Files.writeString(meta, Files.readString(meta).replace("node.id=1", "node.id=7"));

        assertThatThrownBy(() -> LocalBroker.start(Options.in(dir))).isInstanceOf(LocalBrokerException.class)
                .hasMessageContaining("the data of another cluster or node");
    }

    @Test
    void tooLittleTimeIsExplainedAndLeavesNothing() throws IOException {
        Options options = new Options(dir.resolve("slow"), Duration.ofMillis(1), 0);
        assertThatThrownBy(() -> LocalBroker.start(options)).isInstanceOf(LocalBrokerException.class)
                .hasMessageContaining("did not answer within 1ms");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)
                .map(p -> p.info().commandLine().orElse(""))).noneMatch(c -> c.contains(dir.toString()));
    }

    @Test
    void theParentsDeathEndsTheBrokerAndItsTemporaryData() throws Exception {
        Process parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), BrokerOwner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = parent.inputReader()) {
            ProcessHandle broker = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            Path folder = Path.of(out.readLine());
            assertThat(broker.isAlive()).isTrue();
            assertThat(folder).exists();

            parent.destroyForcibly();

            broker.onExit().get(30, TimeUnit.SECONDS);
            assertThat(folder).doesNotExist();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void signalsToBothProcessesLeaveNoTemporaryData() throws Exception {
        Process parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), BrokerOwner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = parent.inputReader()) {
            ProcessHandle broker = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            Path folder = Path.of(out.readLine());
            broker.destroy();
            broker.onExit().get(30, TimeUnit.SECONDS);
            parent.destroy();
            assertThat(parent.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(folder).doesNotExist();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void theParentsDeathEndsABrokerWhoseDataIsKeptInOrder() throws Exception {
        Process parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), BrokerOwner.class.getName(), dir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = parent.inputReader()) {
            ProcessHandle broker = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            parent.destroyForcibly();
            broker.onExit().get(30, TimeUnit.SECONDS);
        } finally {
            parent.destroyForcibly().waitFor();
        }
        // Written by the broker as the last thing of an orderly end.
        try (Stream<Path> data = Files.list(dir.resolve("data"))) {
            assertThat(data.map(p -> p.getFileName().toString())).contains(".kafka_cleanshutdown");
        }
    }

    /** Starts a broker, prints its pid and folder, and waits to be killed. */
    static final class BrokerOwner {

        public static void main(String[] args) throws InterruptedException {
            try (LocalBroker broker = LocalBroker.start(Options.in(args.length > 0 ? Path.of(args[0]) : null))) {
                System.out.println(broker.pid() + System.lineSeparator() + broker.dataDir());
                Thread.sleep(TIMEOUT.toMillis());
            }
        }
    }

    private static void createTopic(LocalBroker broker, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    private static void send(LocalBroker broker, List<String> values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"), new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = values.stream()
                    .map(v -> producer.send(new ProducerRecord<>("kept", bytes(v)))).toList();
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    private static List<String> read(LocalBroker broker, int n) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition("kept", 0)));
            List<String> found = new ArrayList<>();
            long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
            while (found.size() < n && System.nanoTime() - deadlineNs < 0) {
                consumer.poll(Duration.ofMillis(100)).forEach(r -> found.add(new String(r.value(), UTF_8)));
            }
            return found;
        }
    }

    private static byte[] bytes(String s) {
        return s.getBytes(UTF_8);
    }
}
