package dev.semblance.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every key of the program, with its default and one line of help. The order is the order of {@code config print}. */
public enum ConfigKey {
    ROLE("role", "all", "which applications this process runs: embed, detect or all"),
    BOOTSTRAP_SERVERS("bootstrap.servers", "localhost:9092", "Kafka brokers, host:port, separated by commas"),
    APPLICATION_ID("application.id", "semblance", "prefix of both applications' ids: <id>-embed and <id>-detect"),
    PROCESSING_GUARANTEE("processing.guarantee", "exactly_once_v2", "exactly_once_v2 or at_least_once"),
    COMMIT_INTERVAL("commit.interval", "0ms",
            "how often offsets, state and output are committed together; 0ms: 200ms exactly once, where nothing can be"
                    + " read before, and 1s at least once"),
    STATE_DIR(
            "state.dir", "",
            "folder for local state; empty: <temporary folder>/semblance-<application.id>"),
    REPLICATION_FACTOR(
            "replication.factor", "-1",
            "of topics made by the program; -1 takes the brokers' default"),
    STANDBY_REPLICAS("standby.replicas", "0", "warm copies of the state on other instances"),

    TOPIC_TEXTS("topic.texts", "texts", "input: text events"),
    TOPIC_WATCHES("topic.watches", "watches", "input: standing queries"),
    TOPIC_EMBEDDINGS("topic.embeddings", "embeddings", "output of embed, input of detect"),
    TOPIC_WATCH_VECTORS("topic.watch.vectors", "watch-vectors", "watches with their vectors"),
    TOPIC_ALERTS("topic.alerts", "alerts", "output: alerts"),
    TOPIC_UNIQUE("topic.unique", "unique", "output: events that are no suppressed duplicates"),
    TOPIC_DEAD_LETTERS("topic.dead.letters", "dead-letters", "output: records that could not be processed"),

    TEXTS_FORMAT("texts.format", "auto", "auto (sniffed), avro, json or plain"),
    TEXTS_JSON_ID("texts.json.id", "",
            "JSON pointer or field of the id; empty: the well-known names"),
    TEXTS_JSON_TEXT("texts.json.text", "",
            "JSON pointer or field of the text; empty: the well-known names"),
    TEXTS_JSON_TIMESTAMP(
            "texts.json.timestamp", "",
            "JSON pointer or field of the time; empty: the well-known names"),
    TEXTS_JSON_USER(
            "texts.json.user", "",
            "JSON pointer or field of the user; empty: the well-known names"),
    TEXT_MAX_BYTES(
            "text.max.bytes", "65536",
            "longest text in UTF-8 bytes; longer ones are dead letters"),
    TEXT_PREPROCESSING("text.preprocessing", "model",
            "model (as its manifest says), none, tweet-eval (@user, http) or bertweet (@USER, HTTPURL)"),
    TEXT_KEEP("text.keep", "true", "whether embeddings, alerts and unique carry the text"),
    SOURCE_KEEP("source.keep", "false", "whether embeddings and unique carry the original bytes"),
    MAX_FUTURE_SKEW("max.future.skew", "10m", "events further ahead of the clock than this are dead letters"),

    MODEL("model", "embedded", "embedded, or a folder that holds a model"),
    MODEL_VARIANT("model.variant", "auto",
            "which of the model's graphs: cpu-fp32, cpu-int8, cuda-fp16-packed, …; auto: as fits the device"),
    MODEL_MAX_TOKENS(
            "model.max.tokens", "0",
            "truncate texts to this many tokens; 0: as the manifest says"),
    MODEL_ALLOW_NONDETERMINISTIC("model.allow.nondeterministic", "false",
            "accept a model whose vectors depend on the batch"),
    TOKENIZER("tokenizer", "auto",
            "auto, huggingface (native) or wordpiece (Java, BERT only): the same tokens either way"),
    EXECUTION_PROVIDER("execution.provider", "cpu", "cpu, cuda or auto"),
    DEVICE_IDS("device.ids", "0",
            "CUDA devices, separated by commas; each gets an engine"),
    CUDA_LIBRARIES(
            "cuda.libraries", "",
            "folder with the CUDA 12 libraries; empty: those built in by the Maven profile cuda, else the system's"),
    CUDA_MEMORY_MAX_BYTES("cuda.memory.max.bytes", "0", "device memory the engine may take; 0: as much as it needs"),
    ENGINE_THREADS(
            "engine.threads", "0",
            "concurrent model runs; 0: one a core on cpu, two on cuda"),
    BATCH_MAX_TOKENS(
            "batch.max.tokens", "0",
            "padded tokens a batch; 0: 512 on cpu, 8192 on cuda"),
    BATCH_MAX_ROWS(
            "batch.max.rows", "0",
            "texts a batch; 0: 64 on cpu, 512 on cuda"),
    BATCH_LENGTH_BUCKET(
            "batch.length.bucket", "0",
            "texts are padded to a multiple of this many tokens; 0: 1 on cpu, 8 on cuda"),
    LINGER("linger", "0ms", "how long a batch may wait for more texts while a worker is idle"),
    QUEUE_MAX_TEXTS(
            "queue.max.texts",
            "4096",
            "texts waiting for the engine; then submitters block"),
    ENGINE_TIMEOUT("engine.timeout", "2m", "a run that takes longer means the device is lost"),
    CACHE_MAX_BYTES(
            "cache.max.bytes",
            "67108864",
            "bytes of the embedding cache; 0 turns it off"),

