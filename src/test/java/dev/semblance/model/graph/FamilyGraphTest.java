package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.model.Pooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family in every style gives the vectors of a float64 forward pass that was written apart from all of this. */
class FamilyGraphTest {

    private static final double FP32 = 1e-5;

    /** Half floats have 11 bits; errors add up over two layers with weights much larger than trained ones. */
    private static final double FP16 = 3e-3;
    private static final double FP16_COSINE = 0.99999;

    static List<Arguments> models() {
        List<Arguments> all = new ArrayList<>();
        for (String name : TinyModel.ALL) {
            all.add(Arguments.of(name, Pooling.MEAN));
            all.add(Arguments.of(name, Pooling.CLS));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("models")
    void plainAndFusedGiveTheReference(String name, Pooling pooling) {
        try (TinyModel model = TinyModel.open(name);
                GraphSession plain = new GraphSession(model.graph(GraphStyle.PLAIN, Precision.FP32, pooling));
                GraphSession fused = new GraphSession(model.graph(GraphStyle.FUSED, Precision.FP32, pooling))) {
            assertReference(model, pooling, plain);
            assertReference(model, pooling, fused);
            float[][] a = plain.run(GraphSpec.EMBEDDING, model.rows());
            float[][] b = fused.run(GraphSpec.EMBEDDING, model.rows());
            for (int r = 0; r < a.length; r++) {
                assertThat(Vectors.maxDifference(a[r], Vectors.doubles(b[r]))).isLessThan(FP32);
            }
        }
    }

    private static void assertReference(TinyModel model, Pooling pooling, GraphSession graph) {
        List<int[]> rows = model.rows();
        float[][] pooled = graph.run(GraphSpec.POOLED, rows, model.architecture().positions());
        float[][] embedding = graph.run(GraphSpec.EMBEDDING, rows, model.architecture().positions());
        for (int r = 0; r < rows.size(); r++) {
            float[] alone = graph.run(GraphSpec.EMBEDDING, List.of(rows.get(r)))[0];
            assertThat(Vectors.maxDifference(pooled[r], model.pooled(pooling, r))).as("pooled, row %d", r)
                    .isLessThan(FP32);
            assertThat(Vectors.maxDifference(embedding[r], model.embedding(pooling, r))).as("embedding, row %d", r)
                    .isLessThan(FP32);
            assertThat(Vectors.maxDifference(alone, model.embedding(pooling, r))).as("alone, row %d", r)
                    .isLessThan(FP32);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void halfFloatsComeClose(String name, Pooling pooling) {
        try (TinyModel model = TinyModel.open(name);
                GraphSession fused = new GraphSession(model.graph(GraphStyle.FUSED, Precision.FP16, pooling))) {
            float[][] embedding = fused.run(GraphSpec.EMBEDDING, model.rows());
            for (int r = 0; r < embedding.length; r++) {
                assertClose(embedding[r], model.embedding(pooling, r), r);
            }
        }
    }

    private static void assertClose(float[] half, double[] expected, int row) {
        assertThat(Vectors.maxDifference(half, expected)).as("row %d", row).isLessThan(FP16);
        assertThat(Vectors.cosine(Vectors.doubles(half), expected)).as("row %d", row).isGreaterThan(FP16_COSINE);
    }

    @ParameterizedTest
    @MethodSource("models")
    void packedGraphMeansTheSame(String name, Pooling pooling) {
        try (TinyModel model = TinyModel.open(name)) {
            Map<String, GraphInterpreter.Array> full = packed(model.graph(GraphStyle.PACKED, Precision.FP32, pooling),
                    model.rows());
            Map<String, GraphInterpreter.Array> half = packed(model.graph(GraphStyle.PACKED, Precision.FP16, pooling),
                    model.rows());
            int hidden = model.architecture().hidden();
            assertThat(full.get(GraphSpec.EMBEDDING).shape()).containsExactly(model.rows().size(), hidden);
            assertThat(full.get(GraphSpec.POOLED).shape()).containsExactly(model.rows().size(), hidden);
            for (int r = 0; r < model.rows().size(); r++) {
                assertThat(Vectors.maxDifference(row(full, GraphSpec.POOLED, r, hidden), model.pooled(pooling, r)))
                        .as("pooled, row %d", r).isLessThan(1e-6);
                assertThat(
                        Vectors.maxDifference(row(full, GraphSpec.EMBEDDING, r, hidden), model.embedding(pooling, r)))
                        .as("embedding, row %d", r).isLessThan(1e-6);
                double[] rounded = row(half, GraphSpec.EMBEDDING, r, hidden);
                assertThat(Vectors.maxDifference(rounded, model.embedding(pooling, r))).as("fp16, row %d", r)
                        .isLessThan(FP16);
            }
        }
    }

    private static double[] row(Map<String, GraphInterpreter.Array> values, String name, int row, int hidden) {
        return Arrays.copyOfRange(values.get(name).values(), row * hidden, (row + 1) * hidden);
    }

    private static Map<String, GraphInterpreter.Array> packed(byte[] graph, List<int[]> rows) {
        int longest = rows.stream().mapToInt(r -> r.length).max().orElseThrow();
        List<Integer> ids = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        List<Integer> padding = new ArrayList<>();
        int[] cumulative = new int[rows.size() + 1];
        for (int r = 0; r < rows.size(); r++) {
            for (int t = 0; t < longest; t++) {
                if (t < rows.get(r).length) {
                    ids.add(rows.get(r)[t]);
                    positions.add(t);
                    places.add(r * longest + t);
                } else {
                    padding.add(r * longest + t);
                }
            }
            cumulative[r + 1] = ids.size();
        }
        places.addAll(padding);
        Map<String, GraphInterpreter.Array> inputs = new HashMap<>();
        inputs.put(GraphSpec.IDS, array(ids));
        inputs.put(GraphSpec.POSITIONS, array(positions));
        inputs.put(GraphSpec.TOKEN_OFFSET, new GraphInterpreter.Array(new int[]{rows.size(), longest},
                array(places).values()));
        inputs.put(GraphSpec.CUMULATIVE_LENGTHS, GraphInterpreter.Array.of(cumulative));
        return new GraphInterpreter(graph).run(inputs);
    }

    private static GraphInterpreter.Array array(List<Integer> values) {
        return GraphInterpreter.Array.of(values.stream().mapToInt(Integer::intValue).toArray());
    }
}
