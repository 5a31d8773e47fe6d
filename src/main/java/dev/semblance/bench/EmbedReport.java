package dev.semblance.bench;

import dev.semblance.bench.EmbedBench.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code bench embed} found.
 *
 * @param meanTokens   of the texts, special tokens included
 * @param p95Tokens    of the texts
 * @param flopsPerText mean; 0 where the model's shape is not known
 * @param variants     ours, in the order asked for
 * @param peers        others, in the same rounds
 */
public record EmbedReport(Plan plan, double meanTokens, int p95Tokens, double flopsPerText,
        List<Variant> variants, List<PeerFigures> peers) {

    /**
     * One variant of the model.
     *
     * @param precision     of the weights: fp32, int8 …
     * @param limits        of this machine's cores, right before and after each round
     * @param quality       against the reference variant
     * @param sameBytesAlone whether texts run alone have the bytes that they have in a batch
     */
    public record Variant(String name, String precision, String engine, Spread textsPerSecond, Roofline.Limits limits,
            Quality quality, boolean sameBytesAlone, List<Latency> latencies) {}

    /** Cosines to the same texts' vectors of the variant {@code reference}. */
    public record Quality(String reference, double meanCosine, double minCosine) {}

    /** @param minCosine the lowest cosine of its vectors to the reference variant's: that the same work was done */
    public record PeerFigures(String name, Spread textsPerSecond, double meanCosine, double minCosine) {}

    /** A variant's rate as a share of a limit, round by round. */
    Spread share(Variant variant, Spread limit) {
        return variant.textsPerSecond.times(flopsPerText).over(limit);
    }

    /** Whether the limits of the cores are its limits, and the operations are known. */
    private boolean hasShare(Variant variant) {
        return flopsPerText > 0 && variant.engine.startsWith("cpu");
    }

    private boolean isInt8(Variant variant) {
        return variant.precision.equals("int8");
    }

    public String toTable() {
        Table table = new Table();
        table.line("%,d texts (%s), %.1f tokens mean, %d p95%s; %d rounds, medians (min–max)", plan.texts().size(),
                plan.source(), meanTokens, p95Tokens,
                flopsPerText > 0
                        ? String.format(Locale.ROOT, ", %.3f GFLOP a text (shape %s)", flopsPerText / 1e9, plan.shape())
                        : "",
                plan.rounds());
        Machine.facts().forEach((name, value) -> table.line("%-14s %s", name, value));
        for (Variant v : variants) {
            table.line("").line("%-31s GOP/s", "limits of all cores, " + v.name);
            limit(table, "fp32 multiply-add in registers", v.limits.fma());
            limit(table, "ONNX Runtime MatMul fp32", v.limits.fp32Gemm());
            limit(table, "ONNX Runtime MatMulInteger u8s8", v.limits.int8Gemm());
        }
        table.line("").line("throughput                      texts/s");
        variants.forEach(v -> throughput(table, v));
        for (PeerFigures peer : peers) {
            table.line("%-31s %s  cosine to ours: mean %.6f, min %.6f", peer.name, table.spread(peer.textsPerSecond),
                    peer.meanCosine, peer.minCosine);
        }
        ratios(table);
        table.line("").line("quality                         mean cosine  min cosine  same bytes alone");
        for (Variant v : variants) {
            table.line("%-31s %11.6f %11.6f  %s (to %s)", v.name, v.quality.meanCosine, v.quality.minCosine,
                    v.sameBytesAlone ? "yes" : "NO", v.quality.reference);
        }
        table.line("").line("latency, open loop              texts/s   p50 ms   p99 ms   max ms    texts");
        for (Variant v : variants) {
            v.latencies.forEach(l -> table.line("%-31s %7.1f %8.1f %8.1f %8.1f %8d",
                    v.name + " at " + Math.round(l.load() * 100) + " %", l.offeredPerSecond(), l.p50Ms(), l.p99Ms(),
                    l.maxMs(), l.texts()));
        }
        return table.toString();
    }

    private static void limit(Table table, String name, Spread limit) {
        table.line("%-31s %s", name, table.spread(limit.times(1e-9)));
    }

    private void throughput(Table table, Variant variant) {
        String shares = "";
        if (hasShare(variant)) {
            shares = isInt8(variant)
                    ? String.format(Locale.ROOT, "  %.0f %% of MatMulInteger",
                            100 * share(variant, variant.limits.int8Gemm()).median())
                    : String.format(Locale.ROOT, "  %.0f %% of multiply-add, %.0f %% of MatMul",
                            100 * share(variant, variant.limits.fma()).median(),
                            100 * share(variant, variant.limits.fp32Gemm()).median());
        }
        table.line("%-31s %s%s", variant.name, table.spread(variant.textsPerSecond), shares);
    }

    private void ratios(Table table) {
        for (Variant v : variants) {
            for (PeerFigures peer : peers) {
                Spread ratio = v.textsPerSecond.over(peer.textsPerSecond);
                table.line("%-31s %.2f (%.2f–%.2f) times %s", v.name, ratio.median(), ratio.min(), ratio.max(),
                        peer.name);
            }
        }
    }

    /** The same figures with their units in the names, for machines. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("machine", Machine.facts());
        json.put("texts", plan.texts().size());
        json.put("source", plan.source());
        json.put("seed", plan.seed());
        json.put("rounds", plan.rounds());
        json.put("meanTokens", meanTokens);
        json.put("p95Tokens", p95Tokens);
        json.put("flopsPerText", flopsPerText > 0 ? flopsPerText : null);
        json.put("shape", flopsPerText > 0 ? plan.shape().toString() : null);
        json.put("variants", variants.stream().map(this::json).toList());
        List<Map<String, Object>> others = new ArrayList<>();
        for (PeerFigures peer : peers) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("name", peer.name);
            figures.put("textsPerSecond", Table.json(peer.textsPerSecond));
            figures.put("batchTexts", plan.peers().batch() == 0 ? plan.texts().size() : plan.peers().batch());
            figures.put("meanCosine", peer.meanCosine);
            figures.put("minCosine", peer.minCosine);
            others.add(figures);
        }
        json.put("peers", others);
        return json;
    }

    private static Map<String, Object> json(Roofline.Limits limits) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fp32FmaFlopsPerSecond", Table.json(limits.fma()));
        json.put("fp32MatMulFlopsPerSecond", Table.json(limits.fp32Gemm()));
        json.put("int8MatMulOpsPerSecond", Table.json(limits.int8Gemm()));
        return json;
    }

    private Map<String, Object> json(Variant v) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", v.name);
        json.put("precision", v.precision);
        json.put("engine", v.engine);
        json.put("textsPerSecond", Table.json(v.textsPerSecond));
        json.put("limits", json(v.limits));
        if (hasShare(v)) {
            json.put(isInt8(v) ? "shareOfInt8MatMul" : "shareOfFp32MatMul",
                    Table.json(share(v, isInt8(v) ? v.limits.int8Gemm() : v.limits.fp32Gemm())));
            if (!isInt8(v)) {
                json.put("shareOfFp32Fma", Table.json(share(v, v.limits.fma())));
            }
        }
        Map<String, Object> times = new LinkedHashMap<>();
        peers.forEach(p -> times.put(p.name, Table.json(v.textsPerSecond.over(p.textsPerSecond))));
        json.put("timesPeer", times);
        json.put("reference", v.quality.reference);
        json.put("meanCosine", v.quality.meanCosine);
        json.put("minCosine", v.quality.minCosine);
        json.put("sameBytesAlone", v.sameBytesAlone);
        json.put("latency", v.latencies);
        return json;
    }
}
