package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VectorBlocksTest {

    @Test
    void agreesWithAPlainListUnderRandomAddsAndRemoves() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int dimension = 1 + random.nextInt(24);
            VectorBlocks blocks = new VectorBlocks(dimension);
            List<float[]> model = new ArrayList<>();
            for (int step = 0; step < 600; step++) {
                if (model.isEmpty() || random.nextInt(100) < (step < 300 ? 75 : 30)) {
                    float[] v = VectorKernelsTest.gaussian(random, dimension);
                    assertThat(blocks.add(v)).isEqualTo(model.size());
                    model.add(VectorKernels.normalised(v));
                } else {
                    int slot = random.nextInt(model.size());
                    blocks.remove(slot);
                    float[] last = model.removeLast();
                    if (slot < model.size()) {
                        model.set(slot, last);
                    }
                }
                if (step % 100 == 99) {
                    compare(seed, random, blocks, model);
                }
            }
        }
    }

    private static void compare(long seed, Random random, VectorBlocks blocks, List<float[]> model) {
        assertThat(blocks.size()).as("seed %d", seed).isEqualTo(model.size());
        List<float[]> queries = new ArrayList<>();
        for (int q = random.nextInt(20); q >= 0; q--) {
            queries.add(VectorKernelsTest.gaussian(random, blocks.dimension()));
        }
        float minCosine = random.nextFloat() * 1.5f - 0.5f;
        TreeMap<String, Float> expected = new TreeMap<>();
        for (int q = 0; q < queries.size(); q++) {
            for (int slot = 0; slot < model.size(); slot++) {
                float cosine = VectorKernels.cosine(queries.get(q), model.get(slot));
                assertThat(blocks.cosine(slot, queries.get(q))).isEqualTo(cosine);
                if (cosine >= minCosine) {
                    expected.put(q + "-" + slot, cosine);
                }
            }
        }
        TreeMap<String, Float> found = new TreeMap<>();
        blocks.scan(PackedQueries.of(queries, blocks.dimension()), minCosine,
                (q, slot, cosine) -> assertThat(found.put(q + "-" + slot, cosine)).isNull());
        assertThat(found).as("seed %d, from %f", seed, minCosine).isEqualTo(expected);
    }

    @Test
    void memoryFollowsTheNumberOfVectors() {
        VectorBlocks blocks = new VectorBlocks(384);
        long empty = blocks.sizeBytes();
        float[] v = new float[384];
        v[3] = 2;
        for (int i = 0; i < 1000; i++) {
            blocks.add(v);
        }
        long full = blocks.sizeBytes();
        assertThat(full).isBetween(1000L * 384 * 4, 1032L * 384 * 4 + 4096);
        while (blocks.size() > 0) {
            blocks.remove(blocks.size() / 2);
        }
        assertThat(blocks.sizeBytes()).isLessThan(empty + 1024);
    }

    @Test
    void refusesWrongDimensionsAndSlots() {
        VectorBlocks blocks = new VectorBlocks(3);
        assertThatThrownBy(() -> blocks.add(new float[]{1, 2})).hasMessageContaining("2 components")
                .hasMessageContaining("of 3");
        assertThatThrownBy(() -> blocks.add(new float[3])).hasMessageContaining("norm 0.0");
        assertThat(blocks.size()).isZero();
        assertThatThrownBy(() -> blocks.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PackedQueries.of(List.of(new float[2]), 3)).hasMessageContaining("query 0");
        PackedQueries two = PackedQueries.of(List.of(new float[]{1, 0}), 2);
        assertThatThrownBy(() -> blocks.scan(two, 0, (q, s, c) -> {})).hasMessageContaining("2 components");
        assertThatThrownBy(() -> new VectorBlocks(0)).hasMessageContaining("dimension 0");
    }
}
