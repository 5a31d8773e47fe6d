package dev.semblance.bench;

import dev.semblance.bench.PipelineBench.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench pipeline} found. Rates are texts a second, CPU times milliseconds of all cores a text.
 *
 * @param engine      the engine alone
 * @param pipeline    through Kafka and both applications
 * @param brokerShare of all cores' time while the pipeline ran, 0 … 1
 * @param engineCpuMs of this process, the engine alone
 * @param ownCpuMs    of this process, the pipeline: applications, engine, the benchmark's producer and consumer
 * @param brokerCpuMs of the broker's process
 * @param textsSent    through the pipeline, warm-up included
 * @param textsRepeated of those, sent before: each raises an alert, which takes time
 */
public record PipelineReport(Plan plan, boolean exactlyOnce, Spread engine, Spread pipeline, Spread brokerShare,
        Spread engineCpuMs, Spread ownCpuMs, Spread brokerCpuMs, List<LatencyFigures> latencies,
        long textsSent, long textsRepeated) {

    /** Latency from the intended time of sending to the embedding's sight by a consumer that reads what is committed. */
    public record LatencyFigures(String guarantee, long commitIntervalMs, Latency latency) {}

    /** Round by round: the pipeline's rate over the engine's alone. */
    public Spread ratio() {
        return pipeline.over(engine);
    }

    /** The same of the cores that the broker left. */
    Spread ratioWithoutBroker() {
        List<Double> ratios = new ArrayList<>();
        List<Double> raw = ratio().rounds();
        for (int i = 0; i < raw.size(); i++) {
            ratios.add(raw.get(i) / (1 - brokerShare.rounds().get(i)));
        }
        return new Spread(ratios);
    }

    /** CPU time of the engine alone over that of the pipeline and its broker: does not ask what else the machine does. */
    Spread cpuRatio() {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < engineCpuMs.rounds().size(); i++) {
            ratios.add(engineCpuMs.rounds().get(i) / (ownCpuMs.rounds().get(i) + brokerCpuMs.rounds().get(i)));
        }
        return new Spread(ratios);
    }

    public String toTable() {
        Table table = new Table();
        table.line("%,d texts a round (%s), %d rounds, medians (min–max); role %s, broker on the same cores, %s",
                plan.textsPerRound(), plan.source(), plan.rounds(), plan.role(),
                exactlyOnce ? "exactly once" : "at least once");
        Machine.facts().forEach((name, value) -> table.line("%-14s %s", name, value));
        if (textsRepeated > 0) {
            table.line("%,d of %,d texts sent repeat earlier ones, which raises alerts: take a file with more",
                    textsRepeated, textsSent);
        }
        table.line("").line("throughput                      texts/s");
        table.line("%-31s %s", "engine alone", table.spread(engine));
        table.line("%-31s %s", "pipeline", table.spread(pipeline));
        table.line("%-31s %.3f (%.3f–%.3f)", "ratio", ratio().median(), ratio().min(), ratio().max());
        table.line("%-31s %.3f (%.3f–%.3f), the broker had %.1f %% of the cores", "ratio without the broker",
                ratioWithoutBroker().median(), ratioWithoutBroker().min(), ratioWithoutBroker().max(),
                100 * brokerShare.median());
        table.line("").line("CPU time                        ms a text");
        table.line("%-31s %7.3f", "engine alone", engineCpuMs.median());
        table.line("%-31s %7.3f", "pipeline, this process", ownCpuMs.median());
        table.line("%-31s %7.3f", "pipeline, broker", brokerCpuMs.median());
        table.line("%-31s %7.3f  what the ratio could be at most while all cores are busy",
                "engine alone over all of it", cpuRatio().median());
        if (!latencies.isEmpty()) {
            table.line("").line("latency, open loop              texts/s   p50 ms   p99 ms   max ms    texts");
        }
        for (LatencyFigures l : latencies) {
            table.line("%-31s %7.1f %8.1f %8.1f %8.1f %8d  at %.0f %% of the pipeline's rate, commit every %d ms",
                    l.guarantee, l.latency.offeredPerSecond(), l.latency.p50Ms(), l.latency.p99Ms(),
                    l.latency.maxMs(), l.latency.texts(), 100 * l.latency.load(), l.commitIntervalMs);
        }
        return table.toString();
    }

    /** The same figures with their units in the names, for machines. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("machine", Machine.facts());
        json.put("texts", plan.textsPerRound());
        json.put("source", plan.source());
        json.put("role", plan.role());
        json.put("seed", plan.seed());
        json.put("textsSent", textsSent);
        json.put("textsRepeated", textsRepeated);
        json.put("rounds", plan.rounds());
        json.put("warmUps", plan.warmUps());
        json.put("exactlyOnce", exactlyOnce);
        json.put("engineTextsPerSecond", Table.json(engine));
        json.put("pipelineTextsPerSecond", Table.json(pipeline));
        json.put("ratio", Table.json(ratio()));
        json.put("ratioWithoutBroker", Table.json(ratioWithoutBroker()));
        json.put("brokerShareOfCores", Table.json(brokerShare));
        json.put("engineCpuMsPerText", Table.json(engineCpuMs));
        json.put("pipelineCpuMsPerText", Table.json(ownCpuMs));
        json.put("brokerCpuMsPerText", Table.json(brokerCpuMs));
        json.put("cpuRatio", Table.json(cpuRatio()));
        json.put("latency", latencies);
        return json;
    }
}
