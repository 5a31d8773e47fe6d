package dev.semblance.window;

import static dev.semblance.window.Windows.hash;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.record.ModelIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Drives a window and the naive one through the same random life and compares all they say. */
final class WindowComparison {

    private final long seed;
    private final Random random;
    private final VectorWindow window;
    private final NaiveWindow naive = new NaiveWindow();
    private final List<ModelIdentity> models;
    private long nowMs = 1000;

    WindowComparison(long seed, VectorWindow window) {
        this.seed = seed;
        this.random = new Random(seed);
        this.window = window;
        int dimension = 2 + random.nextInt(20);
        this.models = List.of(model("r1", dimension), model("r2", dimension), model("r3", dimension + 1));
    }

    NaiveWindow naive() {
        return naive;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            assertThat(window.size()).as("seed %d", seed).isEqualTo(naive.size());
        }
        compareSearch(window);
        window.expireBefore(Long.MAX_VALUE, id -> {});
        assertThat(window.sizeBytes()).as("seed %d", seed).isZero();
    }

    void step() {
        nowMs += random.nextInt(10);
        String id = "id" + random.nextInt(60);
        switch (random.nextInt(12)) {
            case 0 -> assertThat(window.remove(id)).as("seed %d", seed).isEqualTo(naive.remove(id));
            case 1 -> {
                long seen = nowMs - random.nextInt(40);
                window.refresh(id, seen);
                naive.refresh(id, seen);
            }
            case 2 -> {
                List<String> a = new ArrayList<>();
                List<String> b = new ArrayList<>();
                window.expireBefore(nowMs - 300, a::add);
                naive.expireBefore(nowMs - 300, b::add);
                assertThat(a).as("seed %d", seed).isEqualTo(b);
            }
            case 3 -> compareSearch(window);
            default -> {
                ModelIdentity m = models.get(Math.max(0, random.nextInt(6) - 3));
                long time = nowMs - random.nextInt(50);
                WindowEntry entry = new WindowEntry(id, time, time + random.nextInt(20), m,
                        vector(random, m.dimension()), hash(random.nextInt(30)), random.nextInt(3),
                        random.nextBoolean() ? null : "text of " + id);
                window.insert(entry);
                naive.insert(entry);
            }
        }
    }

    void compareSearch(VectorWindow other) {
        for (ModelIdentity m : models) {
            List<float[]> queries = new ArrayList<>();
            for (int q = random.nextInt(12); q >= 0; q--) {
                queries.add(vector(random, m.dimension()));
            }
            float threshold = random.nextFloat();
            TreeMap<String, Object> expected = new TreeMap<>();
            naive.search(queries, m, threshold, (q, o, c) -> expected.put(q + o.id(), List.of(o, c)));
            TreeMap<String, Object> found = new TreeMap<>();
            other.search(queries, m, threshold,
                    (q, o, c) -> assertThat(found.put(q + o.id(), List.of(o, c))).isNull());
            assertThat(found).as("seed %d", seed).isEqualTo(expected);
            for (int text = 0; text < 30; text++) {
                assertThat(other.exact(hash(text), m)).as("seed %d", seed)
                        .containsExactlyInAnyOrderElementsOf(naive.exact(hash(text), m));
            }
        }
        for (int i = 0; i < 60; i++) {
            assertThat(other.get("id" + i)).as("seed %d", seed).isEqualTo(naive.get("id" + i));
        }
    }
}
