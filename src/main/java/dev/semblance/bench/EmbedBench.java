package dev.semblance.bench;

import dev.semblance.bench.EmbedReport.PeerFigures;
import dev.semblance.bench.EmbedReport.Quality;
import dev.semblance.bench.EmbedReport.Variant;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.model.Pooling;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Embedding without Kafka: variants of the model, peers and the machine's limits, in turns. Each round measures all of
 * them once, so that whatever else the machine does meets them alike; shares and ratios are taken round by round.
 *
 * <p>Thread: one.
 */
public final class EmbedBench {

    /** The variant that others' quality is measured against, where it is among them; else the first. */
    private static final String REFERENCE = "cpu-fp32";

    /**
     * Other programs to compare with.
     *
     * @param types     classes of {@link Peer}
     * @param classPath where they and their libraries are
     * @param batch     texts that they get at once; 0 for all
     */
    public record Peers(List<String> types, String classPath, int batch) {}

    /**
     * @param texts          distinct
     * @param source         of the texts, for the report
     * @param variants       names, at least one; an empty one is the configured variant, named by what it is
     * @param shape          null where it is not known: no shares then
     * @param warmUps        rounds before, not counted
     * @param loads          shares of the measured capacity
     * @param latencySeconds of each load
     * @param limitMs        of each limit before and after each variant
     * @param peers          null for none
     */
    public record Plan(List<String> texts, String source, List<String> variants, TransformerShape shape, int rounds,
            int warmUps, List<Double> loads, double latencySeconds, long limitMs, long seed, Peers peers) {

        public Plan {
            texts = List.copyOf(texts);
            variants = List.copyOf(variants);
            loads = List.copyOf(loads);
        }
    }

    /** One engine or one peer among the rounds. */
    private static final class Contender {

        private final String name;
        private final Function<List<String>, Double> round;
        private final List<Double> rates = new ArrayList<>();
        private final List<Roofline.Sample> limits = new ArrayList<>();
        private float[][] vectors;

        Contender(String name, Function<List<String>, Double> round) {
            this.name = name;
            this.round = round;
        }
    }

    private final Plan plan;
    private final Stop stop;
    private final Consumer<String> notes;
    private final List<OpenEngine> engines = new ArrayList<>();
    private final List<PeerProcess> processes = new ArrayList<>();
    private final List<Contender> ours = new ArrayList<>();
    private final List<Contender> others = new ArrayList<>();

    private EmbedBench(Plan plan, Stop stop, Consumer<String> notes) {
        this.plan = plan;
        this.stop = stop;
        this.notes = notes;
    }

    /**
     * @param engines opens a variant by its name
     * @param notes   told what is going on
     * @throws Stop.Stopped where told to stop
     */
    public static EmbedReport run(Plan plan, Function<String, OpenEngine> engines, Stop stop, Consumer<String> notes)
            throws InterruptedException {
        EmbedBench bench = new EmbedBench(plan, stop, notes);
        try (Roofline roofline = new Roofline(plan.limitMs * 1_000_000)) {
            bench.open(engines);
            roofline.warmUp(stop);
            bench.rounds(roofline);
            return bench.report();
        } finally {
            bench.processes.forEach(PeerProcess::close);
            bench.engines.forEach(OpenEngine::close);
        }
    }

    private void open(Function<String, OpenEngine> opener) {
        for (String variant : plan.variants) {
            OpenEngine engine = opener.apply(variant);
            engines.add(engine);
            String name = variant.isEmpty() ? named(engine.steps()) : variant;
            notes.accept("opened " + name + ": " + engine.steps().engine().describe());
            EngineRounds rounds = new EngineRounds(engine.steps(), stop);
            Contender contender = new Contender(name, rounds::textsPerSecond);
            contender.vectors = rounds.vectors(plan.texts);
            ours.add(contender);
            stop.check();
        }
        if (plan.peers != null) {
            for (String type : plan.peers.types) {
                PeerProcess process = new PeerProcess(type, plan.peers.classPath, plan.texts, plan.peers.batch, stop);
                processes.add(process);
                notes.accept("opened " + process.name());
                Contender contender = new Contender(process.name(), _ -> process.textsPerSecond());
                contender.vectors = process.vectors();
                others.add(contender);
            }
        }
    }

