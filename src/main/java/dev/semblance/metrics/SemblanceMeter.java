package dev.semblance.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** All meters that Semblance itself records. A test compares this list with the table in {@code docs/OPERATIONS.md}. */
public enum SemblanceMeter {
    DEAD_LETTERS("semblance.dead.letters", Type.COUNTER, "records",
            "dead letters; tags stage and reason"),
    EMBED_EVENTS("semblance.embed.events", Type.COUNTER, "events", "texts forwarded with a vector; tag input"),
    EMBED_DELETES("semblance.embed.deletes", Type.COUNTER, "records", "deletes passed on; tag input"),
    EMBED_TRUNCATED("semblance.embed.truncated", Type.COUNTER, "events",
            "texts cut off at the model's maximum tokens"),
    EMBED_IN_FLIGHT(
            "semblance.embed.in.flight", Type.GAUGE, "records",
            "records waiting for their vectors; tag task"),
    EMBED_LATENCY("semblance.embed.latency", Type.TIMER, "seconds", "from a record's arrival in embed to its forward"),

    ENGINE_QUEUE_DEPTH("semblance.engine.queue.depth", Type.GAUGE, "texts",
            "texts waiting for the device; tag device"),
    ENGINE_QUEUE_TIME("semblance.engine.queue.time", Type.TIMER, "seconds", "from submission to the start of the run"),
    ENGINE_BATCH_ROWS("semblance.engine.batch.rows", Type.SUMMARY, "texts", "texts a batch"),
    ENGINE_BATCH_TOKENS("semblance.engine.batch.tokens", Type.SUMMARY, "tokens", "tokens a batch, padding included"),
    ENGINE_TOKENS("semblance.engine.tokens", Type.COUNTER, "tokens", "tokens run, padding left out"),
    ENGINE_PADDING_TOKENS("semblance.engine.padding.tokens", Type.COUNTER, "tokens", "padding tokens run"),
    ENGINE_DEVICE_TIME(
            "semblance.engine.device.time", Type.TIMER, "seconds",
            "duration of one model run; tag device"),
    ENGINE_DEVICE_LOST("semblance.engine.device.lost", Type.GAUGE, "flag", "1 once a device has failed for good"),
    CACHE_HITS("semblance.cache.hits", Type.COUNTER, "texts", "texts answered by the embedding cache"),
    CACHE_MISSES("semblance.cache.misses", Type.COUNTER, "texts", "texts that went to the device"),
    CACHE_BYTES("semblance.cache.bytes", Type.GAUGE, "bytes", "bytes held by the embedding cache"),

    DETECT_EVENTS("semblance.detect.events", Type.COUNTER, "events", "events decided"),
    DETECT_UNIQUE("semblance.detect.unique", Type.COUNTER, "events", "events passed to the unique topic"),
    DETECT_SUPPRESSED("semblance.detect.suppressed", Type.COUNTER, "events", "duplicates kept from the unique topic"),
    DETECT_LATE("semblance.detect.late", Type.COUNTER, "events", "events older than window and grace: not matched"),
    DETECT_QUIET("semblance.detect.quiet", Type.COUNTER, "records",
            "events and deletes from before detect.emit.from: decided, but not written about, and not counted elsewhere"),
    DETECT_DUPLICATES(
            "semblance.detect.duplicates", Type.COUNTER, "events",
            "events with an original, in detect.mode=dedup; tag kind"),
    DETECT_SOURCE_EVENTS("semblance.detect.source.events", Type.COUNTER, "events",
            "events decided, late ones left out; tag source: a user, (other) or (none)"),
    DETECT_SOURCE_SUPPRESSED("semblance.detect.source.suppressed", Type.COUNTER, "events",
            "of those, duplicates kept from the unique topic; tag source"),
    DETECT_ALERTS("semblance.detect.alerts",
            Type.COUNTER, "alerts", "alerts; tag kind (NEAR_DUPLICATE, BURST, WATCH)"),
    DETECT_IN_FLIGHT(
            "semblance.detect.in.flight", Type.GAUGE, "events",
            "events held for order or scan; tag task"),
    DETECT_OPEN("semblance.detect.open", Type.GAUGE, "events",
            "events of a shard that are not decided, with window.shards above 1; tag task"),
    DETECT_WAITING("semblance.detect.waiting", Type.GAUGE, "matches",
            "matches whose fate is not known, or in detect.mode=pairs partners kept, with window.shards above 1; tag task"),
    DETECT_LATENCY("semblance.detect.latency", Type.TIMER, "seconds",
            "from an event's arrival in detect to its verdict"),
    WINDOW_LIVE(
            "semblance.window.live", Type.GAUGE, "vectors",
            "originals in the window; tag task"),
    WINDOW_BYTES(
            "semblance.window.bytes", Type.GAUGE,
            "bytes",
            "memory of the window; tag task"),
    WINDOW_CUT("semblance.window.cut", Type.COUNTER, "vectors",
            "originals dropped early because window.max.bytes was reached"),
    WINDOW_SURVIVAL_RATE("semblance.window.survival.rate", Type.GAUGE, "ratio",
            "share of pairs that pass the sign codes, smoothed; tag task"),
    VECTOR_SIMD("semblance.vector.simd", Type.GAUGE, "ratio",
            "how many times faster SIMD was than plain Java at start; about 1 means it is not on"),
    WINDOW_SCAN_TIME("semblance.window.scan.time", Type.TIMER, "seconds", "duration of one scan of the window"),
    WINDOW_SCAN_ROWS("semblance.window.scan.rows", Type.SUMMARY, "events", "events a scan"),

