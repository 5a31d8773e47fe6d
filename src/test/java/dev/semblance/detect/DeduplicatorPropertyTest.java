package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.detect.Verdict.Outcome;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.FixedPoint;
import dev.semblance.window.NaiveWindow;
import dev.semblance.window.Original;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeduplicatorPropertyTest {

    private static final int EVENTS = 300;

    @Test
    void aBatchIsDecidedAsItsEventsOneByOne() {
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            // Some windows are cut short by their bytes: about 30 entries.
            Config.Detect rules = rules(random, random.nextInt(3) == 0 ? 24_000 : Long.MAX_VALUE);
            VectorWindow windowA = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
            VectorWindow windowB = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
            Deduplicator batched = new Deduplicator(rules, windowA, ClusterSizes.inMemory(), Long.MIN_VALUE);
            Deduplicator single = new Deduplicator(rules, windowB, ClusterSizes.inMemory(), Long.MIN_VALUE);
            List<Embedding> events = events(random);
            int at = 0;
            while (at < events.size()) {
                List<Embedding> batch = events.subList(at, Math.min(events.size(), at + 1 + random.nextInt(100)));
                List<String> expected = new ArrayList<>();
                for (Embedding e : batch) {
                    expected.add(describe(single.decide(List.of(e)).getFirst()));
                }
                assertThat(batched.decide(batch).stream().map(DeduplicatorPropertyTest::describe).toList())
                        .as("seed %d", seed).isEqualTo(expected);
                at += batch.size();
                if (random.nextInt(3) == 0) {
                    String id = batch.getFirst().event().id();
                    assertThat(batched.delete(id)).isEqualTo(single.delete(id));
                }
            }
            assertThat(windowA.size()).as("seed %d", seed).isEqualTo(windowB.size());
            for (Embedding e : events) {
                String id = e.event().id();
                assertThat(windowA.get(id)).as("seed %d", seed).isEqualTo(windowB.get(id));
            }
            assertThat(batched.streamTimeMs()).isEqualTo(single.streamTimeMs());
        }
    }

    @Test
    void agreesWithTheRulesWrittenOut() {
        Map<String, Integer> seen = new HashMap<>();
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            Config.Detect rules = rules(random, Long.MAX_VALUE);
            Deduplicator dedup = new Deduplicator(rules, VectorWindows.inMemory(rules, new SimpleMeterRegistry()),
                    ClusterSizes.inMemory(), Long.MIN_VALUE);
            Oracle oracle = new Oracle(rules);
            List<Embedding> events = events(random);
            for (int at = 0; at < events.size(); at += 50) {
                List<Embedding> batch = events.subList(at, at + 50);
                List<String> verdicts = dedup.decide(batch).stream().map(DeduplicatorPropertyTest::describe).toList();
                List<String> expected = batch.stream().map(oracle::decide).toList();
                assertThat(verdicts).as("seed %d", seed).isEqualTo(expected);
                verdicts.forEach(v -> seen.merge(v.split(" ")[1], 1, Integer::sum));
            }
        }
        assertThat(seen.keySet()).as("every kind of verdict occurs: %s", seen).contains("UNIQUE", "LATE", "EXACT",
                "NEAR", "VARIANT");
        assertThat(seen.values()).allMatch(n -> n > 200);
    }

    /** The rules over plain lists, one event at a time, with none of the shortcuts. */
    private static final class Oracle {
        private final Config.Detect rules;
        private final NaiveWindow window = new NaiveWindow();
        private final Map<String, Embedding> embeddings = new HashMap<>();
        private final Map<String, Integer> sizes = new HashMap<>();
        private long streamTimeMs = Long.MIN_VALUE;

        private record Choice(Original original, MatchKind kind, float cosine, float similarity) {}

        Oracle(Config.Detect rules) {
            this.rules = rules;
        }

        String decide(Embedding e) {
            String id = e.event().id();
            long time = e.event().eventTimeMs();
            long windowMs = rules.window().toMillis();
            long halfLifeMs = rules.decayHalfLife().toMillis();
            long reach = halfLifeMs == 0
                    ? windowMs
                    : Math.min(windowMs,
                            1 + (long) (halfLifeMs * -Math.log((float) rules.threshold()) / Math.log(2)));
            long kept = reach + rules.grace().toMillis();
            if (streamTimeMs != Long.MIN_VALUE && time < streamTimeMs - windowMs - rules.grace().toMillis()) {
                return id + " LATE";
            }
            streamTimeMs = Math.max(streamTimeMs, time);
            window.expireBefore(streamTimeMs - kept, sizes::remove);
            List<Choice> choices = new ArrayList<>();
            for (String other : Set.copyOf(embeddings.keySet())) {
                Original o = window.get(other);
                if (o == null || other.equals(id) || !o.model().comparableWith(e.model())
                        || o.lastSeenMs() < time - windowMs || o.eventTimeMs() > time + windowMs) {
                    continue;
                }
                float cosine = FixedPoint.cosine(e.vector(), embeddings.get(other).vector());
                long apart = time > o.lastSeenMs() ? time - o.lastSeenMs() : Math.max(0, o.eventTimeMs() - time);
                double left = halfLifeMs == 0 ? 1 : StrictMath.pow(0.5, (double) apart / halfLifeMs);
                float similarity = (float) (cosine * left);
                if (o.textHash().equals(e.textHash())) {
                    if ((float) left >= (float) rules.threshold()) {
                        choices.add(new Choice(o, MatchKind.EXACT, cosine, similarity));
                    }
                } else if (similarity >= (float) rules.threshold()) {
                    choices.add(new Choice(o,
                            o.figuresHash() == e.figuresHash() ? MatchKind.NEAR : MatchKind.VARIANT, cosine,
                            similarity));
                }
            }
            choices.sort(Comparator.comparing(Choice::kind).thenComparing(Choice::similarity, Comparator.reverseOrder())
                    .thenComparingLong(c -> c.original().eventTimeMs()).thenComparing(c -> c.original().id()));
            return conclude(e, choices.isEmpty() ? null : choices.getFirst());
        }

        private String conclude(Embedding e, Choice best) {
            String id = e.event().id();
            long time = e.event().eventTimeMs();
            Original previous = window.get(id);
            if (best != null) {
                sizes.merge(best.original().id(), 1, Integer::sum);
                if (rules.refresh()) {
                    window.refresh(best.original().id(), time);
                }
            }
            boolean suppressed = best != null && rules.suppressedKinds().contains(best.kind());
            if (suppressed) {
                window.remove(id);
                sizes.remove(id);
            } else {
                boolean again = previous != null && previous.textHash().equals(e.textHash())
                        && previous.model().comparableWith(e.model());
                if (!again) {
                    sizes.remove(id);
                }
                long seen = again ? Math.max(time, previous.lastSeenMs()) : time;
                window.insert(new dev.semblance.window.WindowEntry(id, time, seen, e.model(), e.vector(), e.textHash(),
                        e.figuresHash(), e.event().text()));
                embeddings.put(id, e);
            }
            return best == null
                    ? id + " UNIQUE"
                    : id + " " + best.kind() + " of " + best.original().id() + " " + best.cosine() + " "
                            + best.similarity() + " "
                            + (1 + sizes.get(best.original().id())) + " " + suppressed;
        }
    }

    private static String describe(Verdict v) {
        String id = v.event().event().id();
        if (v.outcome() != Outcome.DUPLICATE) {
            return id + " " + v.outcome();
        }
        Match m = v.match();
        return id + " " + m.kind() + " of " + m.original().id() + " " + m.cosine() + " " + m.similarity() + " "
                + m.clusterSize() + " "
                + v.suppressed();
    }

    private static Config.Detect rules(Random random, long maxBytes) {
        Set<MatchKind> suppressed = EnumSet.noneOf(MatchKind.class);
        for (MatchKind kind : MatchKind.values()) {
            if (random.nextInt(3) > 0) {
                suppressed.add(kind);
            }
        }
        Config.Detect rules = Windows.config(200 + random.nextInt(400), random.nextInt(200), 0.8, random.nextBoolean(),
                maxBytes, suppressed);
        // At 0.8 the reach is a third of the half-life: shorter than the window, about as long, or beyond it.
        return Windows.decaying(rules, random.nextBoolean() ? 0 : 100 + random.nextInt(2_500));
    }

    /** Events of a few topics: mostly in order, some late, some delivered twice, some edited; now and then a new model. */
    private static List<Embedding> events(Random random) {
        List<Embedding> events = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        ModelIdentity[] models = {Windows.model("r1", 12), Windows.model("r2", 12), Windows.model("r3", 7)};
        long nowMs = 10_000;
        for (int i = 0; i < EVENTS; i++) {
            nowMs += random.nextInt(20);
            long time = random.nextInt(10) == 0 ? nowMs - random.nextInt(1000) : nowMs;
            int again = random.nextInt(12);
            if (again == 0 && !events.isEmpty()) {
                events.add(events.get(random.nextInt(events.size())));
                continue;
            }
            String id = again == 1 && !events.isEmpty()
                    ? events.get(random.nextInt(events.size())).event().id()
                    : "e" + random.nextInt(10_000);
            ids.add(id);
            int topic = random.nextInt(12);
            ModelIdentity model = models[Math.max(0, random.nextInt(8) - 5)];
            float[] vector = Events.cluster(random, model.dimension(), topic, random.nextInt(3) * 0.3);
            // Mostly texts of their topic; some share a text across topics, so that EXACT meets low cosines.
            int text = random.nextInt(8) == 0 ? 1000 + random.nextInt(5) : topic * 10 + random.nextInt(6);
            events.add(Events.event(id, time, model, vector, text, random.nextInt(3)));
        }
        assertThat(ids).isNotEmpty();
        return events;
    }
}
