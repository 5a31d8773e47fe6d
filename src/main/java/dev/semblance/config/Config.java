package dev.semblance.config;

import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelMean;
import dev.semblance.record.VectorEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The whole configuration, checked: immutable, no live objects, one slice per room. */
public record Config(Role role, Kafka kafka, Topics topics, Texts texts, Model model, Engine engine, Embed embed,
        Detect detect, DetectApplication detectApplication, Watches watches, Http http) {

    private static final String ID = "[a-zA-Z0-9._-]{1,100}";
    private static final String ID_CHARACTERS = "letters, digits, '.', '_' and '-'";

    /** Which applications a process runs. */
    public enum Role {
        EMBED,
        DETECT,
        ALL;

        public boolean embeds() {
            return this != DETECT;
        }

        public boolean detects() {
            return this != EMBED;
        }
    }

    /** Where inference runs. */
    public enum ExecutionProvider {
        CPU,
        CUDA,
        AUTO
    }

    /** What the detect stage looks for. */
    public enum DetectMode {
        /** Events that repeat an original; only originals stay candidates. */
        DEDUP,
        /** Every pair of similar events. */
        PAIRS
    }

    /** How input records are read. */
    public enum TextsFormat {
        AUTO,
        AVRO,
        JSON,
        PLAIN
    }

    /**
     * @param replicationFactor −1 for the brokers' default
     * @param common            {@code kafka.*} keys without their prefix, for every client
     * @param producer          {@code producer.*} keys without their prefix
     * @param consumer          {@code consumer.*} keys without their prefix
     */
    public record Kafka(String bootstrapServers, String applicationId, boolean exactlyOnce, Duration commitInterval,
            Path stateDir, int replicationFactor, int standbyReplicas, Map<String, String> common,
            Map<String, String> producer, Map<String, String> consumer) {

        public String embedApplicationId() {
            return applicationId + "-embed";
        }

        /** What the detect application is called that was given no id of its own. */
        public String detectApplicationId() {
            return applicationId + "-detect";
        }
    }

    /**
     * Names of the public topics.
     *
     * @param control what the shards of this detect application tell each other; only there with several shards
     */
    public record Topics(String texts, String watches, String embeddings, String watchVectors, String alerts,
            String unique, String deadLetters, String control) {}

    /** How texts are decoded. Field names are JSON pointers where they begin with a slash; null: the known names. */
    public record Texts(TextsFormat format, String jsonId, String jsonText, String jsonTimestamp, String jsonUser,
            int maxBytes, Duration maxFutureSkew) {}

    /**
     * @param folder    null for the embedded model
     * @param maxTokens 0 for the manifest's
     * @param variant   name of one of the model's graphs, or {@code auto}
     */
    public record Model(Path folder, int maxTokens, boolean allowNondeterministic, String variant) {}

    /**
     * Zero in {@code threads}, {@code batchMaxTokens}, {@code batchMaxRows} and {@code batchLengthBucket} means: as
     * fits the execution provider.
     *
     * @param cuda its libraries and memory
     */
    public record Engine(ExecutionProvider provider, List<Integer> deviceIds, Cuda cuda, int threads,
            int batchMaxTokens, int batchMaxRows, int batchLengthBucket, Duration linger, int queueMaxTexts,
            Duration timeout, long cacheMaxBytes) {}

    /**
     * @param libraries      folder, null for those of the class path or the system
     * @param memoryMaxBytes 0 for as much as is needed
     */
    public record Cuda(Path libraries, long memoryMaxBytes) {

        /** Nothing configured. */
        public static final Cuda STANDARD = new Cuda(null, 0);
    }

    /**
     * @param preprocessing {@code model}, {@code none}, {@code tweet-eval} or {@code bertweet}
     * @param tokenizer     {@code auto}, {@code huggingface} or {@code wordpiece}
     */
    public record Embed(int threads, int inFlightMax, VectorEncoding vectorEncoding, String preprocessing,
            String tokenizer, boolean keepText, boolean keepSource) {}

    /**
     * @param decayHalfLife   zero for no decay
     * @param suppressedKinds match kinds kept from the unique topic
     * @param burstSteps      cluster sizes that give a BURST alert, ascending, each at least 2
     * @param meteredSources  users with counters of their own, at most; 0 for no counters
     * @param exact           whether every live vector is scored
     * @param missProbability of a pair at the threshold, at most, where not exact
     * @param centre          where the mean is taken from: {@code auto}, {@code none}, or a model's manifest or folder
     * @param mean            what {@code centre} names; null while it has not been read, and where there is none
     * @param scanThreads     threads of each scan, the owner's of the window included
     */
    public record Detect(int threads, DetectMode mode, Duration window, Duration grace, double threshold,
            Duration decayHalfLife, Set<MatchKind> suppressedKinds, boolean refresh, List<Integer> burstSteps,
            int meteredSources, long windowMaxBytes, int shards, Duration reorder, int scanMaxRows,
            VectorEncoding vectorEncoding, boolean exact, double missProbability, String centre, ModelMean mean,
            int scanThreads) {

        /** The same but for the threshold, whatever its range. */
        public Detect withThreshold(double other) {
            return new Detect(threads, mode, window, grace, other, decayHalfLife, suppressedKinds, refresh, burstSteps,
                    meteredSources, windowMaxBytes, shards, reorder, scanMaxRows, vectorEncoding, exact,
                    missProbability, centre, mean, scanThreads);
        }

        /** The same with the mean that {@code centre} names. */
        public Detect withMean(ModelMean other) {
            return new Detect(threads, mode, window, grace, threshold, decayHalfLife, suppressedKinds, refresh,
                    burstSteps, meteredSources, windowMaxBytes, shards, reorder, scanMaxRows, vectorEncoding, exact,
                    missProbability, centre, other, scanThreads);
        }

        /** The same but for what is kept from the unique topic. */
        public Detect withSuppressedKinds(Set<MatchKind> others) {
            return new Detect(threads, mode, window, grace, threshold, decayHalfLife, Set.copyOf(others), refresh,
                    burstSteps, meteredSources, windowMaxBytes, shards, reorder, scanMaxRows, vectorEncoding, exact,
                    missProbability, centre, mean, scanThreads);
        }
    }

    /**
     * Which of several detect applications over the same embeddings this one is.
     *
     * @param id       its consumer group, and what its state folder and its internal topics are named after
     * @param emitFrom where its own part of the embeddings begins
     */
    public record DetectApplication(String id, EmitFrom emitFrom) {}

    /**
     * @param max       watches that are held
     * @param maxBytes  of heap that they may take
     * @param alertsMax of one event
     */
    public record Watches(int max, long maxBytes, int alertsMax) {}

    /** @param port 0 for any free one */
    public record Http(boolean enabled, String host, int port) {}

    /** The same with the mean that {@code detect.centre} names. */
    public Config withMean(ModelMean mean) {
        return new Config(role, kafka, topics, texts, model, engine, embed, detect.withMean(mean),
                detectApplication, watches, http);
    }

    static Config of(ConfigSource s) {
        Parser p = new Parser(s);
        Role role = p.oneOf(ConfigKey.ROLE, Role.class);
        VectorEncoding encoding = p.oneOf(ConfigKey.VECTOR_ENCODING, VectorEncoding.class);
        Kafka kafka = kafka(p, s);
        DetectApplication detectApplication = detectApplication(p, kafka);
        return new Config(role, kafka, topics(p, detectApplication), texts(p), model(p), engine(p),
                embed(p, encoding), detect(p, encoding), detectApplication, watches(p), http(p));
    }

    private static Kafka kafka(Parser p, ConfigSource s) {
        String id = p.matching(ConfigKey.APPLICATION_ID, ID, ID_CHARACTERS);
        String dir = s.get(ConfigKey.STATE_DIR).value();
        Path stateDir = dir.isEmpty()
                ? Path.of(System.getProperty("java.io.tmpdir"), "semblance-" + id)
                : p.path(ConfigKey.STATE_DIR);
        boolean exactlyOnce = p
                .matching(ConfigKey.PROCESSING_GUARANTEE, "exactly_once_v2|at_least_once",
                        "exactly_once_v2 or at_least_once")
                .equals("exactly_once_v2");
        refuseForeignProtocol(p);
        return new Kafka(p.brokers(ConfigKey.BOOTSTRAP_SERVERS), id, exactlyOnce,
                commitInterval(p, exactlyOnce), stateDir,
                p.integer(ConfigKey.REPLICATION_FACTOR, -1, 32), p.integer(ConfigKey.STANDBY_REPLICAS, 0, 8),
                p.clientSettings("kafka."), p.clientSettings("producer."), p.clientSettings("consumer."));
    }

    /** The other protocols make consumers of their own, which vectors cannot wake. */
    private static void refuseForeignProtocol(Parser p) {
        for (String prefix : List.of("kafka.", "consumer.")) {
            String protocol = p.clientSettings(prefix).getOrDefault("group.protocol", "classic");
            if (!protocol.equalsIgnoreCase("classic")) {
                throw new ConfigException(prefix + "group.protocol=" + protocol
                        + ": expected classic, the only one that works with this program");
            }
        }
    }

    private static Duration commitInterval(Parser p, boolean exactlyOnce) {
        Duration asked = p.duration(ConfigKey.COMMIT_INTERVAL, Duration.ZERO, Duration.ofMinutes(1));
        if (asked.isZero()) {
            return exactlyOnce ? Duration.ofMillis(200) : Duration.ofSeconds(1);
        }
        return p.duration(ConfigKey.COMMIT_INTERVAL, Duration.ofMillis(10), Duration.ofMinutes(1));
    }

    private static Topics topics(Parser p, DetectApplication detect) {
        Topics t = new Topics(p.topic(ConfigKey.TOPIC_TEXTS), p.topic(ConfigKey.TOPIC_WATCHES),
                p.topic(ConfigKey.TOPIC_EMBEDDINGS), p.topic(ConfigKey.TOPIC_WATCH_VECTORS),
                p.topic(ConfigKey.TOPIC_ALERTS), p.topic(ConfigKey.TOPIC_UNIQUE),
                p.topic(ConfigKey.TOPIC_DEAD_LETTERS), detect.id() + "-control");
        List<String> names = List.of(t.texts, t.watches, t.embeddings, t.watchVectors, t.alerts, t.unique,
                t.deadLetters, t.control);
        // Brokers refuse names that differ in '.' and '_' only: their metric names would collide.
        if (names.stream().map(n -> n.replace('.', '_')).distinct().count() < names.size()) {
            throw new ConfigException("topic.*: each topic needs a name of its own ('.' and '_' count as the same),"
                    + " but they are " + names);
        }
        return t;
    }

    private static Texts texts(Parser p) {
        return new Texts(p.oneOf(ConfigKey.TEXTS_FORMAT, TextsFormat.class), p.orNull(ConfigKey.TEXTS_JSON_ID),
                p.orNull(ConfigKey.TEXTS_JSON_TEXT), p.orNull(ConfigKey.TEXTS_JSON_TIMESTAMP),
                p.orNull(ConfigKey.TEXTS_JSON_USER), p.integer(ConfigKey.TEXT_MAX_BYTES, 1, 1 << 20),
                p.duration(ConfigKey.MAX_FUTURE_SKEW, Duration.ZERO, Duration.ofDays(36_500)));
    }

    private static Model model(Parser p) {
        String model = p.nonEmpty(ConfigKey.MODEL);
        return new Model(model.equals("embedded") ? null : p.path(ConfigKey.MODEL),
                p.integer(ConfigKey.MODEL_MAX_TOKENS, 0, 8192), p.bool(ConfigKey.MODEL_ALLOW_NONDETERMINISTIC),
                p.matching(ConfigKey.MODEL_VARIANT, "[A-Za-z0-9][A-Za-z0-9._-]*", "auto or the name of a variant"));
    }

    private static Engine engine(Parser p) {
        String libraries = p.orNull(ConfigKey.CUDA_LIBRARIES);
        return new Engine(p.oneOf(ConfigKey.EXECUTION_PROVIDER, ExecutionProvider.class),
                p.integers(ConfigKey.DEVICE_IDS, 0, 255),
                new Cuda(libraries == null ? null : p.path(ConfigKey.CUDA_LIBRARIES),
                        p.longInteger(ConfigKey.CUDA_MEMORY_MAX_BYTES, 0, 1L << 44)),
                p.integer(ConfigKey.ENGINE_THREADS, 0, 1024), p.integer(ConfigKey.BATCH_MAX_TOKENS, 0, 1 << 20),
                p.integer(ConfigKey.BATCH_MAX_ROWS, 0, 1 << 16), p.integer(ConfigKey.BATCH_LENGTH_BUCKET, 0, 512),
                p.duration(ConfigKey.LINGER, Duration.ZERO, Duration.ofSeconds(10)),
                p.integer(ConfigKey.QUEUE_MAX_TEXTS, 1, 1 << 20),
                p.duration(ConfigKey.ENGINE_TIMEOUT, Duration.ofSeconds(1), Duration.ofMinutes(4)),
                p.longInteger(ConfigKey.CACHE_MAX_BYTES, 0, 1L << 40));
    }

    private static Embed embed(Parser p, VectorEncoding encoding) {
        int threads = p.integer(ConfigKey.EMBED_THREADS, 0, 256);
        return new Embed(threads == 0 ? Math.min(4, Runtime.getRuntime().availableProcessors()) : threads,
                p.integer(ConfigKey.EMBED_INFLIGHT_MAX, 1, 65_536),
                encoding,
                p.matching(ConfigKey.TEXT_PREPROCESSING, "model|none|tweet-eval|bertweet",
                        "model, none, tweet-eval or bertweet"),
                p.matching(ConfigKey.TOKENIZER, "auto|huggingface|wordpiece", "auto, huggingface or wordpiece"),
                p.bool(ConfigKey.TEXT_KEEP), p.bool(ConfigKey.SOURCE_KEEP));
    }

    private static Detect detect(Parser p, VectorEncoding encoding) {
        Set<MatchKind> kinds = EnumSet.noneOf(MatchKind.class);
        kinds.addAll(p.setOf(ConfigKey.DEDUP_KINDS, MatchKind.class));
        int shards = p.integer(ConfigKey.WINDOW_SHARDS, 1, 128);
        boolean exactlyOnce = p.nonEmpty(ConfigKey.PROCESSING_GUARANTEE).equals("exactly_once_v2");
        boolean runsHere = p.oneOf(ConfigKey.ROLE, Role.class) != Role.EMBED;
        if (shards > 1 && !exactlyOnce && runsHere) {
            throw new ConfigException("window.shards=" + shards + " with processing.guarantee=at_least_once: after a"
                    + " crash, shards could be told two orders of the same events, and disagree; set"
                    + " processing.guarantee=exactly_once_v2 or window.shards=1");
        }
        DetectMode mode = p.oneOf(ConfigKey.DETECT_MODE, DetectMode.class);
        Duration halfLife = p.duration(ConfigKey.DECAY_HALF_LIFE, Duration.ZERO, Duration.ofDays(36_500));
        boolean refresh = p.bool(ConfigKey.REFRESH);
        if (mode == DetectMode.PAIRS && refresh) {
            throw new ConfigException("refresh=true: detect.mode=pairs has no originals to keep alive; set"
                    + " refresh=false");
        }
        return new Detect(p.integer(ConfigKey.DETECT_THREADS, 1, 256), mode,
                p.duration(ConfigKey.WINDOW, Duration.ofMillis(1), Duration.ofDays(3650)),
                p.duration(ConfigKey.GRACE, Duration.ZERO, Duration.ofDays(3650)),
                p.decimal(ConfigKey.THRESHOLD, 0.5, 0.999), halfLife, Set.copyOf(kinds), refresh,
                p.ascending(ConfigKey.BURST_STEPS, 2, 1_000_000_000), p.integer(ConfigKey.METERED_SOURCES, 0, 1_000),
                p.longInteger(ConfigKey.WINDOW_MAX_BYTES, 1 << 20, 1L << 42), shards,
                p.duration(ConfigKey.REORDER, Duration.ZERO, Duration.ofMinutes(1)),
                p.integer(ConfigKey.SCAN_MAX_ROWS, 1, 4096), encoding, p.bool(ConfigKey.DETECT_EXACT),
                p.decimal(ConfigKey.DETECT_MISS_PROBABILITY, 1e-12, 0.01), p.nonEmpty(ConfigKey.DETECT_CENTRE), null,
                p.integer(ConfigKey.SCAN_THREADS, 1, 256));
    }

    private static DetectApplication detectApplication(Parser p, Kafka kafka) {
        String id = p.orNull(ConfigKey.DETECT_APPLICATION_ID) == null
                ? kafka.detectApplicationId()
                : p.matching(ConfigKey.DETECT_APPLICATION_ID, ID, ID_CHARACTERS);
        if (id.equals(kafka.embedApplicationId())) {
            throw ConfigException.of(ConfigKey.DETECT_APPLICATION_ID, id,
                    "is the id of the embed application; expected another one");
        }
        return new DetectApplication(id, p.emitFrom(ConfigKey.DETECT_EMIT_FROM));
    }

    private static Watches watches(Parser p) {
        return new Watches(p.integer(ConfigKey.WATCH_MAX, 0, 10_000_000),
                p.longInteger(ConfigKey.WATCH_MAX_BYTES, 1 << 20, 1L << 40),
                p.integer(ConfigKey.WATCH_ALERTS_MAX, 1, 100_000));
    }

    private static Http http(Parser p) {
        return new Http(p.bool(ConfigKey.HTTP_ENABLED), p.nonEmpty(ConfigKey.HTTP_HOST),
                p.integer(ConfigKey.HTTP_PORT, 0, 65_535));
    }
}