    /** Device and precision, as variants are called. */
    private static String named(EmbeddingSteps steps) {
        String device = steps.engine().describe();
        return device.substring(0, device.indexOf(',')) + "-" + steps.model().precision();
    }

    private void rounds(Roofline roofline) throws InterruptedException {
        for (int round = 1 - plan.warmUps; round <= plan.rounds; round++) {
            boolean counted = round > 0;
            String when = counted ? "round " + round : "warm-up";
            Roofline.Sample before = counted ? roofline.sample() : null;
            for (Contender contender : ours) {
                double rate = measure(contender, when);
                if (counted) {
                    Roofline.Sample after = roofline.sample();
                    contender.rates.add(rate);
                    contender.limits.add(Roofline.Sample.mean(before, after));
                    before = after;
                }
            }
            for (Contender contender : others) {
                double rate = measure(contender, when);
                if (counted) {
                    contender.rates.add(rate);
                }
            }
        }
    }

    private double measure(Contender contender, String when) {
        stop.check();
        double rate = contender.round.apply(plan.texts);
        notes.accept(String.format(Locale.ROOT, "%s, %s: %.1f texts/s", when, contender.name, rate));
        return rate;
    }

    private EmbedReport report() throws InterruptedException {
        EmbeddingSteps steps = engines.getFirst().steps();
        int[] lengths = plan.texts.stream()
                .mapToInt(t -> steps.tokenizer().tokenize(steps.preprocessing().apply(t)).length()).sorted().toArray();
        double meanTokens = Arrays.stream(lengths).average().orElseThrow();
        boolean firstTokenOnly = steps.model().pooling().equals(Pooling.CLS.id());
        double flops = plan.shape == null
                ? 0
                : Arrays.stream(lengths).mapToDouble(n -> plan.shape.flops(n, firstTokenOnly)).average().orElseThrow();
        List<Variant> variants = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            variants.add(variant(ours.get(i), engines.get(i).steps()));
        }
        List<PeerFigures> peers = new ArrayList<>();
        for (Contender peer : others) {
            Quality quality = quality(peer.vectors);
            peers.add(new PeerFigures(peer.name, new Spread(peer.rates), quality.meanCosine(), quality.minCosine()));
        }
        return new EmbedReport(plan, meanTokens, lengths[(int) (lengths.length * 0.95)], flops, variants, peers);
    }

    private Variant variant(Contender contender, EmbeddingSteps steps) throws InterruptedException {
        EngineRounds rounds = new EngineRounds(steps, stop);
        Spread rate = new Spread(contender.rates);
        List<Latency> latencies = new ArrayList<>();
        for (double load : plan.loads) {
            notes.accept(String.format(Locale.ROOT, "%s: latency at %.0f %% of capacity", contender.name, load * 100));
            latencies.add(
                    rounds.latency(plan.texts, load, load * rate.median(), plan.latencySeconds, plan.seed));
        }
        return new Variant(contender.name, steps.model().precision(), steps.engine().describe(), rate,
                Roofline.Limits.of(contender.limits),
                quality(contender.vectors), rounds.sameBytesAlone(plan.texts, contender.vectors), latencies);
    }

    private Quality quality(float[][] vectors) {
        Contender reference = ours.stream().filter(c -> c.name.equals(REFERENCE)).findFirst()
                .orElse(ours.getFirst());
        double sum = 0;
        double min = 1;
        for (int i = 0; i < vectors.length; i++) {
            double cosine = VectorKernels.cosine(vectors[i], reference.vectors[i]);
            sum += cosine;
            min = Math.min(min, cosine);
        }
        return new Quality(reference.name, sum / vectors.length, min);
    }
}
