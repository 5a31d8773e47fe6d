package dev.semblance.window;

import static dev.semblance.window.Windows.entry;
import static dev.semblance.window.Windows.hash;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.ModelMean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VectorWindowTest {

    private static final long UNLIMITED = Long.MAX_VALUE;

    @Test
    void agreesWithTheNaiveWindow() {
        for (long seed = 0; seed < 40; seed++) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            VectorWindow window = VectorWindows.inMemory(Windows.config(UNLIMITED), registry);
            new WindowComparison(seed, window).run(400);
        }
    }

    @Test
    void differentModelsNeverMeet() {
        VectorWindow window = VectorWindows.inMemory(Windows.config(UNLIMITED), new SimpleMeterRegistry());
        ModelIdentity a = model("r1", 4);
        ModelIdentity b = model("r2", 4);
        float[] v = {1, 2, 3, 4};
        window.insert(entry("x", 1, a, v, 7));
        assertThat(hits(window, v, b)).isEmpty();
        assertThat(window.exact(hash(7), b)).isEmpty();
        assertThat(hits(window, v, a)).containsOnlyKeys("x");
        // The same id under another model: the window holds the newer only.
        window.insert(entry("x", 2, b, v, 7));
        assertThat(hits(window, v, a)).isEmpty();
        assertThat(hits(window, v, b)).containsOnlyKeys("x");
        assertThat(window.size()).isEqualTo(1);
    }

    @Test
    void aMeanOfAnotherModelIsWarnedOfOnce() {
        Config.Detect rules = Windows.config(UNLIMITED).withMean(new ModelMean("test-other", List.of(0.8f, 0.1f)));
        try (CapturedLog log = new CapturedLog(VectorIndex.class)) {
            VectorWindow window = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
            window.insert(entry("x", 1, model("r1", 2), new float[]{1, 0}, 1));
            window.insert(entry("y", 2, model("r2", 2), new float[]{1, 0}, 1));
            assertThat(log.messages()).filteredOn(m -> m.startsWith("WARN")).singleElement().asString()
                    .contains("detect.centre=none gives the mean of model test-other (2 dimensions)",
                            "vectors of model test-model (2 dimensions)", "name the manifest of test-model");
            window.insert(entry("z", 3, model("r1", 3), new float[]{1, 0, 0}, 1));
            assertThat(log.messages()).filteredOn(m -> m.startsWith("WARN")).hasSize(2);
        }
        Config.Detect own = rules.withMean(new ModelMean("test-model", List.of(0.8f, 0.1f)));
        try (CapturedLog log = new CapturedLog(VectorIndex.class)) {
            VectorWindows.inMemory(own, new SimpleMeterRegistry())
                    .insert(entry("x", 1, model("r1", 2), new float[]{1, 0}, 1));
            assertThat(log.messages()).isNotEmpty().noneMatch(m -> m.startsWith("WARN"));
        }
    }

    @Test
    void aRefusedVectorCostsNothing() {
        VectorWindow window = VectorWindows.inMemory(Windows.config(UNLIMITED), new SimpleMeterRegistry());
        ModelIdentity m = model("r1", 2);
        window.insert(entry("x", 1, m, new float[]{1, 0}, 1));
        assertThatThrownBy(() -> window.insert(entry("x", 2, m, new float[2], 2))).hasMessageContaining("norm 0.0");
        assertThatThrownBy(() -> window.insert(entry("x", 2, m, new float[3], 2))).hasMessageContaining("entry x")
                .hasMessageContaining("3 components").hasMessageContaining("test-model");
        assertThat(window.get("x").eventTimeMs()).isEqualTo(1);
        assertThat(window.cosine("x", new float[]{0, 1})).isZero();
        assertThat(window.cosine("y", new float[]{0, 1})).isNaN();
    }

    @Test
    void theByteLimitCutsTheOldestAndSaysSo() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        long limit = 300_000;
        VectorWindow window = VectorWindows.inMemory(Windows.config(limit), registry);
        ModelIdentity m = model("r1", 64);
        Random random = new Random(5);
        Set<String> dropped = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            window.insert(entry("e" + i, i, m, vector(random, 64), i));
            window.expireBefore(0, dropped::add);
            assertThat(window.sizeBytes()).isLessThanOrEqualTo(limit);
        }
        assertThat(window.size()).isGreaterThan(300).isEqualTo(2000 - dropped.size());
        assertThat(window.get("e1999")).isNotNull();
        assertThat(window.get("e" + (1999 - window.size()))).isNull();
        assertThat(window.get("e" + (2000 - window.size()))).isNotNull();
        assertThat(SemblanceMeter.WINDOW_CUT.counter(registry).count()).isEqualTo(dropped.size());
        // Dropping everything gives everything back.
        window.expireBefore(Long.MAX_VALUE, dropped::add);
        assertThat(dropped).hasSize(2000);
        assertThat(window.sizeBytes()).isZero();
    }

    @Test
    void aLimitTooSmallForTheRateIsForetold() {
        ModelIdentity m = model("r1", 64);
        Random random = new Random(6);
        try (CapturedLog log = new CapturedLog(WindowMeters.class)) {
            VectorWindow window = VectorWindows.inMemory(Windows.config(4_000_000), new SimpleMeterRegistry());
            for (int i = 0; i < 400; i++) {
                window.insert(entry("e" + i, i * 10L, m, vector(random, 64), i));
                window.expireBefore(i * 10L - 86_400_000, _ -> {});
            }
            assertThat(log.messages()).hasSize(1).first().asString().startsWith("WARN window.max.bytes=4000000 will")
                    .contains("a second", "24h0m");
            VectorWindow large = VectorWindows.inMemory(Windows.config(4_000_000_000L), new SimpleMeterRegistry());
            for (int i = 0; i < 400; i++) {
                large.insert(entry("e" + i, i * 10L, m, vector(random, 64), i));
                large.expireBefore(i * 10L - 1_000, _ -> {});
            }
            assertThat(log.messages()).hasSize(1);
        }
    }

    @Test
    void scansAreMetered() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        VectorWindow window = VectorWindows.inMemory(Windows.config(UNLIMITED), registry);
        window.search(List.of(new float[]{1}, new float[]{2}, new float[]{3}), model("r", 1), 0.5f, (q, o, c) -> {});
        assertThat(SemblanceMeter.WINDOW_SCAN_TIME.timer(registry).count()).isEqualTo(1);
        assertThat(SemblanceMeter.WINDOW_SCAN_ROWS.summary(registry).totalAmount()).isEqualTo(3);
    }

    @Test
    void aCosineDoesNotDependOnItsBatch() {
        VectorWindow window = VectorWindows.inMemory(Windows.config(UNLIMITED), new SimpleMeterRegistry());
        ModelIdentity m = model("r1", 207);
        Random random = new Random(11);
        for (int i = 0; i < 70; i++) {
            window.insert(entry("e" + i, i, m, vector(random, 207), i));
        }
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            queries.add(vector(random, 207));
        }
        TreeMap<String, Float> together = new TreeMap<>();
        window.search(queries, m, -1, (q, o, c) -> together.put(q + o.id(), c));
        assertThat(together).hasSize(70 * 21);
        for (int q = 0; q < queries.size(); q++) {
            int query = q;
            window.search(List.of(queries.get(q)), m, -1, (zero, o, c) -> {
                assertThat(c).isEqualTo(together.get(query + o.id()))
                        .isEqualTo(window.cosine(o.id(), queries.get(query)));
            });
        }
    }

    private static Map<String, Float> hits(VectorWindow window, float[] query, ModelIdentity model) {
        TreeMap<String, Float> found = new TreeMap<>();
        window.search(List.of(query), model, 0.5f, (q, o, c) -> found.put(o.id(), c));
        return found;
    }
}