    EMBED_THREADS("embed.threads", "0",
            "stream threads of embed; as many as partitions keep a replay in order; 0: one a core, at most 4"),
    EMBED_INFLIGHT_MAX("embed.inflight.max", "512", "records in flight per task"),
    VECTOR_ENCODING("vector.encoding", "F32", "F32, F16 or I8"),

    DETECT_THREADS("detect.threads", "1", "stream threads of the detect application"),
    DETECT_APPLICATION_ID("detect.application.id", "",
            "id of the detect application: its group, state and internal topics; empty: <application.id>-detect"),
    DETECT_EMIT_FROM("detect.emit.from", "",
            "embeddings before it are decided, but nothing is written of them: never, an instant of their append, or"
                    + " partition:offset,…; empty: all is written"),
    WINDOW("window", "24h", "how far back in event time an original is looked for"),
    GRACE("grace", "10m", "how late an event may be and still see its whole window"),
    THRESHOLD("threshold", "0.9", "cosine from which two texts count as near-duplicates"),
    DETECT_MODE("detect.mode", "dedup",
            "dedup: copies of originals, unique without them; pairs: every pair in the window, unique with all"),
    DECAY_HALF_LIFE("decay.half.life", "0ms",
            "of the similarity of two events over the time between them; 0ms: no decay"),
    DEDUP_KINDS("dedup.kinds", "EXACT,NEAR", "match kinds kept from the unique topic"),
    REFRESH("refresh", "false", "whether a repeated original stays alive from its last copy on"),
    BURST_STEPS("burst.steps", "10,100,1000,10000",
            "cluster sizes that give a BURST alert, ascending; empty: none"),
    METERED_SOURCES("metered.sources", "0",
            "users with suppression counters of their own, by name, at most, a task; the others share (other); 0: no"
                    + " counters"),
    WINDOW_MAX_BYTES(
            "window.max.bytes", "1073741824",
            "bytes of one window shard; beyond it the oldest go early"),
    DETECT_EXACT("detect.exact", "false", "score every live vector: no pair is missed, but scans take about ten times"
            + " as long"),
    DETECT_MISS_PROBABILITY("detect.miss.probability", "0.000001",
            "how likely a pair at the threshold may be missed, unless detect.exact"),
    DETECT_CENTRE("detect.centre", "auto",
            "where the mean of a model whose texts are all alike is taken from, to be taken out of its sign codes: auto"
                    + " (the manifest of model), none, or a manifest.json or its folder"),
    WINDOW_SHARDS("window.shards", "1", "shards of the window; above 1 under exactly_once_v2 only"),
    REORDER("reorder", "200ms", "how long an event may be held to put partitions into event-time order"),
    SCAN_MAX_ROWS("scan.max.rows", "64", "events scanned against the window at once"),
    SCAN_THREADS("scan.threads", "1", "threads of each scan of a window, its stream thread included"),

    WATCH_MAX("watch.max", "100000", "watches, at most; further ones are refused"),
    WATCH_MAX_BYTES("watch.max.bytes", "536870912", "bytes of heap for watches, at most; further ones are refused"),
    WATCH_ALERTS_MAX("watch.alerts.max", "1000", "WATCH alerts of one event, at most: the closest"),

    HTTP_ENABLED("http.enabled", "true", "serve /metrics, /live and /ready"),
    HTTP_HOST("http.host", "127.0.0.1", "address to listen on"),
    HTTP_PORT("http.port", "8077", "port to listen on; 0 takes a free one");

    private static final Map<String, ConfigKey> BY_KEY = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(ConfigKey::key, Function.identity()));

    private final String key;
    private final String defaultValue;
    private final String doc;

    ConfigKey(String key, String defaultValue, String doc) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.doc = doc;
    }

    /** As written in files and after {@code -o}. */
    public String key() {
        return key;
    }

    public String defaultValue() {
        return defaultValue;
    }

    public String doc() {
        return doc;
    }

    /** {@code SEMBLANCE_} and the key in capitals, dots as underscores. */
    public String environmentName() {
        return "SEMBLANCE_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** The key of that name, or null. */
    public static ConfigKey find(String key) {
        return BY_KEY.get(key);
    }
}