    WATCH_LIVE("semblance.watch.live", Type.GAUGE, "watches", "watches in force"),
    WATCH_BYTES("semblance.watch.bytes", Type.GAUGE, "bytes", "heap that watches and their former versions take"),
    WATCH_OTHER_MODEL("semblance.watch.other.model", Type.GAUGE, "watches",
            "watches that the last event could not be compared with: vectors of another model"),
    WATCH_REFUSED("semblance.watch.refused", Type.COUNTER, "records",
            "records of watch-vectors that cannot be used; tag reason"),
    WATCH_TIME("semblance.watch.time", Type.TIMER, "seconds", "matching one event with all watches"),
    WATCH_SCORED("semblance.watch.scored", Type.SUMMARY, "watches",
            "watches an event is scored against, after all filters"),
    WATCH_CUT("semblance.watch.cut", Type.COUNTER, "alerts", "matches beyond watch.alerts.max, not reported");

    /** Kind of a meter. */
    public enum Type {
        COUNTER,
        GAUGE,
        TIMER,
        SUMMARY
    }

    private final String meterName;
    private final Type type;
    private final String unit;
    private final String doc;

    SemblanceMeter(String meterName, Type type, String unit, String doc) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.doc = doc;
    }

    public String meterName() {
        return meterName;
    }

    public Type type() {
        return type;
    }

    public String unit() {
        return unit;
    }

    public String doc() {
        return doc;
    }

    /** @param tags key, value, key, value, … */
    public Counter counter(MeterRegistry registry, String... tags) {
        expect(Type.COUNTER);
        return Counter.builder(meterName).baseUnit(unit).description(doc).tags(tags).register(registry);
    }

    /** @param tags key, value, key, value, … */
    public Timer timer(MeterRegistry registry, String... tags) {
        expect(Type.TIMER);
        return Timer.builder(meterName).description(doc).tags(tags).publishPercentiles(0.5, 0.99).register(registry);
    }

    /** @param tags key, value, key, value, … */
    public DistributionSummary summary(MeterRegistry registry, String... tags) {
        expect(Type.SUMMARY);
        return DistributionSummary.builder(meterName).baseUnit(unit).description(doc).tags(tags)
                .publishPercentiles(0.5, 0.99).register(registry);
    }

    /**
     * The caller removes the gauge where the value's owner closes.
     *
     * @param tags key, value, key, value, …
     */
    public Gauge gauge(MeterRegistry registry, Supplier<Number> value, String... tags) {
        expect(Type.GAUGE);
        return Gauge.builder(meterName, value).baseUnit(unit).description(doc).tags(tags).strongReference(true)
                .register(registry);
    }

    private void expect(Type expected) {
        if (type != expected) {
            throw new IllegalStateException(meterName + " is a " + type + ", not a " + expected);
        }
    }
}
