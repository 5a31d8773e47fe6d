package dev.semblance.local;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What the broker keeps on disk: {@code broker.properties}, {@code broker.log} (its log), {@code broker.out} (what the
 * JVM itself says), {@code broker.lock} (held by the process) and {@code data}. Thread: guarded by its {@link LocalBroker}.
 */
final class BrokerFolder {

    private static final String DATA = "data";
    private static final String META = "meta.properties";
    private static final String PROPERTIES = "broker.properties";
    private static final int DELETE_ATTEMPTS = 5;

    private final Path root;
    private final boolean temporary;
    private long logStartBytes;

    private BrokerFolder(Path root, boolean temporary) {
        this.root = root;
        this.temporary = temporary;
    }

    /** @param dataDir null for a temporary folder */
    static BrokerFolder open(Path dataDir) {
        try {
            if (dataDir == null) {
                return new BrokerFolder(Files.createTempDirectory("semblance-broker-"), true);
            }
            Path root = Files.createDirectories(dataDir.toAbsolutePath().normalize());
            refuseForeign(root);
            return new BrokerFolder(root, false);
        } catch (IOException e) {
            throw new LocalBrokerException(
                    "the local broker's folder " + (dataDir == null ? System.getProperty("java.io.tmpdir") : dataDir)
                            + " cannot be made: " + e + "; name a folder that can be written",
                    e);
        }
    }

    private static void refuseForeign(Path root) throws IOException {
        try (Stream<Path> content = Files.list(root)) {
            if (content.findAny().isPresent() && !Files.exists(root.resolve(PROPERTIES))) {
                throw new LocalBrokerException("the folder " + root
                        + " is not empty and holds no data of a local broker; name an empty or a new folder");
            }
        }
    }

    /** Writes the broker's configuration for these ports, and remembers where the log of this start begins. */
    void prepare(FreePorts ports) throws IOException {
        Files.write(properties(), serverProperties(ports), StandardCharsets.UTF_8);
        logStartBytes = Files.exists(log()) ? Files.size(log()) : 0;
        Files.deleteIfExists(output());
    }

    private List<String> serverProperties(FreePorts ports) {
        String client = "PLAINTEXT://127.0.0.1:" + ports.client();
        return List.of("process.roles=broker,controller", "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + ports.controller(),
                "listeners=" + client + ",CONTROLLER://127.0.0.1:" + ports.controller(),
                "advertised.listeners=" + client, "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=PLAINTEXT",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                // Backslashes are escapes in a properties file.
                "log.dirs=" + data().toString().replace("\\", "\\\\"), "auto.create.topics.enable=false",
                // One node: nothing can be replicated, nobody else will join a group.
                "default.replication.factor=1", "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=4",
                "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
                "transaction.state.log.num.partitions=4", "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1", "share.coordinator.state.topic.num.partitions=1",
                "group.initial.rebalance.delay.ms=0",
                // A text record may be 16 MiB, and carries headers and a batch around it.
                "message.max.bytes=20971520",
                // Small: the machine belongs to the program.
                "num.network.threads=2", "num.io.threads=4", "num.recovery.threads.per.data.dir=1",
                "background.threads=2", "log.cleaner.threads=1", "log.cleaner.dedupe.buffer.size=8388608");
    }

    Path root() {
        return root;
    }

    Path properties() {
        return root.resolve(PROPERTIES);
    }

    Path data() {
        return root.resolve(DATA);
    }

    /** As formatted; null before. */
    String clusterId() {
        Properties stored = new Properties();
        try (Reader reader = Files.newBufferedReader(data().resolve(META))) {
            stored.load(reader);
        } catch (IOException e) {
            return null;
        }
        return stored.getProperty("cluster.id");
    }

    Path log() {
        return root.resolve("broker.log");
    }

    Path output() {
        return root.resolve("broker.out");
    }

    boolean temporary() {
        return temporary;
    }

    /** What the broker and its JVM have said since {@link #prepare}. */
    List<String> logSinceStart() {
        try {
            byte[] log = Files.exists(log()) ? Files.readAllBytes(log()) : new byte[0];
            // A log that was rolled over in between is shorter than it was: all of it is new.
            int from = log.length >= logStartBytes ? (int) logStartBytes : 0;
            String text = new String(log, from, log.length - from, StandardCharsets.UTF_8);
            String output = Files.exists(output()) ? Files.readString(output(), StandardCharsets.ISO_8859_1) : "";
            return Stream.concat(text.lines(), output.lines()).toList();
        } catch (IOException e) {
            return List.of("(" + log() + " cannot be read: " + e + ")");
        }
    }

    /** Deletes a temporary folder; leaves a given one. */
    void release() {
        if (temporary) {
            delete(root);
        }
    }

    /** Deletes a folder that its owner may still be writing to for a moment. */
    static void delete(Path root) {
        for (int attempt = 1;; attempt++) {
            try {
                deleteOnce(root);
                return;
            } catch (IOException e) {
                if (attempt == DELETE_ATTEMPTS) {
                    throw new UncheckedIOException("the temporary folder " + root + " cannot be deleted", e);
                }
            }
        }
    }

    private static void deleteOnce(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.deleteIfExists(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
