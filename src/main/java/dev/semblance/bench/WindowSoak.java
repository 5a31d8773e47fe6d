package dev.semblance.bench;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.window.OwnWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.WindowEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A long stream through one window, as fast as it goes, with its memory looked at again and again: events come at a steady
 * rate of event time, so that the window keeps its size once it is full. Beside inserts and expiry there is what leaves
 * holes: one event in fifty has the id of a live one (an edit), one in fifty is deleted again later, one in ten refreshes
 * a live one. Texts of 20 to 280 characters are kept.
 *
 * <p>Thread: one.
 */
public final class WindowSoak {

    private static final int BATCH = WindowBench.BATCH;
    private static final int EDIT_EVERY = 50;
    private static final int DELETE_EVERY = 50;
    private static final int REFRESH_EVERY = 10;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LETTERS = "the quick brown fox jumps over the lazy dog ".repeat(7);

    /**
     * @param live     vectors in the window, about
     * @param window   event time that they span
     * @param duration event time of the whole stream, after the window has filled
     * @param samples  how often memory is looked at
     */
    public record Plan(Config.Detect rules, int live, int dimension, Duration window, Duration duration, int samples,
            long seed) {

        long events() {
            return Math.round((double) live * duration.toMillis() / window.toMillis());
        }
    }

    /**
     * What was seen at one moment.
     *
     * @param hours       of event time since the window was full
     * @param heapBytes   after collections
     * @param windowBytes as the window counts them
     * @param processBytes resident, −1 where the system does not say
     */
    public record Sample(double hours, long live, long heapBytes, long windowBytes, long processBytes) {}

    /**
     * What became of it.
     *
     * @param seconds of wall clock
     */
    public record Report(Plan plan, long events, long hits, double seconds, List<Sample> samples) {

        public String toTable() {
            Table table = new Table().line(
                    "%,d events, %s of event time through a window of %s (%,d live × %d), in %.0f s; %,d hits",
                    events, plan.duration, plan.window, plan.live, plan.dimension, seconds, hits);
            table.line("%10s %12s %14s %16s %14s", "hours", "live", "heap, MB", "off heap, MB", "process, MB");
            for (int i = 0; i < samples.size(); i += Math.max(1, (samples.size() - 1) / 10)) {
                Sample s = samples.get(i);
                table.line("%10.2f %,12d %14.2f %16.2f %14.1f", s.hours, s.live, s.heapBytes / 1e6,
                        s.windowBytes / 1e6, s.processBytes / 1e6);
            }
            table.line("slope, MB an hour of event time:  heap %+.3f   off heap %+.3f   process %+.3f",
                    slope(Sample::heapBytes) / 1e6, slope(Sample::windowBytes) / 1e6,
                    slope(Sample::processBytes) / 1e6);
            return table.toString();
        }

        /** By least squares over the second half of the samples: by then the compiler and the pools have settled. */
        double slope(java.util.function.ToLongFunction<Sample> of) {
            List<Sample> late = samples.subList(samples.size() / 2, samples.size());
            double x = late.stream().mapToDouble(Sample::hours).average().orElseThrow();
            double y = late.stream().mapToLong(of).average().orElseThrow();
            double above = 0;
            double below = 0;
            for (Sample s : late) {
                above += (s.hours - x) * (of.applyAsLong(s) - y);
                below += (s.hours - x) * (s.hours - x);
            }
            return below == 0 ? 0 : above / below;
        }

        public Map<String, Object> toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("live", plan.live);
            json.put("dimension", plan.dimension);
            json.put("window", plan.window.toString());
            json.put("duration", plan.duration.toString());
            json.put("events", events);
            json.put("seconds", seconds);
            json.put("heapBytesAnHour", slope(Sample::heapBytes));
            json.put("windowBytesAnHour", slope(Sample::windowBytes));
            json.put("processBytesAnHour", slope(Sample::processBytes));
            json.put("samples", samples);
            return json;
        }
    }

    private final Plan plan;
    private final BenchVectors vectors;
    private final ModelIdentity model;
    private final SplittableRandom random;
    private final List<Sample> samples = new ArrayList<>();
    private long hits;

    /** @param real unit vectors of one dimension */
    public WindowSoak(Plan plan, List<float[]> real) {
        this.plan = plan;
        this.vectors = new BenchVectors(real, plan.dimension, plan.seed, 0);
        this.model = new ModelIdentity("bench", "r1", plan.dimension, "mean", true, 256, "fp32");
        this.random = new SplittableRandom(plan.seed);
    }

    public Report run(Consumer<String> progress) {
        long startNs = System.nanoTime();
        long total = plan.live + plan.events();
        if (total > Integer.MAX_VALUE) {
            throw new BenchException("--soak: " + total + " events are more than " + Integer.MAX_VALUE
                    + "; shorten --soak or lengthen --soak-window");
        }
        long every = Math.max(BATCH, plan.events() / plan.samples);
        try (OwnWindow window = VectorWindows.inMemory(plan.rules, new SimpleMeterRegistry())) {
            long nextSample = plan.live;
            for (long from = 0; from < total; from += BATCH) {
                batch(window, from, (int) Math.min(BATCH, total - from));
                if (from + BATCH >= nextSample) {
                    samples.add(sample(window, from + BATCH));
                    nextSample += every;
                    progress.accept(String.format("%,d of %,d events", from + BATCH, total));
                }
            }
        }
        return new Report(plan, total, hits, (System.nanoTime() - startNs) / 1e9, List.copyOf(samples));
    }

    private long timeMs(long n) {
        return n * plan.window.toMillis() / plan.live;
    }

    private static String id(long n) {
        return (1_700_000_000 + n) + "000000007";
    }

    private void batch(OwnWindow window, long from, int count) {
        List<float[]> queries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            queries.add(vectors.get((int) (from + i)));
        }
        window.search(queries, model, (float) plan.rules.threshold(), (_, _, _) -> hits++);
        for (int i = 0; i < count; i++) {
            long n = from + i;
            window.insert(entry(random.nextInt(EDIT_EVERY) == 0 ? live(n) : id(n), n, queries.get(i)));
            if (random.nextInt(DELETE_EVERY) == 0) {
                window.remove(live(n));
            }
            if (random.nextInt(REFRESH_EVERY) == 0) {
                window.refresh(live(n), timeMs(n));
            }
            window.expireBefore(timeMs(n - plan.live), _ -> {});
        }
    }

    /** Of an event of the last window; it may be gone. */
    private String live(long n) {
        return id(Math.max(0, n - random.nextInt(plan.live)));
    }

    private WindowEntry entry(String id, long n, float[] v) {
        return new WindowEntry(id, timeMs(n), timeMs(n), model, v, new TextHash(n * 0x9e3779b97f4a7c15L, n), n % 3,
                LETTERS.substring(0, random.nextInt(20, 281)));
    }

    private Sample sample(OwnWindow window, long events) {
        return new Sample((timeMs(events) - plan.window.toMillis()) / 3.6e6, window.size(), WindowBench.heapBytes(),
                window.sizeBytes(), processBytes());
    }

    private static long processBytes() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(l -> l.startsWith("VmRSS:")).findFirst()
                    .map(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10).orElse(-1L);
        } catch (IOException e) {
            // Not a Linux.
            return -1;
        }
    }
}
