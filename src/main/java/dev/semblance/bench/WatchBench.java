package dev.semblance.bench;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TextHash;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import dev.semblance.watch.WatchAlerter;
import dev.semblance.watch.WatchStage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What standing queries cost an event, on one core: events one by one against all watches, as the route step has them,
 * with the alerts made; beside the same with {@code detect.exact}, which scores every watch, and which tells what the
 * other must find.
 *
 * <p>Thread: one.
 */
public final class WatchBench {

    private static final long APPENDED_MS = 1_700_000_000_000L;
    /** Events whose alerts are held against those of the exact search. */
    static final int COMPARED = 500;
    private static final int EVENTS = 2_000;

    /**
     * @param seconds of CPU of each round, after half as many that are not counted
     * @param rounds  of each; ours and the exact search in turns
     */
    public record Plan(List<Integer> watches, List<Double> thresholds, int dimension, double seconds, int rounds,
            long seed) {}

    private final Plan plan;
    private final BenchVectors vectors;
    private final ModelIdentity model;
    private final Consumer<String> progress;

    /** @param real unit vectors of one dimension */
    public WatchBench(Plan plan, List<float[]> real, Consumer<String> progress) {
        this.plan = plan;
        this.vectors = new BenchVectors(real, plan.dimension, plan.seed, 0);
        this.model = new ModelIdentity("bench", "r1", plan.dimension, "mean", true, 256, "fp32");
        this.progress = progress;
    }

    /** What was measured of one number of watches at one threshold. */
    record Figures(int watches, double threshold, Spread microsAnEvent, Spread exactMicros, double scored,
            double alerts, int found, int expected, double allocatedBytes, double bytesAWatch) {}

    public Report run() {
        List<Figures> figures = new ArrayList<>();
        for (int watches : plan.watches) {
            for (double threshold : plan.thresholds) {
                progress.accept(watches + " watches, threshold " + threshold);
                figures.add(measure(watches, threshold));
            }
        }
        return new Report(plan, figures);
    }

    /** The watches of a run, and a task that asks for them. */
    private static final class Side {
        private final MeterRegistry registry = new SimpleMeterRegistry();
        private final WatchStage stage;
        private final WatchAlerter alerter;
        private int next;
        private long alerts;
        private long allocated;
        private long events;

        Side(boolean exact, int watches) {
            Config config = new ConfigSource().with(ConfigKey.DETECT_EXACT, Boolean.toString(exact))
                    .with(ConfigKey.WATCH_MAX, Integer.toString(watches))
                    .with(ConfigKey.WATCH_MAX_BYTES, Long.toString(1L << 40)).build();
            stage = new WatchStage(config, registry);
            alerter = stage.alerter();
        }

        /** @return microseconds of CPU an event */
        double measure(List<Embedding> stream, double seconds) {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long cpu = 0;
            long done = 0;
            while (cpu < seconds * 1e9) {
                long bytes = threads.getCurrentThreadAllocatedBytes();
                long t = WindowBench.cpuNs();
                for (int i = 0; i < 100; i++) {
                    alerts += alerter.alerts(stream.get(next), APPENDED_MS).size();
                    next = (next + 1) % stream.size();
                }
                cpu += WindowBench.cpuNs() - t;
                allocated += threads.getCurrentThreadAllocatedBytes() - bytes;
                done += 100;
            }
            events += done;
            return cpu / 1e3 / done;
        }
    }

    private Figures measure(int watches, double threshold) {
        Side ours = new Side(false, watches);
        Side exact = new Side(true, watches);
        for (int n = 0; n < watches; n++) {
            WatchVector watch = new WatchVector(new Watch("w" + n, "what is watched for", threshold, List.of()), model,
                    vectors.get(n));
            ours.stage.put(watch, APPENDED_MS);
            exact.stage.put(watch, APPENDED_MS);
        }
        List<Embedding> stream = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            stream.add(event(watches + i));
        }
        ours.measure(stream, plan.seconds / 2);
        exact.measure(stream, plan.seconds / 2);
        ours.alerts = ours.allocated = ours.events = 0;
        List<Double> micros = new ArrayList<>();
        List<Double> exactMicros = new ArrayList<>();
        for (int round = 0; round < plan.rounds; round++) {
            micros.add(ours.measure(stream, plan.seconds));
            exactMicros.add(exact.measure(stream, plan.seconds));
        }
        int found = 0;
        int expected = 0;
        for (Embedding event : stream.subList(0, Math.min(COMPARED, stream.size()))) {
            List<String> all = ids(exact.alerter.alerts(event, APPENDED_MS));
            List<String> some = ids(ours.alerter.alerts(event, APPENDED_MS));
            expected += all.size();
            found += (int) some.stream().filter(all::contains).count();
        }
        return new Figures(watches, threshold, new Spread(micros), new Spread(exactMicros),
                SemblanceMeter.WATCH_SCORED.summary(ours.registry).mean(), ours.alerts / (double) ours.events, found,
                expected, ours.allocated / (double) ours.events, ours.stage.sizeBytes() / (double) watches);
    }

    private static List<String> ids(List<Alert> alerts) {
        return alerts.stream().map(Alert::originalId).toList();
    }

    /** Without a text, so that what is measured is the match and not the words of the alerts. */
    private Embedding event(int n) {
        return new Embedding(new TextEvent("e" + n, null, APPENDED_MS, null, null, Map.of()),
                new SourcePosition("texts", 0, n), model, "none", vectors.get(n), 20, false, new TextHash(n, n), 0,
                null);
    }

    /** All figures. */
    public record Report(Plan plan, List<Figures> figures) {

        public String toTable() {
            Table table = new Table().line(
                    "microseconds of one core an event, one by one; %d dimensions; %d rounds, medians (min–max)",
                    plan.dimension, plan.rounds);
            for (Figures f : figures) {
                table.line(
                        "%,9d watches at %.2f: %s   every watch scored %s   %,.1f scored, %.2f alerts, %.0f bytes "
                                + "an event   found %d of %d   %.0f bytes a watch",
                        f.watches, f.threshold,
                        table.spread(f.microsAnEvent), table.spread(f.exactMicros), f.scored, f.alerts,
                        f.allocatedBytes, f.found, f.expected, f.bytesAWatch);
            }
            return table.toString();
        }

        public Map<String, Object> toJson() {
            List<Object> rows = new ArrayList<>();
            for (Figures f : figures) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("watches", f.watches);
                row.put("threshold", f.threshold);
                row.put("microsAnEvent", Table.json(f.microsAnEvent));
                row.put("exactMicrosAnEvent", Table.json(f.exactMicros));
                row.put("scoredAnEvent", f.scored);
                row.put("alertsAnEvent", f.alerts);
                row.put("found", f.found);
                row.put("expected", f.expected);
                row.put("allocatedBytesAnEvent", f.allocatedBytes);
                row.put("bytesAWatch", f.bytesAWatch);
                rows.add(row);
            }
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("dimension", plan.dimension);
            json.put("rounds", plan.rounds);
            json.put("machine", Machine.facts());
            json.put("figures", rows);
            return json;
        }
    }
}
